#!/usr/bin/env bash
# On the GPU machine: unpacks a shard and packs epochs of it on all cores.  Returns when the first epoch of either length is
# there; the others follow in the background, beside the training, which finds them when it has used up those before.
#
# usage: pack.sh GPU_DIR WORK_DIR CALL_NUMBER      GPU_LENGTH: tokens a sequence (2048);  GPU_TOKENS: wanted in all (300M)
#
# Every epoch has fresh fill-in-the-middle splits.  Long sequences, those of the decay, have other files in front.
set -euo pipefail
gpu=${1:?usage: pack.sh GPU_DIR WORK_DIR CALL_NUMBER} work=${2:?work folder} call=${3:?number of the call}
here=$(cd "$(dirname "$0")" && pwd)
length=${GPU_LENGTH:-2048} tokens=${GPU_TOKENS:-300000000} context=${GPU_CONTEXT:-0.75}
text=$work/corpus-$call data=$work/data
rm -rf "$text"
mkdir -p "$data"
"${PYTHON:-python3}" "$here/unpack.py" "$gpu/shard" "$text"

epoch() {   # STAGE NUMBER OPTIONS...
    local out=$data/train-$1-$call$(printf %02d "$2") seed=$((call * 1000 + $2 * 2))
    [ "$1" = long ] && seed=$((seed + 1))
    rm -rf "$out" "$out.part"
    mkdir -p "$out.part"
    find "$text" -name '*.rec' | sort | nice -n 5 xargs -P "$(nproc)" -I{} bash -c '
        part=$(basename "$1" .rec); "$2/pack" "$2/tokenizer.merges" "$1" "$3/$part.u16" --seed "$4$part" "${@:5}" 2>/dev/null' \
        bash {} "$gpu" "$out.part" "$seed" --length "$length" "${@:3}"
    mv "$out.part" "$out"       # whole or not there
}
epoch short 1
epoch long 1 --context "$context"
bytes=$(du -sb "$data/train-short-${call}01" | cut -f1)
epochs=$((1 + tokens * 2 / bytes))
[ "$epochs" -le 40 ] || epochs=40
echo "call $call: an epoch has $((bytes / 2000000))M tokens; packing $epochs"
(   for number in $(seq 2 "$epochs"); do
        epoch short "$number"
        if [ $((number * 3)) -le $((epochs + 3)) ]; then epoch long "$number" --context "$context"; fi
    done) >"$work/pack-$call.log" 2>&1 </dev/null &
