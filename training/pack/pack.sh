#!/usr/bin/env bash
# Tokenises and packs a corpus: training sequences of two lengths, validation and evaluation sequences.
#
# usage: pack.sh WORK_DIR [SHORT_TOKENS LONG_TOKENS EPOCHS CONTEXT_SHARE]
#
# CONTEXT_SHARE of the training examples have pieces of the package's other files in front, where there is room.
#
# reads   WORK_DIR/{bin/pack, tokenizer.merges, corpus/*.rec}
# writes  WORK_DIR/data/train-{short,long}-N.u16, validation-{plain,fim}.u16, evaluate-{plain,fim}-LANGUAGE.u16
#
# Every epoch gets fresh fill-in-the-middle splits: a new seed.
set -euo pipefail

work=${1:?usage: pack.sh WORK_DIR [SHORT_TOKENS LONG_TOKENS EPOCHS CONTEXT_SHARE]}
short=${2:-512} long=${3:-1024} epochs=${4:-1} context=${5:-0.75}
mkdir -p "$work/data"

pack() {   # CORPUS OUT OPTIONS...
    "$work/bin/pack" "$work/tokenizer.merges" "$work/corpus/$1.rec" "$work/data/$2.u16" "${@:3}"
}

for epoch in $(seq "$epochs"); do
    pack train "train-short-$epoch" --length "$short" --seed $((2 * epoch - 1)) --context "$context"
    pack train "train-long-$epoch" --length "$long" --seed $((2 * epoch)) --context "$context"
done
pack validation validation-plain --length "$long" --seed 7 --fim 0 --languages typescript,javascript,python
pack validation validation-fim --length "$long" --seed 7 --fim 1 --spm 1 --languages typescript,javascript,python
for language in $(env -u LD_PRELOAD "${PYTHON:-/usr/bin/python3}" "$(dirname "$0")/../corpus/languages.py"); do
    pack validation "evaluate-plain-$language" --length "$long" --seed 7 --fim 0 --languages "$language"
    pack validation "evaluate-fim-$language" --length "$long" --seed 7 --fim 1 --spm 1 --languages "$language"
done
