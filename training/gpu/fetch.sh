#!/usr/bin/env bash
# On the GPU machine: pieces 4N to 4N + 3 of the exported model, and model.tar, into $OUT.       usage: fetch.sh N
set -euo pipefail
. "$(dirname "$0")/settings.sh"
[ -f "$work/exported" ] || { echo "no model is exported yet" >&2; exit 1; }
cp "$work/pieces/model.tar" "$OUT/"
for index in 0 1 2 3; do
    piece=$work/pieces/piece-$(printf %02d $((${1:?usage: fetch.sh N} * 4 + index)))
    if [ -f "$piece" ]; then cp "$piece" "$OUT/"; fi
done
ls -l "$OUT"
