#!/usr/bin/python3
"""Builds the corpus from downloaded packages.

usage: build.py WORK_DIR [VALIDATION_PACKAGES]

VALIDATION_PACKAGES names the packages to hold out, one a line; without it they are chosen.

reads   WORK_DIR/dl/{npm/*.tgz, deb/*.deb, src/*.dsc}
writes  WORK_DIR/corpus/{train.rec, validation.rec, ATTRIBUTION.tsv, validation-packages.txt, report.json}
        WORK_DIR/read, from which the next build takes all but new archives; so a build beside a download saves time
"""

import collections
import json
import os
import sys

from archives import read_archives
from budgets import BUDGET_BYTES, apply_budgets, limit_languages
from duplicates import DuplicateIndex
from languages import LANGUAGES
from packages import Package
from records import record
from split import VALIDATION_MAX_GROUP_BYTES, choose_validation, hold_out


def drop_duplicates(packages: list[Package], index: DuplicateIndex) -> int:
    """Keeps the first of each text; returns how many documents were dropped."""
    dropped = 0
    for package in packages:
        kept = [d for d in package.documents if index.is_new(d.mark)]
        dropped += len(package.documents) - len(kept)
        package.documents = kept
    return dropped


def divide(packages: list[Package], names: set[str] | None) -> tuple[list[Package], list[Package], int]:
    """(validation, training, duplicates dropped), within the budgets; `names`: the packages to hold out, where they are given.

    Duplicates go first: a text is then counted once and stands on one side only, that of the held-out packages where these are
    named."""
    index = DuplicateIndex()
    if names is None:
        dropped = drop_duplicates(packages, index)
        apply_budgets(packages, BUDGET_BYTES)
        groups = choose_validation(packages)
        return [p for p in packages if p.group in groups], [p for p in packages if p.group not in groups], dropped
    validation, training = hold_out(packages, names)
    dropped = drop_duplicates(validation, index) + drop_duplicates(training, index)
    for package in validation:                              # budgets change with the lists; what is measured on must not
        limit_languages(package, dict.fromkeys(LANGUAGES, VALIDATION_MAX_GROUP_BYTES))
    apply_budgets(training, BUDGET_BYTES)
    return validation, training, dropped


def write_split(path: str, packages: list[Package]) -> collections.Counter:
    """Writes the documents of one side; returns its bytes by language."""
    sizes: collections.Counter = collections.Counter()
    with open(path, "w", encoding="utf-8", newline="") as file:
        for package in packages:
            for document in package.documents:
                file.write(record(package.name, document.language, document.path, document.text))
                sizes[document.language] += document.size
    return sizes


def write_attribution(path: str, splits: dict[str, list[Package]]) -> None:
    rows = [(p.kind, p.name, p.version, p.licence, split, len(p.documents), sum(d.size for d in p.documents))
            for split, packages in splits.items() for p in packages if p.documents]
    with open(path, "w", encoding="utf-8") as file:
        file.write("kind\tpackage\tversion\tlicence\tsplit\tfiles\tbytes\n")
        file.writelines("\t".join(map(str, row)) + "\n" for row in sorted(rows))


def main() -> None:
    work = sys.argv[1]
    names = None
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            names = set(file.read().split())
    packages, kept = read_archives(work)
    counts = sum((p.counts for p in packages), collections.Counter())
    validation, training, counts["duplicate"] = divide(packages, names)

    out = os.path.join(work, "corpus")
    os.makedirs(out, exist_ok=True)
    splits = {"train": training, "validation": validation}
    sizes = {split: write_split(f"{out}/{split}.rec", members) for split, members in splits.items()}
    write_attribution(f"{out}/ATTRIBUTION.tsv", splits)
    with open(f"{out}/validation-packages.txt", "w", encoding="utf-8") as file:
        file.writelines(f"{p.name}\n" for p in validation if p.documents)
    report = {"packages": len(packages), "read_before": kept, "packages_kept": sum(bool(p.documents) for p in training + validation),
              "files": dict(counts), "bytes": {split: dict(counter) for split, counter in sizes.items()}}
    with open(f"{out}/report.json", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
