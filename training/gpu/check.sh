#!/usr/bin/env bash
# On the GPU machine: are the kernels right on it?  Worth device time only after a change of train/ or another PyTorch.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
"$python" "$here/../train/check.py" --compile 2>&1 | tee "$OUT/check.log"
