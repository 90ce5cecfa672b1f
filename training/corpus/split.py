"""Which packages are held out for validation."""

import collections

from budgets import stable_hash
from packages import Package

VALIDATION_SHARE = 0.03           # of a language's bytes
VALIDATION_MIN_GROUPS = 4         # projects per language, so that the number is not one project's style
VALIDATION_MIN_GROUP_BYTES = 20_000
VALIDATION_MAX_GROUP_BYTES = 900_000
VALIDATION_MAX_GROUP_SHARE = 0.1  # of a language: a language with few projects keeps most of them for training


def choose_validation(packages: list[Package]) -> set[str]:
    """Project groups held out: small enough, in hashed order, until each language has its share."""
    sizes: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for package in packages:
        for document in package.documents:
            sizes[package.group][document.language] += document.size
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


def hold_out(packages: list[Package], names: set[str]) -> tuple[list[Package], list[Package]]:
    """(held out, for training), where the packages held out are those of these names.

    Other packages of their projects are on neither side: a model must not be measured on the siblings of what it has read, and
    what it is measured on must not grow with the lists."""
    missing = names - {p.name for p in packages}
    if missing:
        raise SystemExit(f"packages to hold out that were not downloaded: {' '.join(sorted(missing))}")
    held_out = [p for p in packages if p.name in names]
    groups = {p.group for p in held_out}
    return held_out, [p for p in packages if p.group not in groups]
