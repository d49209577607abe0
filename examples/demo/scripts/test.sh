#!/bin/bash
set -euo pipefail
echo "commit $(git rev-parse --short HEAD) on ${KOZMIC_BRANCH:-another ref}, as $(whoami) in $(pwd)"
while read -r tool; do
    "$tool" *.txt
done <tools.txt
if grep -q broken *.txt; then
    printf '\e[1;31mFAILED\e[0m: a file is broken\n' >&2
    exit 1
fi
printf '\e[1;32mOK\e[0m\n'
