# Source this on the GPU machine: where everything is and what is trained.  The rehearsal sets other values in the environment.
work=${GPU_WORK:-/tmp/mote}                        # lost with the machine
python=${PYTHON:-python3}
length=${GPU_LENGTH:-2048}                         # tokens of a sequence
# 131,072 tokens a step in one pass take 34 GB of an H100 and 0.157 s.  Related files stand in front from the first step on, so
# there is one stage only: the long one.
model=(${GPU_MODEL:---config mote-base --step-tokens 131072 --micro-tokens 131072 --checkpoint-every 150 --log-every 10
    --validation-rows 64 --validate-every 90})
model+=(--long "$length" --long-from 0 --decay 0.3 --middle-weight 3)
export TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$work/inductor} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True

running() { [ -f "$work/pid" ] && [ ! -f "$work/ended" ] && kill -0 "$(cat "$work/pid")" 2>/dev/null; }
