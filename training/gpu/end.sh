#!/usr/bin/env bash
# On the GPU machine: moves the end of the training.      usage: end.sh SECONDS_FROM_NOW
set -euo pipefail
. "$(dirname "$0")/settings.sh"
echo $(($(date +%s) + ${1:?usage: end.sh SECONDS_FROM_NOW})) >"$work/until.part"
mv "$work/until.part" "$work/until"
