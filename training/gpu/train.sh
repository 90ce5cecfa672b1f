#!/usr/bin/env bash
# On the GPU machine: one timed call.  Everything, export and pieces included, ends LIMIT seconds after the start.
#
# usage: train.sh CALL_NUMBER LIMIT [options of train/train.py]        run from the repository's root; $OUT: what comes back
#
# Settings, with defaults for mote-base: GPU_WORK (/tmp/mote), GPU_LENGTH, GPU_TOKENS, GPU_MODEL (options of train.py),
# GPU_TAIL (seconds for the last validation, the export and the pieces), GPU_EXPORT=no.
set -euo pipefail
started=$(date +%s) call=${1:?usage: train.sh CALL_NUMBER LIMIT} limit=${2:?seconds}
here=$(cd "$(dirname "$0")" && pwd)
gpu=$PWD/.gpu work=${GPU_WORK:-/tmp/mote} length=${GPU_LENGTH:-2048}
python=${PYTHON:-python3}
export PYTHON=$python TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
mkdir -p "$work/data" "$OUT"
model=${GPU_MODEL:---config mote-base --step-tokens 262144 --micro-tokens 65536 --checkpoint-every 60 --log-every 10 --validation-rows 64}
read -ra model <<<"$model --validate-every 100000 --short $length --long $length"

cp "$gpu"/data/*.u16 "$work/data/"
cp "$gpu/tokenizer.merges" "$work/"
if [ "$call" -gt 1 ]; then rm -rf "$work"/data/train-*; fi       # the rows of the call before
"$here/pack.sh" "$gpu" "$work" "$call"
echo "packed after $(($(date +%s) - started)) s"

train() {
    local seconds=$((started + limit - ${GPU_TAIL:-40} - $(date +%s)))
    [ "$seconds" -gt 0 ] || { echo "no time is left to train"; return 1; }
    "$python" "$here/../train/train.py" "${model[@]}" --work "$work" --until "$seconds" "$@" 2>&1 | tee -a "$OUT/train.log"
}
if ! train "${@:3}"; then
    echo "TRAINING FAILED: once more without torch.compile, expect a third of the speed" | tee -a "$OUT/train.log"
    if [ "$work/run/checkpoint.pt" -nt "$work/tokenizer.merges" ]; then train "${@:3}" --compile no --resume; else train "${@:3}" --compile no; fi
fi
cp "$work/run/metrics.jsonl" "$OUT/"
[ "${GPU_EXPORT:-yes}" = yes ] || exit 0
"$python" "$here/../export/export.py" "$work/run/checkpoint.pt" "$gpu/tokenizer.json" "$work/export"
"$python" "$here/pieces.py" split "$work/export" "$work/pieces" --piece-bytes "${GPU_PIECE_BYTES:-16252928}"
"$here/fetch.sh" 0
echo "ended after $(($(date +%s) - started)) s of $limit"
