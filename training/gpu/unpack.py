#!/usr/bin/python3
"""Unpacks the parts of a shard on all cores.    usage: unpack.py SHARD_DIR OUT_DIR"""

import lzma
import multiprocessing
import os
import sys


def unpack(paths: tuple[str, str]) -> int:
    with lzma.open(paths[0]) as source, open(paths[1], "wb") as out:
        return out.write(source.read())


def main() -> None:
    shard, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    names = sorted(name for name in os.listdir(shard) if name.endswith(".xz"))
    if not names:
        sys.exit(f"{shard} holds no part of a shard: was .gpu carried?")
    with multiprocessing.Pool() as pool:
        sizes = pool.map(unpack, [(os.path.join(shard, name), os.path.join(out, name[:-3])) for name in names], 1)
    print(f"{len(names)} parts, {sum(sizes) / 1e6:.1f} MB of text")


if __name__ == "__main__":
    main()
