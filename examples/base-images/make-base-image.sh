#!/usr/bin/env bash
# Makes a base image for Kozmic from Debian packages, without pulling anything from an image registry.
# The image has bash, sudo, git, openssh-client and a user `kozmic` with password-less sudo.
set -euo pipefail

# debootstrap is there, and a user's PATH need not be.
PATH=$PATH:/usr/sbin:/sbin

usage() {
    cat <<'TEXT'
usage: make-base-image.sh [--suite bookworm] [--mirror URL] [--output rootfs.tar] [--tag NAME:TAG]
                          [--no-import] [--fresh]
  --suite      the Debian release                      (default: bookworm)
  --mirror     the package mirror                      (default: the one in this machine's apt configuration)
  --output     where the root file system is kept      (default: ${XDG_CACHE_HOME:-$HOME/.cache}/kozmic/…)
  --tag        the image's name                        (default: kozmic/debian:<suite>)
  --no-import  make the tar only, do not call docker
  --fresh      build again although a tar is there
Needs root (or sudo), debootstrap, and for the import the docker command; DOCKER_HOST is honoured.
TEXT
}

say() { printf '[base image] %s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }
usage_error() { say "error: $*"; usage >&2; exit 64; }

suite=bookworm mirror='' output='' tag='' import=1 fresh=0
while [ $# -gt 0 ]; do
    case $1 in
        --suite | --mirror | --output | --tag)
            [ $# -ge 2 ] || usage_error "$1 needs a value"
            printf -v "${1#--}" '%s' "$2"
            shift 2 ;;
        --no-import) import=0; shift ;;
        --fresh) fresh=1; shift ;;
        -h | --help) usage; exit 0 ;;
        *) usage_error "unknown argument $1" ;;
    esac
done
[[ $suite =~ ^[a-z][a-z0-9-]*$ ]] || usage_error "not the name of a release: $suite"
: "${tag:=kozmic/debian:$suite}"

packages=bash,sudo,git,openssh-client,ca-certificates
# Another recipe is another file in the cache: this script is the recipe.
recipe=$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-12)
architecture=$(dpkg --print-architecture)
: "${output:=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kozmic/$suite-$architecture-$recipe.tar}"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The mirror of the release if apt has it, else of any Debian release: they hold the same ones.
mirror_from_apt() {
    local filter
    for filter in "Codename: $suite" 'Origin: Debian'; do
        apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' 'Component: main' \
            "$filter" 2>/dev/null | grep -vE 'security' | grep -E '^https?://' | head -n 1 && return
    done
}

work=''
clean_up() {
    [ -n "$work" ] || return 0
    local mount
    for mount in proc sys; do
        if mountpoint -q "$work/root/$mount" 2>/dev/null; then as_root umount "$work/root/$mount" || true; fi
    done
    as_root rm -rf --one-file-system "$work"
    rm -f "$output.part"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_root() {
    command -v debootstrap >/dev/null || fail 'debootstrap is missing: apt-get install debootstrap'
    [ -n "$mirror" ] || mirror=$(mirror_from_apt)
    [ -n "$mirror" ] || fail 'apt has no Debian mirror configured (run apt-get update, or give --mirror URL)'
    local proxy=''
    eval "$(apt-config shell proxy Acquire::http::Proxy 2>/dev/null || true)"
    # Not /tmp: it is often too small, and mounted in a way that forbids device nodes.
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/kozmic-base.XXXXXX")
    local root=$work/root started=$SECONDS
    # Printed without user info, which apt's configuration may hold.
    say "debootstrap $suite ($architecture) from ${mirror/\/\/*@/\/\/}, about a minute"
    if ! as_root env ${proxy:+http_proxy="$proxy"} PATH="$PATH" debootstrap --variant=minbase \
        --include="$packages" "$suite" "$root" "$mirror" >"$work/log" 2>&1; then
        tail -n 20 "$work/log" >&2
        fail 'debootstrap failed'
    fi
    as_root chroot "$root" /bin/sh -eu <<'INSIDE'
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
useradd --create-home --shell /bin/bash kozmic
echo 'kozmic ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/kozmic
chmod 0440 /etc/sudoers.d/kozmic
visudo --check --quiet
# There is no init in a container: packages must not start their services.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
# Install scripts end up in an image: keep what they download out of it.
echo 'APT::Keep-Downloaded-Packages "false";' >/etc/apt/apt.conf.d/90keep-image-small
echo localhost >/etc/hostname
: >/etc/resolv.conf
rm -rf /var/cache/apt/archives/*.deb /var/cache/apt/*.bin /var/lib/apt/lists/* /var/log/bootstrap.log
INSIDE
    mkdir -p "$(dirname "$output")"
    # Docker provides /dev, /proc and /sys.
    as_root tar --create --numeric-owner --one-file-system --sort=name --directory "$root" \
        --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' . >"$output.part"
    mv "$output.part" "$output"
    say "made $output ($(du -h "$output" | cut -f1)) in $((SECONDS - started)) s"
}

if [ "$fresh" = 0 ] && [ -s "$output" ]; then
    say "using $output"
else
    make_root
fi

[ "$import" = 1 ] || exit 0
command -v docker >/dev/null || fail 'the docker command is missing: apt-get install docker.io'
# An import always makes a new image id, and that would invalidate every cached image: import the same tar only once.
digest=$(sha256sum "$output" | cut -d' ' -f1)
present=$(docker image inspect --format '{{index .Config.Labels "kozmic.base-image"}}' "$tag" 2>/dev/null || true)
if [ "$present" = "$digest" ]; then
    say "$tag is there already"
else
    docker import --change 'CMD ["/bin/bash"]' --change "LABEL kozmic.base-image=$digest" "$output" "$tag" >/dev/null
    say "imported as $tag"
fi
