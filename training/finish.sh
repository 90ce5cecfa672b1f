#!/usr/bin/env bash
# Exports while a training run goes on, and exports and evaluates the result when it has ended.
#
# usage: finish.sh WORK_DIR TRAINING_PID [EXPORT_EVERY_SECONDS]
#
# WORK_DIR/export-latest/  the last checkpoint, every EXPORT_EVERY_SECONDS (1,200)
# WORK_DIR/export/         the finished model, with evaluation.json (int4 weights)
set -uo pipefail

work=${1:?usage: finish.sh WORK_DIR TRAINING_PID [EXPORT_EVERY_SECONDS]} pid=${2:?training pid} every=${3:-1200}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/env.sh"

export_to() { nice -n 19 "$PYTHON" "$here/export/export.py" "$work/run/checkpoint.pt" "$work/tokenizer.json" "$1"; }

waited=0
while kill -0 "$pid" 2>/dev/null; do
    sleep 5
    waited=$((waited + 5))
    if [ $((waited % every)) -lt 5 ] && [ -f "$work/run/checkpoint.pt" ]; then export_to "$work/export-latest"; fi
done
export_to "$work/export"
nice -n 10 "$PYTHON" "$here/evaluate/evaluate.py" "$work/export" "$work" --int4 --rows 12 --no-baseline
