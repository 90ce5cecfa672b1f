#!/usr/bin/env bash
# The GPU session at toy size, here: shards, carrying, start, a shard added while it trains, a crash and going on, the end moved,
# export, fetch, join; then a second session that goes on from the weights of the first.
#
# usage: rehearse.sh WORK_DIR OUT_MODEL_DIR      WORK_DIR has corpus/ and the tokenizer
#
# What git would send and a .gpu- folder are copied to a folder of their own for each call, and run there as on the GPU machine.
# FUSED_PYTHON: a Python with PyTorch 2.5 or later; with it the GPU's kernels train, through torch.compile.  Debian's
# PyTorch is older: without FUSED_PYTHON the CPU's kernels stand in, and only check.py sees the batched dispatch.
set -euo pipefail
work=$(realpath "${1:?usage: rehearse.sh WORK_DIR OUT_MODEL_DIR}") model=$(realpath -m "${2:?folder for the model}")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../env.sh"
export PYTHON
scratch=$work/gpu checkout=$work/gpu/checkout
rm -rf "$scratch"
mkdir -p "$checkout" "$scratch/back"
fail() { echo "$*" >&2; exit 1; }

echo "-- the checkout, its large files stowed"
(cd "$here/../.." && git ls-files -z --cached --others --exclude-standard | { xargs -0 ls -d 2>/dev/null || true; } | tar -cf - -T -) | tar -xf - -C "$checkout"
(cd "$checkout" && git init -q && git add -A && training/gpu/stow.sh | tail -n 1)
echo "-- its smallest packages, so that a toy reaches the second shard"
mkdir -p "$scratch/small/corpus"
cp "$work"/tokenizer.{merges,json} "$scratch/small/"
cp "$work/corpus/validation.rec" "$scratch/small/corpus/"
"$PYTHON" - "$here/../corpus" "$work/corpus/train.rec" >"$scratch/small/corpus/train.rec" <<'X'
import sys
sys.path.append(sys.argv[1])
from records import read_records, record
packages = {}
for entry in read_records(sys.argv[2]):
    packages.setdefault(entry[0], []).append(record(*entry))
texts = sorted(map("".join, packages.values()), key=len)
print(*(text for k, text in enumerate(texts) if sum(map(len, texts[:k])) < 150_000), sep="", end="")
X
export GPU_LENGTH=128 GPU_SHARD_BYTES=10000 GPU_PART_MB=0.02 GPU_PIECE_BYTES=300000 GPU_WORK=$scratch/remote
export GPU_MODEL="--config toy --step-tokens 2048 --micro-tokens 1024 --checkpoint-every 5 --log-every 5 --validation-rows 8 --validate-every 20"
patience=60
if [ -n "${FUSED_PYTHON:-}" ]; then
    export TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}
    GPU_MODEL="$GPU_MODEL --fused --compile yes"
    patience=240                # most of it goes into loading what was compiled
fi

call() {    # FOLDER SCRIPT ARGUMENTS...: one call with what it carries; what it leaves running outside a session of its own is killed
    local folder=$1 out pid; shift
    rm -rf "$scratch/device"
    mkdir -p "$scratch/device"
    (cd "$checkout" && { git ls-files --cached --others --exclude-standard; [ "$folder" = none ] || find ".gpu-$folder" -type f; } | tar -cf - -T -) \
        | tar -xf - -C "$scratch/device"
    [ "$(du -sb "$scratch/device" | cut -f1)" -le $((64 << 20)) ] || fail "too large to travel"
    out=$scratch/out-$(date +%s%N)
    mkdir -p "$out"
    if [ -n "${FUSED_PYTHON:-}" ]; then
        (cd "$scratch/device" && OUT=$out PYTHON=$FUSED_PYTHON LD_PRELOAD="" exec setsid -w nice -n 15 "training/gpu/$1" "${@:2}") & pid=$!
    else
        (cd "$scratch/device" && OUT=$out exec setsid -w nice -n 15 "training/gpu/$1" "${@:2}") & pid=$!
    fi
    local status=0
    wait "$pid" || status=$?
    kill -KILL -- "-$pid" 2>/dev/null || true
    [ "$(find "$out" -type f | wc -l)" -le 8 ] && [ "$(du -sb "$out" | cut -f1)" -le $((64 << 20)) ] || fail "too much in \$OUT"
    find "$out" -type f -exec cp {} "$scratch/back/" \;
    return "$status"
}
logged() { grep -q "$1" "$GPU_WORK/run/metrics.jsonl" || fail "the log has no $1"; }

echo "-- session 1"
"$checkout/training/gpu/prepare.sh" "$scratch/small" - "$checkout"
[ -d "$checkout/.gpu-2" ] || fail "the corpus made one shard only"
if [ -n "${FUSED_PYTHON:-}" ]; then call none check.sh; else "$PYTHON" "$here/../train/check.py"; fi
echo "-- start";                    call 1 start.sh 900
echo "-- a second shard beside it"; call 2 shard.sh 2
echo "-- watch";                    call none watch.sh 10
echo "-- a crash"
sleep 5                                                      # a checkpoint is there
pkill -KILL -P "$(cat "$GPU_WORK/pid")"                      # the trainer, a child of run.sh
if call none watch.sh 10; then fail "watch.sh saw no crash"; fi
echo "-- going on";                 call none launch.sh 900 --resume
echo "-- the end moved";            call none end.sh 20
call none watch.sh "$patience"
for n in 0 1 2 3; do echo "-- fetch $n"; call none fetch.sh "$n" | tail -n 1; done
logged '"until"'
logged '"epoch": "train-long-01-2-00"'
echo "-- join";  "$PYTHON" "$here/pieces.py" join "$scratch/back" "$model" "$work/tokenizer.json"
cmp "$model/model.safetensors" "$GPU_WORK/export/model.safetensors"

echo "-- session 2, from the weights of the first"
rm -rf "$GPU_WORK" "$scratch/back"/*
"$checkout/training/gpu/prepare.sh" "$scratch/small" "$model" "$checkout"
for folder in "$checkout"/.gpu-weights-*; do call "${folder##*/.gpu-}" receive.sh "${folder##*-}" | tail -n 1; done
call 1 start.sh "$patience"
call none end.sh 5
call none watch.sh "$patience"
call none fetch.sh 0 | tail -n 1
"$PYTHON" - "$GPU_WORK/run/metrics.jsonl" <<'X'
import json, sys
first = next(entry["loss"] for entry in map(json.loads, open(sys.argv[1], encoding="utf-8")) if "loss" in entry)
assert first < 9.5, f"a loss of {first} at first: these are no trained weights"   # without them log(16,384) = 9.70
X
