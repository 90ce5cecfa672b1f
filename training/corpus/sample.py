#!/usr/bin/python3
"""Copies a few held-out files for other tests: from validation packages only, at most three of one package.

usage: sample.py WORK_DIR OUT_DIR

OUT_DIR/PACKAGE/PATH for each file, and OUT_DIR/SOURCES.tsv with package, version and licence.
"""

import collections
import os
import sys

from budgets import stable_hash
from clean import is_test_path
from records import read_records

FILES = {"typescript": 12, "javascript": 8, "python": 10}
MIN_BYTES, MAX_BYTES = 2_000, 14_000
MAX_PER_PACKAGE = 3


def main() -> None:
    work, out = sys.argv[1:3]
    with open(os.path.join(work, "corpus", "ATTRIBUTION.tsv"), encoding="utf-8") as file:
        origin = {fields[1]: fields for fields in (line.rstrip("\n").split("\t") for line in file)}
    entries = sorted(read_records(os.path.join(work, "corpus", "validation.rec")), key=lambda e: stable_hash(e[0] + e[2]))
    taken: collections.Counter = collections.Counter()
    sources = ["package\tversion\tlicence\tpath"]
    for package, language, path, text in entries:
        if (language not in FILES or taken[language] >= FILES[language] or taken[package] >= MAX_PER_PACKAGE
                or is_test_path(path) or not MIN_BYTES <= len(text) <= MAX_BYTES):
            continue
        taken[language] += 1
        taken[package] += 1
        target = os.path.join(out, package.replace("/", "+"), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        sources.append("\t".join((package, origin[package][2], origin[package][3], path)))
    with open(os.path.join(out, "SOURCES.tsv"), "w", encoding="utf-8") as file:
        file.write("\n".join(sources) + "\n")


if __name__ == "__main__":
    main()
