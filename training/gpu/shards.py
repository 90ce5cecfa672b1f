#!/usr/bin/python3
"""Cuts a corpus into shards small enough to be carried to another machine, packages whole.

usage: shards.py CORPUS.rec OUT_PREFIX FIRST_BYTES OTHERS_BYTES [--part-mb 8]

writes  OUT_PREFIX1/shard/NNN.rec.7z, OUT_PREFIX2/shard/..., as many as it takes, none larger than these sizes

A part holds some 8 MB of text, so that the cores of the other machine unpack and tokenise side by side; packages come in
hashed order, so that every shard has all languages.  The format is PPMd in 7-Zip's container: it packs source 7.2 to 1, xz
5.9 to 1 (measured on 430 MB).
"""

import argparse
import hashlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus"))
from records import read_records, record   # noqa: E402

SEVEN_ZIP = "7zz"
PPMD = "-m0=PPMd:o=16:mem=256m"    # contexts of 16 bytes; as much memory at either end for each part at work


def require_seven_zip() -> None:
    if not shutil.which(SEVEN_ZIP):
        sys.exit(f"{SEVEN_ZIP} is missing, which packs the shards: apt-get install 7zip (training/requirements.sh does)")


def compress(name: str, text: bytes) -> bytes:
    """A 7z archive of one file."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text)
        subprocess.run([SEVEN_ZIP, "a", "-bd", "-bso0", "-mmt=1", PPMD, "part.7z", name], cwd=folder, check=True)
        with open(os.path.join(folder, "part.7z"), "rb") as file:
            return file.read()


def cut(corpus: str, part_bytes: float) -> list[bytes]:
    """Parts of about so many bytes, in whole packages in hashed order."""
    packages: dict[str, list[str]] = {}
    for package, language, path, text in read_records(corpus):
        packages.setdefault(package, []).append(record(package, language, path, text))
    parts, entries, size = [], [], 0
    for package in sorted(packages, key=lambda name: hashlib.md5(name.encode()).digest()):
        entry = "".join(packages[package]).encode()
        if size and size + len(entry) > part_bytes:
            parts.append(b"".join(entries))
            entries, size = [], 0
        entries.append(entry)
        size += len(entry)
    return [*parts, b"".join(entries)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("prefix")
    parser.add_argument("first_bytes", type=int)
    parser.add_argument("others_bytes", type=int)
    parser.add_argument("--part-mb", type=float, default=8)
    options = parser.parse_args()
    require_seven_zip()

    def report() -> None:
        print(f"shard {shard}: {text / 1e6:.1f} MB of text in {used / 2**20:.1f} MiB", flush=True)

    shard, used, text = 1, 0, 0
    jobs = [(f"{index:03d}.rec", part) for index, part in enumerate(cut(options.corpus, options.part_mb * 1e6))]
    with multiprocessing.Pool() as pool:
        for (name, plain), result in zip(jobs, [pool.apply_async(compress, job) for job in jobs]):
            packed = result.get()
            if used and used + len(packed) > (options.first_bytes if shard == 1 else options.others_bytes):
                report()
                shard, used, text = shard + 1, 0, 0
            folder = f"{options.prefix}{shard}/shard"
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, f"{name}.7z"), "wb") as file:
                file.write(packed)
            used += len(packed)
            text += len(plain)
    report()


if __name__ == "__main__":
    main()
