#!/usr/bin/env bash
# Fills REPOSITORY/.gpu-* with all that travels to the GPU machine, each folder with one call.
#
# usage: prepare.sh WORK_DIR [WEIGHTS_DIR [REPOSITORY]]          WEIGHTS_DIR: an export to go on from, or - for none
#
# reads   WORK_DIR/{corpus/*.rec, tokenizer.merges, tokenizer.json}
# writes  .gpu-1/          the packer (a static program), 7-Zip, tokenizer, validation rows, the first shard
#         .gpu-2/, ...     the other shards
#         .gpu-weights-N/  the weights, in as many pieces as it takes
#         .gpu-out/        empty, for what comes back
# git ignores them; what it tracks travels too: stow.sh first.
#
# For the rehearsal: GPU_LENGTH (tokens a sequence), GPU_SHARD_BYTES, GPU_PART_MB, GPU_PIECE_BYTES (of the weights).
set -euo pipefail
work=${1:?usage: prepare.sh WORK_DIR [WEIGHTS_DIR [REPOSITORY]]} weights=${2:--}
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "${3:-$here/../..}" && pwd)
python=${PYTHON:-/usr/bin/python3} length=${GPU_LENGTH:-2048}
limit_bytes=$((63 << 20))                          # a call carries 64 MiB at most
seven_zip=$(command -v 7zz) || { echo "7zz is missing, which packs the shards: apt-get install 7zip (training/requirements.sh does)" >&2; exit 1; }

cd "$repository"
find . -maxdepth 1 -name '.gpu-*' ! -name .gpu-stowed -exec rm -rf {} +
mkdir -p .gpu-out .gpu-1/data
# A file that was removed isn't there to be measured.
tracked_bytes=$(git ls-files -z --cached --others --exclude-standard | { xargs -0 stat -c %s 2>/dev/null || true; } | paste -sd+ | bc)
room_bytes=$((limit_bytes - tracked_bytes))
[ "$room_bytes" -gt 0 ] || { echo "$((tracked_bytes >> 20)) MiB of tracked files leave no room: run training/gpu/stow.sh first" >&2; exit 1; }

# Static and for any x86-64 of the last ten years: the other machine needs neither a compiler nor our libraries.
g++ -O3 -std=c++17 -static -s -march=x86-64-v3 "$here/../pack/pack.cpp" -o .gpu-1/pack
cp "$(realpath "$seven_zip")" .gpu-1/7zz
cp "$work/tokenizer.merges" "$work/tokenizer.json" .gpu-1/
for kind in plain:0 fim:1; do
    .gpu-1/pack "$work/tokenizer.merges" "$work/corpus/validation.rec" .gpu-1/data/whole.u16 --length "$length" --seed 7 \
        --fim "${kind#*:}" --spm 1 --languages typescript,javascript,python
    head -c $(((length + 1) * 2 * 64)) .gpu-1/data/whole.u16 >".gpu-1/data/validation-${kind%:*}.u16"
done
rm .gpu-1/data/whole.u16

first_bytes=$((room_bytes - $(du -sb .gpu-1 | cut -f1)))
[ "$first_bytes" -gt 0 ] || { echo "no room is left for a shard beside .gpu-1: run training/gpu/stow.sh first" >&2; exit 1; }
nice -n 15 "$python" "$here/shards.py" "$work/corpus/train.rec" .gpu- "${GPU_SHARD_BYTES:-$first_bytes}" "${GPU_SHARD_BYTES:-$room_bytes}" --part-mb "${GPU_PART_MB:-8}"
if [ "$weights" != - ]; then
    pieces=$(mktemp -d)
    "$python" "$here/pieces.py" split "$weights" "$pieces" --piece-bytes "${GPU_PIECE_BYTES:-$((room_bytes - (64 << 10)))}"   # and model.tar
    number=0
    for piece in "$pieces"/piece-*; do
        number=$((number + 1))
        mkdir ".gpu-weights-$number"
        mv "$piece" ".gpu-weights-$number/"
    done
    mv "$pieces/model.tar" .gpu-weights-1/
    rmdir "$pieces"
fi
for folder in .gpu-*/; do
    [ "$folder" != .gpu-out/ ] && [ "$folder" != .gpu-stowed/ ] || continue
    bytes=$(($(du -sb "$folder" | cut -f1) + tracked_bytes))
    echo "$folder with tracked files: $(((bytes + (1 << 20) - 1) >> 20)) MiB of 64"
    [ "$bytes" -le $((64 << 20)) ] || { echo "Too large to travel: run training/gpu/stow.sh first" >&2; exit 1; }
done
