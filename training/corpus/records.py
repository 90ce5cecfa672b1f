"""The corpus file: records of  package \\x1f language \\x1f path \\x1f text \\x1e , UTF-8, packages contiguous.

No source file holds these two control characters (clean.py refuses them), so nothing needs escaping and the C++ tools
read the file without a parser."""

from collections.abc import Iterator

FIELD, END = "\x1f", "\x1e"


def record(package: str, language: str, path: str, text: str) -> str:
    return FIELD.join((package, language, path, text)) + END


def read_records(path: str) -> Iterator[tuple[str, str, str, str]]:
    """(package, language, path, text) of every record."""
    with open(path, encoding="utf-8", newline="") as file:
        for entry in file.read().split(END):
            if entry:
                package, language, name, text = entry.split(FIELD, 3)
                yield package, language, name, text
