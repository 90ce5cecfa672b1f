#!/usr/bin/python3
"""Cuts a corpus into shards small enough to be carried to another machine, packages whole.

usage: shard.py CORPUS.rec OUT_DIR [--shard-mib 52] [--part-mb 8]

writes  OUT_DIR/1/NNN.rec.xz, OUT_DIR/2/..., as many shards as it takes, and prints their sizes

A part holds some 8 MB of text, so that the cores of the other machine unpack and tokenise side by side; packages come in
hashed order, so that every shard has all languages.  The format is xz because Python reads it by itself: nothing has to be
installed there.  (PPMd packs this text 12 % smaller and needs a program of its own at the other end.)
"""

import argparse
import hashlib
import lzma
import multiprocessing
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus"))
from records import read_records, record   # noqa: E402


def compress(text: bytes) -> bytes:
    return lzma.compress(text, preset=9 | lzma.PRESET_EXTREME)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--shard-mib", type=float, default=52)
    parser.add_argument("--part-mb", type=float, default=8)
    options = parser.parse_args()

    packages: dict[str, list[str]] = {}
    for package, language, path, text in read_records(options.corpus):
        packages.setdefault(package, []).append(record(package, language, path, text))
    parts, size = [[]], 0
    for package in sorted(packages, key=lambda name: hashlib.md5(name.encode()).digest()):
        entry = "".join(packages[package]).encode()
        if size and size + len(entry) > options.part_mb * 1e6:
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += len(entry)

    shard, used, text, limit = 1, 0, 0, options.shard_mib * 2**20
    with multiprocessing.Pool() as pool:
        for index, (plain, packed) in enumerate(zip(parts, pool.imap(compress, (b"".join(part) for part in parts)))):
            if used + len(packed) > limit:
                print(f"shard {shard}: {text / 1e6:.1f} MB of text in {used / 2**20:.1f} MiB")
                shard, used, text = shard + 1, 0, 0
            folder = os.path.join(options.out, str(shard))
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{index:03d}.rec.xz"), "wb") as file:
                file.write(packed)
            used += len(packed)
            text += sum(map(len, plain))
    print(f"shard {shard}: {text / 1e6:.1f} MB of text in {used / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
