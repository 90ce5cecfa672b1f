#!/usr/bin/python3
"""Builds the corpus from downloaded packages.

usage: build.py WORK_DIR [VALIDATION_PACKAGES]

VALIDATION_PACKAGES names the packages to hold out, one a line; without it they are chosen.

reads   WORK_DIR/dl/{npm/*.tgz, deb/*.deb, src/*.dsc}
writes  WORK_DIR/corpus/{train.rec, validation.rec, ATTRIBUTION.tsv, validation-packages.txt, report.json}
"""

import collections
import glob
import hashlib
import json
import multiprocessing
import os
import sys

from clean import is_test_path
from duplicates import DuplicateIndex
from languages import BUDGET_BYTES, PACKAGE_CAP_BYTES, TEST_SHARE_MAX
from packages import Document, Package, read_package
from records import record

VALIDATION_SHARE = 0.03           # of a language's bytes
VALIDATION_MIN_GROUPS = 4         # projects per language, so that the number is not one project's style
VALIDATION_MIN_GROUP_BYTES = 20_000
VALIDATION_MAX_GROUP_BYTES = 900_000
VALIDATION_MAX_GROUP_SHARE = 0.1  # of a language: a language with few projects keeps most of them for training


def stable_hash(text: str) -> bytes:
    return hashlib.md5(text.encode()).digest()


def size_of(document: Document) -> int:
    return len(document.text.encode())


def limit_package(documents: list[Document], cap: int) -> list[Document]:
    """At most `cap` bytes of one package and language: whole directories in hashed order, tests up to their share."""
    chosen, total, tests = [], 0, 0
    for document in sorted(documents, key=lambda d: (stable_hash(os.path.dirname(d.path)), d.path)):
        size = size_of(document)
        if is_test_path(document.path):
            if tests + size > TEST_SHARE_MAX * cap:
                continue
            tests += size
        if total + size > cap:
            continue
        chosen.append(document)
        total += size
    return chosen


def water_level(sizes: list[int], budget: int) -> int:
    """The per-package cap for which sum(min(size, cap)) meets the budget: big packages give way first."""
    low, high = 0, max(sizes, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(size, middle) for size in sizes) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def apply_budgets(packages: list[Package]) -> None:
    """Trims every package so that each language meets its budget with as many projects as possible."""
    by_language: dict[str, list[tuple[Package, list[Document]]]] = collections.defaultdict(list)
    for package in packages:
        groups: dict[str, list[Document]] = collections.defaultdict(list)
        for document in package.documents:
            groups[document.language].append(document)
        package.documents = []
        for language, documents in groups.items():
            by_language[language].append((package, limit_package(documents, PACKAGE_CAP_BYTES)))
    for language, entries in by_language.items():
        cap = water_level([sum(map(size_of, documents)) for _, documents in entries], BUDGET_BYTES[language])
        for package, documents in entries:
            package.documents += limit_package(documents, cap)
    for package in packages:
        package.documents.sort(key=lambda d: d.path)


def choose_validation(packages: list[Package]) -> set[str]:
    """Project groups held out: small enough, in hashed order, until each language has its share."""
    sizes: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for package in packages:
        for document in package.documents:
            sizes[package.group][document.language] += size_of(document)
    totals = sum(sizes.values(), collections.Counter())
    held_out: set[str] = set()
    for language in sorted(totals):
        usable = [g for g in sorted(sizes, key=stable_hash)
                  if VALIDATION_MIN_GROUP_BYTES <= sizes[g][language] <= VALIDATION_MAX_GROUP_SHARE * totals[language]
                  and sum(sizes[g].values()) <= VALIDATION_MAX_GROUP_BYTES]
        for group in usable:
            have = [g for g in held_out if sizes[g][language] >= VALIDATION_MIN_GROUP_BYTES]
            if len(have) >= VALIDATION_MIN_GROUPS and sum(sizes[g][language] for g in have) >= VALIDATION_SHARE * totals[language]:
                break
            held_out.add(group)
    return held_out


def pinned_validation(packages: list[Package], path: str) -> set[str]:
    """The project groups of the packages that a file names: a model that trains on must not meet new text that it is measured on,
    nor be measured on text that it has read."""
    with open(path, encoding="utf-8") as file:
        names = set(file.read().split())
    missing = names - {p.name for p in packages}
    if missing:
        raise SystemExit(f"{path} names packages that were not downloaded: {' '.join(sorted(missing))}")
    return {p.group for p in packages if p.name in names}


def main() -> None:
    work = sys.argv[1]
    pinned = sys.argv[2] if len(sys.argv) > 2 else None
    out = os.path.join(work, "corpus")
    os.makedirs(out, exist_ok=True)
    archives = sorted(glob.glob(f"{work}/dl/npm/*.tgz") + glob.glob(f"{work}/dl/deb/*.deb") + glob.glob(f"{work}/dl/src/*.dsc"))
    with multiprocessing.Pool() as pool:
        packages = [p for p in pool.imap_unordered(read_package, archives, chunksize=2) if p]
    packages.sort(key=lambda p: (p.kind, p.name, p.version))

    # Before the budgets and the split: a text is then counted once and stands on one side only.
    index, counts = DuplicateIndex(), collections.Counter()
    for package in packages:
        counts.update(package.counts)
        kept = [d for d in package.documents if index.is_new(d.text)]
        counts["duplicate"] += len(package.documents) - len(kept)
        package.documents = kept
    apply_budgets(packages)
    held_out = pinned_validation(packages, pinned) if pinned else choose_validation(packages)

    bytes_kept: dict[str, collections.Counter] = {"train": collections.Counter(), "validation": collections.Counter()}
    with open(f"{out}/train.rec", "w", encoding="utf-8", newline="") as train, \
            open(f"{out}/validation.rec", "w", encoding="utf-8", newline="") as validation, \
            open(f"{out}/ATTRIBUTION.tsv", "w", encoding="utf-8") as attribution:
        attribution.write("kind\tpackage\tversion\tlicence\tsplit\tfiles\tbytes\n")
        for package in packages:
            split = "validation" if package.group in held_out else "train"
            file = validation if split == "validation" else train
            total = 0
            for document in package.documents:
                file.write(record(package.name, document.language, document.path, document.text))
                bytes_kept[split][document.language] += size_of(document)
                total += size_of(document)
            if total:
                attribution.write(f"{package.kind}\t{package.name}\t{package.version}\t{package.licence}\t{split}\t{len(package.documents)}\t{total}\n")
    with open(f"{out}/validation-packages.txt", "w", encoding="utf-8") as file:
        file.writelines(f"{p.name}\n" for p in packages if p.group in held_out and p.documents)
    report = {"packages": len(packages), "packages_kept": sum(1 for p in packages if p.documents), "files": dict(counts),
              "bytes": {split: dict(counter) for split, counter in bytes_kept.items()}}
    with open(f"{out}/report.json", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
