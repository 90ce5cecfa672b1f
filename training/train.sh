#!/usr/bin/env bash
# Starts (or goes on with) a training run in the background at the lowest priority, and what follows it.
#
# usage: train.sh WORK_DIR UNTIL [options of train/train.py, such as --resume]      UNTIL: HH:MM, or seconds from now
#
# It ends sooner or later where you say so while it runs: date -d 21:00 +%s >WORK_DIR/until
# Logs: WORK_DIR/train.log, WORK_DIR/finish.log.  Stop with: kill "$(cat WORK_DIR/train.pid)"; it saves a checkpoint first.
set -euo pipefail
work=${1:?usage: train.sh WORK_DIR UNTIL [options]} until=${2:?until when}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/env.sh"
setsid nohup nice -n 19 "$PYTHON" "$here/train/train.py" --work "$work" --until "$until" "${@:3}" >>"$work/train.log" 2>&1 </dev/null &
echo $! >"$work/train.pid"
setsid nohup "$here/finish.sh" "$work" "$(cat "$work/train.pid")" >"$work/finish.log" 2>&1 </dev/null &
echo "training: pid $(cat "$work/train.pid"), log $work/train.log"
