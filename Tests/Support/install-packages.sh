#!/usr/bin/env bash
# Installs the Debian packages that are missing: `run` for the build and the demo, `test` for the tests as well.
set -euo pipefail

run="git pkg-config libgit2-dev libyaml-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev docker.io iptables debootstrap ca-certificates"
bench="wrk"
test="docker-registry python3 openssh-client openssh-server chromium"

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
[ -n "$missing" ] || exit 0

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
