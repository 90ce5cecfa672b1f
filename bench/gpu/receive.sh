#!/usr/bin/env bash
# On the GPU machine, in the repository's root with .gpu-bench-N: keeps its pieces; with the last of them, unpacks what all hold.
#
# usage: receive.sh N                  GPU_WORK: where to (/tmp/mote-gpu); what is unpacked is in GPU_WORK/root
set -euo pipefail
number=${1:?usage: receive.sh N}
work=${GPU_WORK:-/tmp/mote-gpu}
mkdir -p "$work/received"
cp ".gpu-bench-$number"/* "$work/received/"
cd "$work/received"
missing=$(awk '/ piece-/ { print $2 }' SHA256SUMS | while read -r piece; do if [ ! -e "$piece" ]; then echo "$piece"; fi; done)
if [ -n "$missing" ]; then echo "received $number; still to come: $(echo $missing)"; exit 0; fi
# Pieces that broke on the way are named here.
sha256sum --check --quiet SHA256SUMS
rm -rf "$work/root"
mkdir "$work/root"
unpack() { if command -v xz >/dev/null; then xz -dc -T0; else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.stdin.buffer), sys.stdout.buffer, 1 << 20)'; fi; }
cat piece-* | unpack | tar -xf - -C "$work/root"
echo "unpacked: $(du -sm "$work/root" | cut -f 1) MB in $work/root"
