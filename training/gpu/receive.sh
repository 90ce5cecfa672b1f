#!/usr/bin/env bash
# On the GPU machine, in the repository's root with .gpu-weights-N: keeps the pieces of a model to go on from.   usage: receive.sh N
set -euo pipefail
. "$(dirname "$0")/settings.sh"
mkdir -p "$work/received"
cp ".gpu-weights-${1:?usage: receive.sh N}"/* "$work/received/"
ls "$work/received"
