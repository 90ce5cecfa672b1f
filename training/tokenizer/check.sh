#!/usr/bin/env bash
# Checks on the whole validation set that @huggingface/tokenizers gives the ids the model is trained on.
#
# usage: check.sh WORK_DIR
set -euo pipefail
work=${1:?usage: check.sh WORK_DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work/check"
[ -d "$work/check/node_modules/@huggingface/tokenizers" ] || npm install --silent --no-save --prefix "$work/check" @huggingface/tokenizers
"$work/bin/bpe-encode" "$work/tokenizer.merges" "$work/corpus/validation.rec" "$work/check/ids.bin"
node "$here/check.mjs" "$work/tokenizer.json" "$work/corpus/validation.rec" "$work/check/ids.bin" "$work/check"
