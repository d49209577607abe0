#!/usr/bin/env bash
# Prints the figures that the README quotes. Needs the release program: `make bench` builds it first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../Tests/Support/install-packages.sh" run test bench
program=${KOZMIC:-$(cd "$here/.." && swift build -c release --show-bin-path)/kozmic}
exec "$here/../Tests/Support/with-engine.sh" python3 "$here/measure.py" --program "$program" "$@"
