#!/usr/bin/env bash
# On the GPU machine, in the repository's root with .gpu-1: begins to train, in a session of its own, and returns.
#
# usage: start.sh SECONDS [options of train/train.py]
#
# SECONDS from now the training ends; the model is exported by itself.  Weights that receive.sh has brought are gone on from.
set -euo pipefail
started=$(date +%s) seconds=${1:?usage: start.sh SECONDS [options of train/train.py]}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
nvidia-smi -L 2>/dev/null || echo "no GPU"
"$python" -c 'import os, torch; print(f"PyTorch {torch.__version__}, {os.cpu_count()} cores")'
if running; then echo "it trains already: see watch.sh" >&2; exit 1; fi

rm -rf "$work"/{data,run,export,pieces,training,train.log}
mkdir -p "$work/data"
cp -r "$here/.." "$work/training"                  # the files of the calls that follow replace those of this one
cp .gpu-1/{pack,7zz,tokenizer.merges,tokenizer.json} "$work/"
cp .gpu-1/data/*.u16 "$work/data/"
from=()
if [ -d "$work/received" ]; then
    "$python" "$here/pieces.py" join "$work/received" "$work/weights" "$work/tokenizer.json"
    from=(--weights "$work/weights" --warmup-steps 100 --decay 0.4)
fi
"$here/shard.sh" 1
echo "the first rows are there after $(($(date +%s) - started)) s"
exec "$work/training/gpu/launch.sh" $((seconds - $(date +%s) + started)) "${from[@]}" "${@:2}"
