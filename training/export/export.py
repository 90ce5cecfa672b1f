#!/usr/bin/python3
"""Writes any checkpoint as a Hugging Face folder.

usage: export.py CHECKPOINT.pt TOKENIZER.json OUT_DIR [--name mote-nano]

OUT_DIR: config.json, generation_config.json, model.safetensors (bfloat16), tokenizer.json, tokenizer_config.json and
mote.json, which says how to ask for a completion.
"""

import argparse
import json
import os
import shutil
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "train"))
from config import CONFIGS, END_OF_TEXT, PAD   # noqa: E402
from huggingface import config_json, to_huggingface   # noqa: E402
from tensors import save_bfloat16   # noqa: E402

FIM_TOKENS = {"prefix": "<|fim_prefix|>", "suffix": "<|fim_suffix|>", "middle": "<|fim_middle|>", "file": "<|file|>", "otherFile": "<|repo|>",
              "endOfText": "<|endoftext|>"}


def write_json(path: str, value: object) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--name", help="the configuration's name unless given")
    options = parser.parse_args()

    state = torch.load(options.checkpoint, map_location="cpu")
    config = CONFIGS[state["config"]]
    context = state.get("context", 1024)               # tokens of the longest sequences trained on
    part = options.out.rstrip("/") + ".part"          # readers of OUT_DIR never see half a model
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    size = save_bfloat16(os.path.join(part, "model.safetensors"), to_huggingface(state["model"], config))
    shutil.copyfile(options.tokenizer, os.path.join(part, "tokenizer.json"))
    write_json(os.path.join(part, "config.json"), config_json(config))
    write_json(os.path.join(part, "generation_config.json"), {"bos_token_id": END_OF_TEXT, "eos_token_id": END_OF_TEXT, "pad_token_id": PAD})
    write_json(os.path.join(part, "tokenizer_config.json"), {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<|pad|>",
        "clean_up_tokenization_spaces": False, "model_max_length": context})
    write_json(os.path.join(part, "mote.json"), {
        "name": options.name or state["config"], "license": "MIT", "fim": FIM_TOKENS, "order": "spm", "trainedContextTokens": context,
        "trainedTokens": state["tokens"], "trainedSteps": state["step"]})
    shutil.rmtree(options.out, ignore_errors=True)
    os.replace(part, options.out)
    print(f"{options.out}: step {state['step']}, {state['tokens'] / 1e6:.2f}M tokens, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
