#!/usr/bin/env bash
# The GPU session at toy size, here: shard, carry, unpack, pack, train, be killed at the limit, resume, export, fetch, join.
#
# usage: rehearse.sh WORK_DIR OUT_MODEL_DIR      WORK_DIR has bin/, corpus/ and the tokenizer
#
# What git would send and .gpu are copied to a folder of their own, and the calls run there as they will on the GPU machine.
# FUSED_PYTHON: a Python with PyTorch 2.5 or later; with it the GPU's kernels train, through torch.compile.  Debian's
# PyTorch is older: without FUSED_PYTHON the CPU's kernels stand in, and only check.py sees the batched dispatch.
set -euo pipefail
work=$(realpath "${1:?usage: rehearse.sh WORK_DIR OUT_MODEL_DIR}") model=${2:?folder for the model}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../env.sh"
export PYTHON
scratch=$work/gpu
rm -rf "$scratch"
mkdir -p "$scratch/checkout" "$scratch/back"

echo "-- the checkout, its large files stowed, and .gpu"
(cd "$here/../.." && git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T -) | tar -xf - -C "$scratch/checkout"
(cd "$scratch/checkout" && git init -q && git add -A && training/gpu/stow.sh)
export GPU_LENGTH=128
GPU_SHARD_MIB=0.5 GPU_PART_MB=1 "$scratch/checkout/training/gpu/prepare.sh" "$work"
carry() {   # what the tool sends: tracked and untracked files that git does not ignore, and .gpu
    rm -rf "$scratch/device"
    mkdir -p "$scratch/device"
    (cd "$scratch/checkout" && { git ls-files --cached --others --exclude-standard; find .gpu -type f; } | tar -cf - -T -) | tar -xf - -C "$scratch/device"
    [ "$(du -sb "$scratch/device" | cut -f1)" -le $((64 << 20)) ] || { echo "too large to travel" >&2; exit 1; }
}
call() {    # LIMIT SCRIPT ARGUMENTS...: as the tool runs it, killed with all its children at the limit
    local limit=$1 out pid; shift
    out=$scratch/out-$(date +%s%N)
    mkdir -p "$out"
    (cd "$scratch/device" && OUT=$out exec timeout -s KILL "$limit" nice -n 15 "$@") & pid=$!
    if [ -n "${kill_after:-}" ]; then                         # the limit, brought forward to where it hurts
        for ((waited = 0; waited < limit; ++waited)); do [ -f "$kill_after" ] && break; sleep 1; done
        sleep 2
        kill -KILL -- "-$pid"                                 # timeout leads a process group of its own
    fi
    wait "$pid" || echo "ended with $?"
    [ "$(find "$out" -type f | wc -l)" -le 8 ] && [ "$(du -sb "$out" | cut -f1)" -le $((64 << 20)) ] || { echo "too much in \$OUT" >&2; exit 1; }
    find "$out" -type f -exec cp {} "$scratch/back/" \;
}
seconds=40
export GPU_WORK=$scratch/remote GPU_TOKENS=400000 GPU_TAIL=1 GPU_PIECE_BYTES=300000
export GPU_MODEL="--config toy --step-tokens 2048 --micro-tokens 1024 --checkpoint-every 5 --log-every 10 --validation-rows 8"
if [ -n "${FUSED_PYTHON:-}" ]; then
    export PYTHON=$FUSED_PYTHON TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}
    unset LD_PRELOAD
    GPU_MODEL="$GPU_MODEL --fused --compile yes"
    seconds=120                 # most of it goes into loading what was compiled
    echo "-- call 0"; carry; LIMIT=90 call 400 training/gpu/call0.sh
else
    "$PYTHON" "$here/../train/check.py"
    carry
fi
echo "-- call 1, killed at its limit";      LIMIT=1000 kill_after=$GPU_WORK/run/checkpoint.pt call 300 training/gpu/call1.sh
[ -f "$GPU_WORK/run/checkpoint.pt" ] || { echo "call 1 left no checkpoint" >&2; exit 1; }
[ ! -d "$GPU_WORK/export" ] || { echo "call 1 was not killed while it trained" >&2; exit 1; }
"$scratch/checkout/training/gpu/next.sh"; carry
echo "-- call 2, with another shard, resumes from the checkpoint"; LIMIT=$seconds call $((seconds * 3)) training/gpu/call2.sh
for n in 1 2 3; do echo "-- fetch $n"; call 10 training/gpu/fetch.sh "$n"; done
echo "-- join";  "$PYTHON" "$here/pieces.py" join "$scratch/back" "$model" "$work/tokenizer.json"
cmp "$model/model.safetensors" "$GPU_WORK/export/model.safetensors"
