#!/usr/bin/env bash
# Installs the Debian packages that are missing: `run` for the build and the demo, `test` for the tests as well.
set -euo pipefail

run="git pkg-config libgit2-dev libyaml-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev zlib1g-dev docker.io iptables debootstrap ca-certificates"
bench="wrk"
test="docker-registry rootlesskit slirp4netns uidmap iproute2 python3 python3-venv python3-jsonschema python3-aiosmtpd openssh-client openssh-server chromium"

wanted=""
for group in "$@"; do
    case "$group" in
    run) wanted="$wanted $run" ;;
    test) wanted="$wanted $test" ;;
    bench) wanted="$wanted $bench" ;;
    *) echo "install-packages.sh: no group '$group'; there are: run test bench" >&2; exit 64 ;;
    esac
done

missing=""
for package in $wanted; do
    # An engine that is already there need not be Debian's.
    if [ "$package" = docker.io ] && command -v dockerd >/dev/null && command -v docker >/dev/null; then continue; fi
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "Installing:$missing"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Not root and no sudo: install these packages by hand, then try again." >&2; exit 1; }
        as_root=(sudo)
    fi
    export DEBIAN_FRONTEND=noninteractive
    # Services that a package starts by itself (an SSH server, say) stay down: the tests start their own on loopback.
    "${as_root[@]}" apt-get update --quiet=2
    # shellcheck disable=SC2086
    "${as_root[@]}" apt-get install --yes --quiet=2 --no-install-recommends $missing >/dev/null
fi

# Debian has no validator for OpenAPI documents; this one is Python's, in a folder of its own.
validator=$(cd "$(dirname "$0")/../.." && pwd)/.build/openapi
case " $* " in
*" test "*)
    [ ! -e "$validator/complete" ] || exit 0
    echo "Installing: openapi-spec-validator (PyPI)"
    rm -rf "$validator"
    mkdir -p "$validator"
    # One test needs it, and is left out where it is missing; without the network all others still run.
    if /usr/bin/python3 -m venv "$validator" \
        && "$validator/bin/python" -m pip --quiet --disable-pip-version-check install 'openapi-spec-validator==0.7.2'; then
        touch "$validator/complete"
    else
        echo "openapi-spec-validator could not be installed from PyPI: the test of the API's description is left out." >&2
    fi
    ;;
esac
