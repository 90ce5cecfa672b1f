#!/usr/bin/env bash
# On the GPU machine: keeps the call, and so the machine, busy for SECONDS, or until the model is there.  Then the end of the log,
# and metrics.jsonl into $OUT.      usage: watch.sh SECONDS
set -euo pipefail
. "$(dirname "$0")/settings.sh"
for ((waited = 0; waited < ${1:?usage: watch.sh SECONDS}; ++waited)); do
    if ! running; then break; fi
    sleep 1
done
cp "$work/run/metrics.jsonl" "$OUT/"
grep -a validation "$work/train.log" | tail -n 3 || true
tail -n 4 "$work/train.log"
if [ -f "$work/exported" ]; then
    echo "exported: $(ls "$work/pieces" | grep -c piece) pieces"
elif running; then
    echo "it ends in $(($(printf %.0f "$(cat "$work/until")") - $(date +%s))) s"
else
    echo "It has ended without a model." >&2
    exit 1
fi
