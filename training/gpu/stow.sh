#!/usr/bin/env bash
# Empties tracked files over 300 kB (models, checkpoints, pictures) for the time of a GPU session, since they would travel with
# every call; the contents wait in .gpu-stowed.  Commit nothing in between.
#
# usage: stow.sh [--back]
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1:-}" = --back ]; then
    [ -d .gpu-stowed ] || { echo "nothing is stowed"; exit 0; }
    cp -a .gpu-stowed/. .
    rm -rf .gpu-stowed
    exit 0
fi
mkdir -p .gpu-stowed
git ls-files -z | while IFS= read -r -d '' file; do
    if [ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -gt 300000 ]; then
        mkdir -p ".gpu-stowed/$(dirname "$file")"
        mv "$file" ".gpu-stowed/$file"
        : >"$file"
        echo "stowed $file"
    fi
done
