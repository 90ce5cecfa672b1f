#!/usr/bin/env bash
# On the GPU machine, in the folder that receive.sh has unpacked: all that is to be known about its graphics card, the worthiest first.
#
# usage: session.sh OUT [LIBRARIES]
#
# OUT gets gpu.md (the table), gpu.json and gpu.log, written again behind each step: whatever ends this, what was found is there.
# LIBRARIES: the folder with ONNX Runtime and its provider for CUDA; by default the one that was unpacked.
# Each step has a deadline, and one that fails or hangs costs no other.  A second call goes on where the first has ended.
#
# For the rehearsal, and for another GPU:
#   GPU_SECONDS (540, for all of it), GPU_PROMPTS (200), GPU_REQUESTS (10000), GPU_PASTS, GPU_CHUNKS (what is timed),
#   GPU_FORMS ("cuda"), GPU_LATE_FORMS ("processor webgpu"), GPU_SHAPED_FORMS ("cuda processor"), GPU_SHAPED_PROMPTS (4),
#   GPU_LAYERS ("2 4", of the shaped model), GPU_VOCABULARY (of it), GPU_BENCH ("decode prefill cancel typing"), PYTHON (python3),
#   GPU_PATIENCE (by which all deadlines of steps are multiplied, 1)
set -euo pipefail
out=${1:?usage: session.sh OUT [LIBRARIES]}
root=$(cd "$(dirname "$0")" && pwd)
libraries=${2:-$root/cuda}
[ -f "$libraries/libonnxruntime_providers_cuda.so" ] || { echo "$libraries has no libonnxruntime_providers_cuda.so" >&2; exit 1; }
libraries=$(cd "$libraries" && pwd)
[ -x "$root/node" ] || { echo "$root has no node: unpack with receive.sh, and run what it unpacks" >&2; exit 1; }
mkdir -p "$out" "$root/parts" "$root/shaped" "$root/tmp"
out=$(cd "$out" && pwd)
parts=$root/parts
end=$(($(date +%s) + ${GPU_SECONDS:-540}))
python=${PYTHON:-python3}
pasts=${GPU_PASTS:-0,1024,4096} chunks=${GPU_CHUNKS:-512,2048} prompts=${GPU_PROMPTS:-200}
shape=$root/shapes/qwen3-coder-30b-a3b.json
read -ra layer_counts <<<"${GPU_LAYERS:-2 4}"
vocabulary=(${GPU_VOCABULARY:+--vocabulary "$GPU_VOCABULARY"})

# PyTorch brings NVIDIA's libraries as packages; ONNX Runtime's provider looks for them where the loader does.  The folder of that provider
# is not among them: it has another version of the library that comes with Mote, which WebGPU and the processor need.
nvidia_folders() {
    timeout -k 1 20 "$python" - <<'X' 2>/dev/null || true
import glob, importlib.util
spec = importlib.util.find_spec("nvidia")
for place in spec.submodule_search_locations if spec else ():
    for folder in glob.glob(place + "/*/lib"):
        print(folder, end=":")
X
}
export PATH=$PATH:/usr/local/nvidia/bin
export LD_LIBRARY_PATH=$(nvidia_folders)/usr/local/nvidia/lib64:/usr/local/nvidia/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
if [ -e "$root/vulkan/libvulkan.so.1" ] && [[ $(ldconfig -p 2>/dev/null) != *libvulkan.so.1* ]]; then LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$root/vulkan; fi
driver=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -e "$driver" ] && [ ! -e /etc/vulkan/icd.d/nvidia_icd.json ]; then export VK_DRIVER_FILES=${VK_DRIVER_FILES:-$driver}; fi
export TMPDIR=$root/tmp XDG_CACHE_HOME=$root/cache TORCHINDUCTOR_CACHE_DIR=$root/inductor PYTHONDONTWRITEBYTECODE=1 HOME=${HOME:-$root/tmp}

