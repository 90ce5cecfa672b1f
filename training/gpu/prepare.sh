#!/usr/bin/env bash
# Fills REPOSITORY/.gpu with all that travels to the GPU machine, and checks that it may travel.
#
# usage: prepare.sh WORK_DIR [REPOSITORY]
#
# reads   WORK_DIR/{corpus/*.rec, tokenizer.merges, tokenizer.json}
# writes  .gpu/        carried: pack (a static program), tokenizer, validation rows, shard/ (the first)
#         .gpu-next/N/ the other shards, one for each later call (next.sh puts the next one in place)
# Both are kept from git by .git/info/exclude.  GPU_LENGTH: tokens a sequence (2048).
set -euo pipefail
work=${1:?usage: prepare.sh WORK_DIR [REPOSITORY]}
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "${2:-$here/../..}" && pwd)
length=${GPU_LENGTH:-2048}
gpu=$repository/.gpu
exclude=$(git -C "$repository" rev-parse --path-format=absolute --git-path info/exclude)
mkdir -p "$(dirname "$exclude")"
for name in .gpu .gpu-next .gpu-stowed .gpu-out; do
    grep -qsx "/$name/" "$exclude" || echo "/$name/" >>"$exclude"
done
rm -rf "$gpu" "$repository/.gpu-next"
mkdir -p "$gpu/data"
# Static and for any x86-64 of the last ten years: the other machine needs neither a compiler nor our libraries.
g++ -O3 -std=c++17 -static -march=x86-64-v3 "$here/../pack/pack.cpp" -o "$gpu/pack"
cp "$work/tokenizer.merges" "$work/tokenizer.json" "$gpu/"
for kind in plain:0 fim:1; do
    "$gpu/pack" "$gpu/tokenizer.merges" "$work/corpus/validation.rec" "$gpu/data/whole.u16" --length "$length" --seed 7 \
        --fim "${kind#*:}" --spm 1 --languages typescript,javascript,python
    head -c $(((length + 1) * 2 * 64)) "$gpu/data/whole.u16" >"$gpu/data/validation-${kind%:*}.u16"
done
rm "$gpu/data/whole.u16"
nice -n 15 "${PYTHON:-/usr/bin/python3}" "$here/shard.py" "$work/corpus/train.rec" "$repository/.gpu-next" --shard-mib "${GPU_SHARD_MIB:-52}" --part-mb "${GPU_PART_MB:-8}"
"$here/next.sh" "$repository"
