"""How many bytes of each language the training set may hold, and which files give way."""

import collections
import hashlib
import os

from clean import is_test_path
from packages import Document, Package

# Bytes of text a language may contribute.  The languages people use in this editor most get three quarters; those that are rarely
# published (from HTML on) have more room than the packages of lists/ fill, so that nothing of them is lost.
BUDGET_BYTES: dict[str, int] = {
    "typescript": 400_000_000, "javascript": 200_000_000, "python": 310_000_000,
    "go": 65_000_000, "rust": 65_000_000, "java": 50_000_000, "c": 42_000_000, "cpp": 52_000_000,
    "php": 20_000_000, "ruby": 20_000_000, "kotlin": 5_000_000, "swift": 4_000_000, "csharp": 4_000_000, "lua": 2_000_000,
    "html": 20_000_000, "css": 30_000_000, "vue": 20_000_000, "svelte": 10_000_000, "json": 10_000_000, "yaml": 10_000_000,
    "shell": 12_000_000, "sql": 6_000_000,
}

# No package gives more than this in one language, so that no single house style dominates.
PACKAGE_CAP_BYTES = 4_000_000

# Tests are repetitive and over-represented in published packages (28 % of characters before this cap).
TEST_SHARE_MAX = 0.12


def stable_hash(text: str) -> bytes:
    """An order that looks random and is the same in every run."""
    return hashlib.md5(text.encode()).digest()


def limit_package(documents: list[Document], cap: int) -> list[Document]:
    """At most `cap` bytes of one package and language: whole directories in hashed order, tests up to their share."""
    chosen, total, tests = [], 0, 0
    for document in sorted(documents, key=lambda d: (stable_hash(os.path.dirname(d.path)), d.path)):
        if is_test_path(document.path):
            if tests + document.size > TEST_SHARE_MAX * cap:
                continue
            tests += document.size
        if total + document.size > cap:
            continue
        chosen.append(document)
        total += document.size
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


def by_language(documents: list[Document]) -> dict[str, list[Document]]:
    groups: dict[str, list[Document]] = collections.defaultdict(list)
    for document in documents:
        groups[document.language].append(document)
    return groups


def limit_languages(package: Package, caps: dict[str, int]) -> None:
    """Trims a package to `caps` bytes of each language."""
    package.documents = sorted((document for language, documents in by_language(package.documents).items()
                                for document in limit_package(documents, caps[language])), key=lambda d: d.path)


def apply_budgets(packages: list[Package], budgets: dict[str, int]) -> None:
    """Trims every package so that each language meets its budget with as many projects as possible."""
    sizes: dict[str, list[int]] = collections.defaultdict(list)
    for package in packages:
        limit_languages(package, dict.fromkeys(budgets, PACKAGE_CAP_BYTES))
        for language, documents in by_language(package.documents).items():
            sizes[language].append(sum(document.size for document in documents))
    caps = {language: water_level(sizes[language], budget) for language, budget in budgets.items()}
    for package in packages:
        limit_languages(package, caps)
