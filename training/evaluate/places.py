#!/usr/bin/python3
"""Places in held-out files to complete at, as requests for `mote complete --serve`: one JSON a line.

usage: places.py WORK_DIR COUNT

The cursor stands in the middle of a line of code, with what comes before and after it; nothing is cut out.
"""

import json
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus"))
from records import read_records

MAX_PREFIX_CHARACTERS = 1200


def place_in(text: str) -> int | None:
    """The middle of the first line of code behind a tenth of the text."""
    begin = len(text) // 10
    for line in text[begin:].splitlines(keepends=True)[1:]:
        at = text.index(line, begin)
        code = line.strip()
        if len(code) >= 20 and code[0].isalpha():
            return at + line.index(code) + len(code) // 2
    return None


def main() -> None:
    work, count = sys.argv[1], int(sys.argv[2])
    printed = 0
    for _, _, path, text in read_records(os.path.join(work, "corpus", "validation.rec")):
        at = place_in(text)
        if at is not None and printed < count:
            print(json.dumps({"file": path, "prefix": text[max(0, at - MAX_PREFIX_CHARACTERS):at], "suffix": text[at:at + 400]}))
            printed += 1


if __name__ == "__main__":
    main()
