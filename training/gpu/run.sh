#!/usr/bin/env bash
# On the GPU machine, started by launch.sh: trains, exports, cuts into pieces.  $work/exported says that it has, $work/ended that it
# is over in any way.  END: seconds since the epoch.
#
# usage: run.sh END [options of train/train.py]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
cd "$work"                                         # the folder of the call that started it may be replaced
trap 'touch "$work/ended"' EXIT
"$python" "$here/../train/train.py" --work "$work" --until "@$1" "${model[@]}" "${@:2}"
"$python" "$here/../export/export.py" "$work/run/checkpoint.pt" "$work/tokenizer.json" "$work/export"
"$python" "$here/pieces.py" split "$work/export" "$work/pieces" --piece-bytes "${GPU_PIECE_BYTES:-16252928}"
touch "$work/exported"
