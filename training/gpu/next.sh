#!/usr/bin/env bash
# Puts the next shard into .gpu and says whether what travels is small enough.  The last shard stays for all later calls.
#
# usage: next.sh [REPOSITORY]
set -euo pipefail
repository=$(cd "${1:-$(dirname "$0")/../..}" && pwd)
cd "$repository"
next=$(ls .gpu-next | sort -n | head -n 1)
if [ -n "$next" ]; then
    rm -rf .gpu/shard
    mv ".gpu-next/$next" .gpu/shard
fi
# What git would carry (files that were removed do not count), and the folder that it ignores.
bytes=$( (git ls-files -z --cached --others --exclude-standard; find .gpu -type f -print0) | xargs -0 stat -c %s 2>/dev/null | paste -sd+ | bc)
echo "travels: $((bytes / 1048576)) MiB of 64 ($(du -sm .gpu | cut -f1) of them in .gpu); shards left for later calls: $(ls .gpu-next | wc -l)"
if [ "$bytes" -gt $((63 << 20)) ]; then
    echo "Too large to travel: run training/gpu/stow.sh, or prepare with a smaller GPU_SHARD_MIB." >&2
    exit 1
fi