report() {
    "$root/node" "$root/dist/gpuReport.js" "$parts" "$out" || echo "the report could not be written" >&2
    tail -n 40 "$parts"/*.log >"$out/gpu.log" 2>/dev/null || true
}

note() {   # NAME SECONDS STATE DETAIL
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$parts/steps.tsv"
    echo "$1: $3, $2 s"
}

# NAME SECONDS COMMAND...: runs it unless an earlier call has, with that many seconds at most, and writes the report.
step() {
    local name=$1 limit=$(($2 * ${GPU_PATIENCE:-1})) cut_short= status=0 state=done started left seconds detail
    shift 2
    if [ -e "$parts/$name.tried" ]; then return; fi
    started=$(date +%s)
    left=$((end - started))
    if [ "$left" -lt 5 ]; then echo "$name: no time is left"; return; fi
    if [ "$left" -le "$limit" ]; then limit=$left cut_short=1; fi
    timeout -k 5 "$limit" "$@" >"$parts/$name.out" 2>"$parts/$name.log" </dev/null || status=$?
    # What the whole had no time for may be tried again by another call.
    if [ "$status" -eq 0 ] || [ -z "$cut_short" ]; then touch "$parts/$name.tried"; fi
    seconds=$(($(date +%s) - started))
    if [ "$seconds" -ge "$limit" ] && [[ $status == 124 || $status == 137 ]]; then
        state="ended at its limit"
    elif [ "$status" -ne 0 ]; then
        state="failed with $status"
    fi
    if [ "$status" -eq 0 ] && [[ $name == bench-* ]]; then mv "$parts/$name.out" "$parts/$name.json"; fi
    # What a figure says, or the first error: behind it Node prints where it was, and its own version.
    detail=$(cat "$parts/$name.out" "$parts/$name.log" 2>/dev/null | awk '
        NF { last = $0 }
        /"failed":/ && failed == "" { failed = $0 }
        /^[A-Za-z_.]*Error.*: / && error == "" { error = $0 }
        END { print failed != "" ? failed : error != "" ? error : last }' | tr '\t\r' '  ' | sed 's/^ *//' | cut -c1-1000 || true)
    note "$name" "$seconds" "$state" "$detail"
    report
}

describe_machine() {
    local torch='import torch; print(f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}")'
    local missing late folder found
    {
        echo "graphics card (name, memory, driver, compute capability): $(timeout -k 1 20 nvidia-smi --query-gpu=name,memory.total,driver_version,compute_cap --format=csv,noheader 2>/dev/null || echo "none that nvidia-smi tells of")"
        echo "processor: $(nproc) × $(grep -m 1 'model name' /proc/cpuinfo | cut -d : -f 2 | xargs), $(free -g | awk '/^Mem/ { print $2 }') GiB, $(uname -sr), $(ldd --version | head -n 1); $(grep -m 1 -oE '^flags.*' /proc/cpuinfo | grep -owE 'avx2|avx_vnni|avx512_vnni|amx_int8' | xargs)"
        echo "$(timeout -k 1 60 "$python" -c "$torch" 2>/dev/null || echo "no PyTorch for $python"); Node $("$root/node" -v); $(cat "$root/versions.txt")"
        missing=$(LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$libraries ldd "$libraries/libonnxruntime_providers_cuda.so" | awk '/not found/ { print $1 }' | sort -u)
        for late in libcudnn.so.9 libcufft.so.12 libnvrtc.so.13; do
            found=
            while IFS= read -r -d : folder; do if [ -e "$folder/$late" ]; then found=1; fi; done <<<"$LD_LIBRARY_PATH:$libraries:"
            if [ -z "$found" ]; then missing+=" $late"; fi
        done
        echo "libraries that CUDA's provider doesn't find: $(echo ${missing:-none})"
    } >"$parts/machine.txt"
}

shaped_folder() { echo "$root/shaped/$1-layers"; }

