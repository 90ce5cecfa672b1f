#!/usr/bin/python3
"""Checks that shards hold the corpus, packages whole, within their sizes, and that 7-Zip gives it back.

usage: check_shards.py
"""

import glob
import os
import random
import subprocess
import sys
import tempfile

from shards import SEVEN_ZIP, record, read_records

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_BYTES = 60_000


def shards(corpus: str, prefix: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, os.path.join(HERE, "shards.py"), corpus, prefix, str(LIMIT_BYTES // 2), str(LIMIT_BYTES), "--part-mb", "0.05"],
                          capture_output=True, text=True, env={**os.environ, **environment})


def main() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefgh", k=6)) for _ in range(3000)]
    entries = [(f"package-{k % 37:02d}", "python", f"{k}.py", "".join(f"{' '.join(chance.choices(words, k=6))} = é\n" for _ in range(30))) for k in range(400)]
    entries.sort(key=lambda e: e[0])
    with tempfile.TemporaryDirectory() as folder:
        corpus, prefix = f"{folder}/train.rec", f"{folder}/shard-"
        with open(corpus, "w", encoding="utf-8", newline="") as file:
            file.writelines(record(*entry) for entry in entries)
        without = shards(corpus, prefix, PATH=folder)
        assert without.returncode and "apt-get install 7zip" in without.stderr, f"without 7-Zip: {without.stderr!r}"
        made = shards(corpus, prefix)
        assert made.returncode == 0, made.stderr
        found, where = [], {}
        folders = sorted(glob.glob(f"{prefix}*/shard"))
        assert len(folders) > 2, f"{len(folders)} shards"
        for number, shard in enumerate(folders):
            size = sum(entry.stat().st_size for entry in os.scandir(shard))
            assert size <= (LIMIT_BYTES // 2 if number == 0 else LIMIT_BYTES), f"{shard}: {size} bytes"
            for part in sorted(glob.glob(f"{shard}/*.7z")):
                subprocess.run([SEVEN_ZIP, "x", "-y", "-bso0", "-bsp0", f"-o{folder}/text", part], check=True)
                for entry in read_records(f"{folder}/text/{os.path.basename(part)[:-3]}"):
                    assert where.setdefault(entry[0], part) == part, f"{entry[0]} is in two parts"
                    found.append(entry)
        assert sorted(found) == sorted(entries), "the shards hold another corpus"
        print(f"{len(entries)} files in {len(set(where.values()))} parts of {len(folders)} shards: right")


if __name__ == "__main__":
    main()
