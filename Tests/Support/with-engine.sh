#!/usr/bin/env bash
# Runs a command with a Docker Engine, a registry on loopback and the base image, and takes away what it started.
#
#   with-engine.sh COMMAND [ARGUMENT …]
#
# The engine is the one that answers at DOCKER_HOST (or the usual socket), else one of our own in a temporary folder.
# The command sees KOZMIC_TEST_DOCKER_HOST, KOZMIC_TEST_IMAGE and KOZMIC_TEST_REGISTRY.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
image=kozmic/debian:bookworm
folder=$(mktemp --directory /var/tmp/kozmic-engine.XXXXXX)
engine_pid="" registry_pid=""

stop() {
    local pid=$1
    [ -n "$pid" ] || return 0
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
}

clean_up() {
    local status=$?
    stop "$registry_pid"
    if [ -n "$engine_pid" ]; then
        # Containers die with their engine's containerd; those of a test that was cut off must not outlive it.
        DOCKER_HOST="unix://$folder/docker.sock" docker ps --quiet --all 2>/dev/null \
            | DOCKER_HOST="unix://$folder/docker.sock" xargs --no-run-if-empty docker rm --force >/dev/null 2>&1 || true
        stop "$engine_pid"
        grep --only-matching "$folder/[^ ]*" /proc/mounts | sort --reverse | xargs --no-run-if-empty umount --lazy 2>/dev/null || true
    fi
    rm -rf "$folder" || true
    exit "$status"
}
trap clean_up EXIT

# Waits until a command succeeds, a minute at most and only while the process lives: await WHAT PID LOG COMMAND…
await() {
    local what=$1 pid=$2 log=$3
    shift 3
    for _ in $(seq 600); do
        "$@" >/dev/null 2>&1 && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "with-engine.sh: $what did not start; its last words:" >&2
    tail -20 "$log" >&2
    return 1
}

# A machine without systemd may have no control groups; and in a container with those of version 2, processes in the
# root group keep the kernel from giving limits to the groups below.
prepare_control_groups() {
    local root=/sys/fs/cgroup
    if ! grep --quiet --extended-regexp '^[^ ]+ [^ ]+ cgroup2? ' /proc/mounts; then
        mount -t cgroup2 cgroup2 "$root" || return 0
    fi
    [ -f "$root/cgroup.controllers" ] || return 0
    if grep --quiet memory "$root/cgroup.subtree_control"; then return 0; fi
    mkdir -p "$root/init"
    local process
    while read -r process; do
        # Kernel threads stay where they are.
        echo "$process" 2>/dev/null >"$root/init/cgroup.procs" || true
    done < <(cat "$root/cgroup.procs")
    sed 's/[^ ]*/+&/g' "$root/cgroup.controllers" >"$root/cgroup.subtree_control" || true
}

host=${KOZMIC_TEST_DOCKER_HOST:-${DOCKER_HOST:-unix:///var/run/docker.sock}}
if ! DOCKER_HOST=$host docker version >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || { echo "with-engine.sh: no engine answers at $host, and only root can start one" >&2; exit 1; }
    prepare_control_groups
    host="unix://$folder/docker.sock"
    dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" --host "$host" \
        >"$folder/engine.log" 2>&1 &
    engine_pid=$!
    DOCKER_HOST=$host await "the Docker Engine" "$engine_pid" "$folder/engine.log" docker version
fi
export DOCKER_HOST=$host KOZMIC_TEST_DOCKER_HOST=$host KOZMIC_TEST_IMAGE=$image

if ! docker image inspect "$image" >/dev/null 2>&1; then
    "$here/../../examples/base-images/make-base-image.sh"
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$folder/registry.yml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $folder/registry}}
http: {addr: "127.0.0.1:$port"}
YAML
docker-registry serve "$folder/registry.yml" >"$folder/registry.log" 2>&1 &
registry_pid=$!
await "the registry" "$registry_pid" "$folder/registry.log" python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)"
export KOZMIC_TEST_REGISTRY="127.0.0.1:$port"

"$@"
