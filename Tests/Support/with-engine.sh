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

# Waits until a command succeeds, a minute at most.
await() {
    local what=$1
    shift
    for _ in $(seq 600); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "with-engine.sh: $what did not answer within a minute" >&2
    [ ! -f "$folder/engine.log" ] || tail -20 "$folder/engine.log" >&2
    return 1
}

host=${KOZMIC_TEST_DOCKER_HOST:-${DOCKER_HOST:-unix:///var/run/docker.sock}}
if ! DOCKER_HOST=$host docker version >/dev/null 2>&1; then
    host="unix://$folder/docker.sock"
    dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" --host "$host" \
        >"$folder/engine.log" 2>&1 &
    engine_pid=$!
    DOCKER_HOST=$host await "the Docker Engine" docker version
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
await "the registry" python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)"
export KOZMIC_TEST_REGISTRY="127.0.0.1:$port"

"$@"
