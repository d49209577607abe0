#!/usr/bin/env bash
# A rootless Docker Engine in the foreground, until SIGTERM:
#
#   rootless-engine.sh FOLDER
#
# It answers at FOLDER/run/docker.sock; everything of it is in that folder, which is made. Needs root, who makes its
# user: one that is known in a mount namespace only, so that nothing on this machine is changed. The packages:
# docker.io, rootlesskit, slirp4netns, uidmap.
set -euo pipefail

[ $# = 1 ] || { echo "rootless-engine.sh: one argument, the folder" >&2; exit 64; }
folder=$1
# A number that nobody has, and 65,536 others for the users in its containers.
id=64057 first=1879048192

mkdir -p "$folder"/{home,run,etc}
for file in passwd group; do cp "/etc/$file" "$folder/etc/$file"; done
echo "kozmic-rootless:x:$id:$id::$folder/home:/bin/sh" >>"$folder/etc/passwd"
echo "kozmic-rootless:x:$id:" >>"$folder/etc/group"
for file in subuid subgid; do echo "kozmic-rootless:$first:65536" >"$folder/etc/$file"; done
chmod 755 "$folder"
chmod 700 "$folder/run"
chown "$id:$id" "$folder" "$folder/home" "$folder/run"

# Debian's dockerd-rootless.sh does the same; where Docker's own packages are installed it is elsewhere, or missing.
export folder id
exec unshare --mount bash -euc '
    for file in passwd group subuid subgid; do
        mount --bind "$folder/etc/$file" "/etc/$file"
    done
    # Open to root alone where no udev runs.
    mkdir -p /dev/net
    mount -t tmpfs -o mode=755 tmpfs /dev/net
    mknod -m 666 /dev/net/tun c 10 200
    cd /
    exec setpriv --reuid "$id" --regid "$id" --clear-groups --reset-env \
        env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$folder/home" \
        XDG_RUNTIME_DIR="$folder/run" \
        rootlesskit --state-dir="$folder/run/kit" --net=slirp4netns --mtu=65520 --disable-host-loopback \
        --copy-up=/etc --copy-up=/run \
        sh -euc "
            # Links to the things of this machine'"'"'s own engine.
            rm -f /run/docker /run/containerd /run/xtables.lock
            exec dockerd --data-root \"\$1/data\" --exec-root \"\$1/run/exec\" --pidfile \"\$1/run/docker.pid\" \
                --host \"unix://\$1/run/docker.sock\" --shutdown-timeout=1
        " sh "$folder"
'
