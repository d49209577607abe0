#!/usr/bin/env bash
# Prints the figures that the README quotes: those of a running controller, and those of all pages and of the API; with
# names of rows only these, with `pages` only the pages. Needs the release program: `make bench` builds it first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../Tests/Support/install-packages.sh" run test bench
program=${KOZMIC:-$(cd "$here/.." && swift build -c release --show-bin-path)/kozmic}
if [ "${1:-}" != pages ]; then
    "$here/../Tests/Support/with-engine.sh" python3 "$here/measure.py" --program "$program" "$@"
    [ $# -eq 0 ] || exit 0
else
    shift
fi
exec python3 "$here/pages.py" --program "$program" "$@"
