#!/usr/bin/python3
"""Checks that packed training rows are of the form that pack.cpp promises, and that related files stand in front in both stages.

usage: check.py WORK_DIR SHORT_TOKENS LONG_TOKENS

reads   WORK_DIR/data/train-{short,long}-*.u16
"""

import glob
import os
import re
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "train"))
from config import END_OF_TEXT, FILE, FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, FIRST_TEXT_TOKEN, PAD, REPO

# One letter for each special token; text is left out.
LETTERS = {END_OF_TEXT: "E", REPO: "R", FILE: "F", FIM_PREFIX: "P", FIM_SUFFIX: "S", FIM_MIDDLE: "M", PAD: "D"}
# Examples: other files only in front of what is to be filled in; plain text that ends, or goes on in the next example.
ROW = re.compile(r"(R*F(SPM|PSM)E|FE?)+D*")
MIN_CONTEXT_SHARE = 0.2           # of the examples: a quarter at 2,048 tokens and two fifths at 512 were measured


def specials(row: np.ndarray) -> str:
    return "".join(LETTERS.get(int(token), "?") for token in row[row < FIRST_TEXT_TOKEN])


def check(paths: list[str], length: int) -> tuple[int, int, int]:
    """(rows, examples, examples with other files in front) of packed files; ends the program at a row of another form."""
    rows = examples = with_context = 0
    for path in paths:
        for row in np.fromfile(path, np.uint16).reshape(-1, length + 1):
            form = specials(row)
            if not ROW.fullmatch(form):
                sys.exit(f"{path}, row {rows}: {form}")
            rows, examples, with_context = rows + 1, examples + form.count("F"), with_context + len(re.findall("R+F", form))
    return rows, examples, with_context


def main() -> None:
    data, lengths = os.path.join(sys.argv[1], "data"), sys.argv[2:]
    if len(lengths) != 2:
        sys.exit("usage: check.py WORK_DIR SHORT_TOKENS LONG_TOKENS")
    for stage, length in zip(("short", "long"), map(int, lengths)):
        rows, examples, with_context = check(sorted(glob.glob(f"{data}/train-{stage}-*.u16")), length)
        print(f"{stage}: {rows} rows, {examples} examples, {with_context / max(examples, 1):.0%} with other files in front")
        if with_context < MIN_CONTEXT_SHARE * examples or not rows:
            sys.exit(f"too few of the {stage} examples have other files in front")


if __name__ == "__main__":
    main()
