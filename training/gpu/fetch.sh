#!/usr/bin/env bash
# On the GPU machine: pieces 4N to 4N + 3 of the exported model, and model.tar, into $OUT.       usage: fetch.sh N
set -euo pipefail
pieces=${GPU_WORK:-/tmp/mote}/pieces
cp "$pieces/model.tar" "$OUT/"
for index in 0 1 2 3; do
    piece=$pieces/piece-$(printf %02d $((${1:?usage: fetch.sh N} * 4 + index)))
    if [ -f "$piece" ]; then cp "$piece" "$OUT/"; fi
done
ls -l "$OUT"
