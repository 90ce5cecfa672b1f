#!/usr/bin/python3
"""Writes the merges as a Hugging Face tokenizer.json.

usage: write_json.py MERGES.txt TOKENIZER.json
"""

import json
import sys

SPECIAL_TOKENS = ["<|endoftext|>", "<|repo|>", "<|file|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|pad|>"]
SPECIAL_TOKENS += [f"<|reserved_{k}|>" for k in range(len(SPECIAL_TOKENS), 16)]

# The same rule as pre_token_end() in bpe.hpp.  {1,128} counts code points, in Rust's and in JavaScript's "u" expressions.
PRE_TOKEN_PATTERN = r"\n[ \t\n]*|[^\n]{1,128}"


def byte_alphabet() -> list[str]:
    """The printable character that stands for each byte in byte-level BPE files (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, shifted = [""] * 256, 256
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(shifted)
            shifted += 1
    return table


def tokenizer(merges: list[tuple[int, int]]) -> dict:
    texts = SPECIAL_TOKENS + byte_alphabet()
    for left, right in merges:
        texts.append(texts[left] + texts[right])
    assert len(set(texts)) == len(texts), "two ids with one text"
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                          "special": True} for i, text in enumerate(SPECIAL_TOKENS)],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PRE_TOKEN_PATTERN}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {text: i for i, text in enumerate(texts)},
                  "merges": [[texts[left], texts[right]] for left, right in merges]},
    }


def main() -> None:
    with open(sys.argv[1], encoding="ascii") as file:
        merges = [tuple(map(int, line.split())) for line in file]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(tokenizer(merges), file, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