# Beside the first steps, which leave most cores alone.
make_shaped() {
    local layers left limit=$((180 * ${GPU_PATIENCE:-1}))
    rm -rf "$root"/shaped/*.partial-*
    for layers in "${layer_counts[@]}"; do
        if [ -d "$(shaped_folder "$layers")" ]; then continue; fi
        left=$((end - $(date +%s)))
        if [ "$left" -lt 5 ]; then return; fi
        timeout -k 5 "$((left < limit ? left : limit))" nice -n 19 "$root/node" "$root/dist/shapedModel.js" --config "$shape" --layers "$layers" \
            "${vocabulary[@]}" --out "$(shaped_folder "$layers")" &
        trap "kill $! 2>/dev/null" TERM
        wait $! || echo "$layers layers could not be made within $((left < limit ? left : limit)) s"
    done
}

measure() {   # NAME SECONDS FORM MODEL [options of bench/gpu.ts]
    step "$1" "$2" "$root/node" "$root/dist/gpuBench.js" --forms "$3" --model "$4" --libraries "$libraries" --out "$parts/$1.json" "${@:5}"
}

measure_base() {   # FORM SECONDS
    measure "mote-base-$1" "$2" "$1" "$root/models/mote-base" --tokens "$root/tokens.json" --prompts "$prompts" --requests 0 \
        --pasts "$pasts" --chunks "$chunks"
}

measure_shaped() {   # FORM SECONDS LAYERS
    if [ ! -d "$(shaped_folder "$3")" ]; then note "shaped-$3-$1" 0 "left out" "there is no model of $3 layers"; return; fi
    measure "shaped-$3-$1" "$2" "$1" "$(shaped_folder "$3")" --tokens random --prompts "${GPU_SHAPED_PROMPTS:-4}" --requests 0 \
        --pasts "$pasts" --chunks "$chunks"
}

torch() {   # NAME SECONDS [options of torchDecoder.py]
    step "$1" "$2" "$python" "$root/torchDecoder.py" --out "$parts/$1.json" --pasts "$pasts" --chunks "$chunks" "${@:3}"
}

if [ ! -e "$parts/machine.tried" ]; then
    describe_machine || echo "the machine could not be described" >&2
    touch "$parts/machine.tried"
    cat "$parts/machine.txt"
fi
make_shaped >"$parts/make-shaped.log" 2>&1 </dev/null &
makers=$!
trap 'kill "$makers" 2>/dev/null || true' EXIT

for form in ${GPU_FORMS:-cuda}; do measure_base "$form" 120; done
torch mote-base-torch 100 --config "$root/shapes/mote-base.json" --name mote-base
for form in ${GPU_FORMS:-cuda}; do
    measure "mote-base-$form-requests" 100 "$form" "$root/models/mote-base" --tokens "$root/tokens.json" --prompts 0 --pasts "" --chunks "" \
        --requests "${GPU_REQUESTS:-10000}"
done

# From here on processors are timed too.
waited=$(date +%s)
wait "$makers" || true
waited=$(($(date +%s) - waited))
if [ "$waited" -gt 0 ]; then note make-shaped "$waited" "waited for" ""; fi
cat "$parts/make-shaped.log"
read -r first_late other_late <<<"${GPU_LATE_FORMS:-processor webgpu}"
read -r first_shaped other_shaped <<<"${GPU_SHAPED_FORMS:-cuda processor}"
if [ -n "$first_late" ]; then measure_base "$first_late" 90; fi
for layers in "${layer_counts[@]}"; do measure_shaped "$first_shaped" 80 "$layers"; done
for layers in "${layer_counts[@]}"; do torch "shaped-$layers-torch" 80 --config "$shape" --layers "$layers" "${vocabulary[@]}"; done
for scenario in ${GPU_BENCH:-decode prefill cancel typing}; do
    for setting in cuda off; do
        step "bench-$setting-$scenario" 60 "$root/node" "$root/dist/cli.js" bench --json --model base --scenario "$scenario" \
            --gpu "$setting" --gpu-libraries "$libraries"
    done
done
for form in $other_shaped; do for layers in "${layer_counts[@]}"; do measure_shaped "$form" 80 "$layers"; done; done
for form in $other_late; do measure_base "$form" 60; done
report
cat "$out/gpu.md"
