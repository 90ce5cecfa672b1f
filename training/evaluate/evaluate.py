#!/usr/bin/python3
"""Scores an exported model on held-out packages, by language.

usage: evaluate.py MODEL_DIR WORK_DIR [--rows 24] [--int4] [--languages typescript,javascript,python]

reads   WORK_DIR/data/evaluate-{plain,fim}-LANGUAGE.u16 (see pack/pack.sh) and WORK_DIR/tokenizer.merges
prints  a Markdown table, and writes MODEL_DIR/evaluation.json

Columns: bits per byte and top-1 on plain text, the same on the middles of fill-in-the-middle examples (SPM), the share
of middles that greedy decoding gives exactly, and the bits per byte of an order-3 byte model.
"""

import argparse
import json
import os
import sys

import numpy as np

_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(_here, "..", folder) for folder in ("train", "export", "corpus")]
from config import ModelConfig   # noqa: E402
from data import token_byte_lengths   # noqa: E402
from huggingface import from_huggingface   # noqa: E402
from languages import LANGUAGES   # noqa: E402
from model import Model   # noqa: E402
from ngram import ByteModel   # noqa: E402
from quantize import round_to_int4   # noqa: E402
from records import read_records   # noqa: E402
from tensors import load_bfloat16   # noqa: E402
from validate import middle_score, plain_score   # noqa: E402

BASELINE_TRAIN_BYTES = 3_000_000  # per language
BASELINE_TEST_BYTES = 300_000


def load_model(folder: str) -> Model:
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        values = json.load(file)
    config = ModelConfig(**{name: values[name] for name in ModelConfig.__dataclass_fields__})
    model = Model(config)
    model.load_state_dict(from_huggingface(load_bfloat16(os.path.join(folder, "model.safetensors")), config))
    return model


def texts_by_language(path: str, limit: int) -> dict[str, list[bytes]]:
    """Texts of a corpus file up to `limit` bytes a language, spread over the packages: the shortest path hash first."""
    texts: dict[str, list[tuple[int, bytes]]] = {language: [] for language in LANGUAGES}
    for package, language, name, text in read_records(path):
        texts[language].append((hash_of(package + name), text.encode()))
    chosen: dict[str, list[bytes]] = {}
    for language, entries in texts.items():
        total, chosen[language] = 0, []
        for _, text in sorted(entries):
            if total < limit:
                chosen[language].append(text)
                total += len(text)
    return chosen


def hash_of(text: str) -> int:
    value = 2166136261            # FNV-1a: Python's own hash changes from run to run
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def rows_of(work: str, kind: str, language: str, context: int, count: int) -> np.ndarray:
    rows = np.fromfile(os.path.join(work, "data", f"evaluate-{kind}-{language}.u16"), np.uint16)
    return rows.reshape(-1, context + 1)[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("work")
    parser.add_argument("--rows", type=int, default=24, help="sequences per language and kind")
    parser.add_argument("--int4", action="store_true", help="with the weights rounded to int4, as they are shipped")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--no-baseline", action="store_true")
    options = parser.parse_args()

    model = load_model(options.model)
    if options.int4:
        round_to_int4(model.int4_parameters())
    with open(os.path.join(options.model, "mote.json"), encoding="utf-8") as file:
        context = json.load(file)["trainedContextTokens"]
    byte_lengths = token_byte_lengths(os.path.join(options.work, "tokenizer.merges"))
    if not options.no_baseline:
        train = texts_by_language(os.path.join(options.work, "corpus", "train.rec"), BASELINE_TRAIN_BYTES)
        test = texts_by_language(os.path.join(options.work, "corpus", "validation.rec"), BASELINE_TEST_BYTES)
    result: dict[str, dict] = {}
    print("| language | bits/byte | top-1 | middle bits/byte | middle top-1 | middle exact | order-3 bits/byte |\n|---|---|---|---|---|---|---|")
    for language in options.languages.split(","):
        if not all(len(rows_of(options.work, kind, language, context, 1)) for kind in ("plain", "fim")):
            continue                                  # no held-out file of this language
        plain = plain_score(model, rows_of(options.work, "plain", language, context, options.rows), byte_lengths)
        middle = middle_score(model, rows_of(options.work, "fim", language, context, options.rows), byte_lengths)
        baseline = float("nan")
        if not options.no_baseline:
            bytes_model = ByteModel()
            for text in train[language]:
                bytes_model.learn(text)
            baseline = bytes_model.bits_per_byte(b"".join(test[language]))
        result[language] = {"plain": plain.rounded(), "fim": middle.rounded(), "order3BitsPerByte": None if options.no_baseline else round(baseline, 4)}
        print(f"| {language} | {plain.bits_per_byte:.3f} | {plain.top1:.3f} | {middle.bits_per_byte:.3f} | {middle.top1:.3f} "
              f"| {middle.exact:.3f} | {baseline:.3f} |", flush=True)
    with open(os.path.join(options.model, "evaluation.json"), "w", encoding="utf-8") as file:
        json.dump({"int4": options.int4, "rows": options.rows, "languages": result}, file, indent=1)


if __name__ == "__main__":
    main()
