import Foundation

/// A base image of a few megabytes, made of this machine's own programs: `sh`, a handful of tools and the user `kozmic`.
enum TinyImage {
    /// Imports it into an engine under a name.
    static func make(_ reference: String, engine: String, folder: String) async throws {
        try await Shell.script(
            """
            root=$1/tiny-root
            mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev,home/kozmic}
            for program in dash sleep seq cat head true env id ls wc; do
                file=$(type -P "$program")
                cp --dereference "$file" "$root/bin/$program"
                ldd "$file" | grep -o '/[^ ]*' | while read -r library; do
                    mkdir -p "$root$(dirname "$library")"
                    cp --dereference "$library" "$root$library"
                done
            done
            ln -s dash "$root/bin/sh"
            printf 'root:x:0:0::/:/bin/sh\\nkozmic:x:1000:1000::/home/kozmic:/bin/sh\\n' >"$root/etc/passwd"
            chmod 1777 "$root/home/kozmic" "$root/tmp"
            # Makes every image of this kind another one.
            head -c 16 /dev/urandom >"$root/etc/made"
            tar --directory "$root" --owner=0 --group=0 --numeric-owner --create . | docker import - "$2" >/dev/null
            rm -rf "$root"
            """, [folder, reference], environment: ["DOCKER_HOST": engine])
    }
}
