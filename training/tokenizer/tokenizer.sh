#!/usr/bin/env bash
# Trains the tokenizer and writes it in both forms: tokenizer.merges for our tools, tokenizer.json for everyone else.
#
# usage: tokenizer.sh WORK_DIR [VOCABULARY_SIZE]
set -euo pipefail
work=${1:?usage: tokenizer.sh WORK_DIR [VOCABULARY_SIZE]}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../env.sh"
# Every second file of TypeScript, JavaScript and Python: the other languages then make a quarter of what is counted.
"$work/bin/bpe-train" "$work/corpus/train.rec" "${2:-16384}" "$work/tokenizer.merges" 2
env -u LD_PRELOAD "$PYTHON" "$here/write_json.py" "$work/tokenizer.merges" "$work/tokenizer.json"
