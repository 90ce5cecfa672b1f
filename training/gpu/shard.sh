#!/usr/bin/env bash
# On the GPU machine, in the repository's root with .gpu-N: unpacks shard N and packs epochs of it on all cores.  Returns when the
# first rows are there; the others follow in the background, and training finds them.
#
# usage: shard.sh N                                GPU_EPOCHS: epochs of it (3, more than 15 minutes can use)
#
# An epoch is packed in batches of as many parts as there are cores, each a folder WORK/data/train-long-EPOCH-N-BATCH: by name, a
# new shard's text comes before what was read already.  Every epoch has fresh fill-in-the-middle splits.
set -euo pipefail
shard=${1:?usage: shard.sh N} gpu=$PWD/.gpu-$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
text=$work/text-$shard cores=$(nproc)
ls "$gpu"/shard/*.7z >/dev/null || { echo ".gpu-$shard holds no shard: was it carried?" >&2; exit 1; }
"$work/7zz" >/dev/null || { echo "7-Zip does not run on this machine: it needs glibc 2.34 and libstdc++" >&2; exit 1; }
rm -rf "$text"
mkdir -p "$text"
printf '%s\0' "$gpu"/shard/*.7z | xargs -0 -P "$cores" -I{} "$work/7zz" x -y -bso0 -bsp0 "-o$text" {}
echo "$(ls "$text" | wc -l) parts, $(($(du -sb "$text" | cut -f1) / 1000000)) MB of text"

batch() {   # EPOCH BATCH PARTS...
    local out seed=$((shard * 1000000 + $1 * 1000)) epoch=$1 number=$2
    out=$work/data/train-long-$(printf %02d-%s-%02d "$epoch" "$shard" "$number")
    rm -rf "$out" "$out.part"
    mkdir -p "$out.part"
    printf '%s\0' "${@:3}" | xargs -0 -P "$cores" -I{} bash -c '
        part=$(basename "$1" .rec); exec "$2/pack" "$2/tokenizer.merges" "$1" "$3/$part.u16" --seed "$(($4 + 10#$part))" --length "$5" --context 0.75' \
        bash {} "$work" "$out.part" "$seed" "$length"
    mv "$out.part" "$out"       # whole or not there
}
batches() {   # EPOCH FIRST_BATCH: all batches of an epoch from one on
    local number parts=("$text"/*.rec)
    for ((number = $2; number * cores < ${#parts[@]}; ++number)); do batch "$1" "$number" "${parts[@]:number * cores:cores}"; done
}
parts=("$text"/*.rec)
batch 1 0 "${parts[@]:0:cores}" 2>"$work/pack-$shard.log"
cd "$work"                                         # the folder of this call may be replaced
export -f batch batches
export shard work text cores length
setsid nohup nice -n 5 bash -euc "batches 1 1; for epoch in \$(seq 2 ${GPU_EPOCHS:-3}); do batches \$epoch 0; done" \
    >>"$work/pack-$shard.log" 2>&1 </dev/null &
