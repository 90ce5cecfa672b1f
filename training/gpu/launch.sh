#!/usr/bin/env bash
# On the GPU machine: starts run.sh in a session of its own and returns as soon as steps run, or as it has failed.
#
# usage: launch.sh SECONDS [options of train/train.py]      by hand only to go on after a failure: launch.sh SECONDS --resume
set -euo pipefail
. "$(dirname "$0")/settings.sh"
if running; then echo "it trains already: see watch.sh" >&2; exit 1; fi
touch "$work/train.log"
end=$(($(date +%s) + ${1:?usage: launch.sh SECONDS [options of train/train.py]}))
lines=$(wc -l <"$work/train.log")
rm -f "$work/ended" "$work/exported"
setsid nohup "$work/training/gpu/run.sh" "$end" "${@:2}" >>"$work/train.log" 2>&1 </dev/null &
echo $! >"$work/pid"
until grep -q tokens_per_second <(tail -n +$((lines + 1)) "$work/train.log"); do
    running || { tail -n 25 "$work/train.log"; echo "Training has failed." >&2; exit 1; }
    sleep 1
done
tail -n +$((lines + 1)) "$work/train.log"
nvidia-smi --query-gpu=memory.used,utilization.gpu,power.draw --format=csv,noheader 2>/dev/null || true
