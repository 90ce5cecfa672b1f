#!/usr/bin/env bash
# Compiles the C++ tools into WORK_DIR/bin.
#
# usage: build.sh WORK_DIR
set -euo pipefail
work=${1:?usage: build.sh WORK_DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work/bin"
for tool in tokenizer/train:bpe-train tokenizer/encode:bpe-encode pack/pack:pack; do
    g++ -O3 -std=c++17 -Wall -Wextra "$here/${tool%%:*}.cpp" -o "$work/bin/${tool##*:}"
done
