#!/usr/bin/env bash
# Installs what the pipeline needs from Debian 12: PyTorch and NumPy for Debian's own /usr/bin/python3, the OpenBLAS that
# makes PyTorch usable on a CPU, a C++ compiler, 7-Zip (for the shards of a GPU session), and Node.js (for npm pack and the tokenizer
# check).
set -euo pipefail
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-torch python3-numpy libopenblas0-openmp g++ 7zip
command -v npm >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm
