#!/usr/bin/env bash
# Call 0, three minutes: is the machine what we think, are the kernels right on it, how fast is a step?  Fills compile caches.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TORCHINDUCTOR_CACHE_DIR=${GPU_WORK:-/tmp/mote}/inductor
nvidia-smi -L || echo "no GPU"
"${PYTHON:-python3}" "$here/../train/check.py" --compile 2>&1 | tee "$OUT/check.log" || echo "CHECK FAILED: see README.md"
GPU_WORK=${GPU_WORK:-/tmp/mote}-0 GPU_TOKENS=1 GPU_TAIL=${GPU_TAIL:-5} GPU_EXPORT=no "$here/train.sh" 1 "${LIMIT:-110}" --decay 0.1 --long-from 0.9 --log-every 5
rm -rf "${GPU_WORK:-/tmp/mote}-0"
