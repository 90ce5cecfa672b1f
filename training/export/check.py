#!/usr/bin/python3
"""Checks an exported folder against a second, deliberately simple implementation of Qwen3MoeForCausalLM in NumPy.

usage: check.py MODEL_DIR [EXPECTED.json]

The NumPy version reads nothing but config.json and model.safetensors, loops over tokens and experts, and follows Hugging
Face's names; so a slip in the name mapping, the rotary embedding, the norms or the routing shows.  EXPECTED.json gets the
token ids and the five largest logits of each position, for whoever imports the folder elsewhere.
"""

import json
import os
import sys

import numpy as np
import torch

_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(_here, "..", "train"), os.path.join(_here, "..", "evaluate")]
from evaluate import load_model   # noqa: E402
from tensors import load_bfloat16   # noqa: E402

TOLERANCE = 2e-3                  # absolute, on logits of a few units in float32


def reference_logits(folder: str, ids: list[int]) -> np.ndarray:
    """[T] token ids -> logits [T, V], in float64 where it is free."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        c = json.load(file)
    w = {name: tensor.numpy().astype(np.float64) for name, tensor in load_bfloat16(os.path.join(folder, "model.safetensors")).items()}
    heads, groups, size = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]

    def norm(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + c["rms_norm_eps"]) * weight

    angle = np.arange(len(ids))[:, None] * c["rope_theta"] ** (-np.arange(0, size, 2) / size)
    cos, sin = (np.concatenate([f(angle), f(angle)], -1)[:, None] for f in (np.cos, np.sin))

    def rope(x: np.ndarray) -> np.ndarray:
        half = size // 2
        return x * cos + np.concatenate([-x[..., half:], x[..., :half]], -1) * sin

    x = w["model.embed_tokens.weight"][ids]
    for n in range(c["num_hidden_layers"]):
        p = f"model.layers.{n}."
        h = norm(x, w[p + "input_layernorm.weight"])
        q = rope(norm((h @ w[p + "self_attn.q_proj.weight"].T).reshape(-1, heads, size), w[p + "self_attn.q_norm.weight"]))
        k = rope(norm((h @ w[p + "self_attn.k_proj.weight"].T).reshape(-1, groups, size), w[p + "self_attn.k_norm.weight"]))
        v = (h @ w[p + "self_attn.v_proj.weight"].T).reshape(-1, groups, size)
        mixed = np.zeros_like(q)
        for head in range(heads):
            group = head * groups // heads
            for t in range(len(ids)):
                score = k[:t + 1, group] @ q[t, head] / np.sqrt(size)
                weight = np.exp(score - score.max())
                mixed[t, head] = weight @ v[:t + 1, group] / weight.sum()
        x = x + mixed.reshape(len(ids), -1) @ w[p + "self_attn.o_proj.weight"].T
        h = norm(x, w[p + "post_attention_layernorm.weight"])
        for t in range(len(ids)):
            route = h[t] @ w[p + "mlp.gate.weight"].T
            route = np.exp(route - route.max())
            route /= route.sum()
            best = np.argsort(-route)[:c["num_experts_per_tok"]]
            for e in best:
                gate, up, down = (w[f"{p}mlp.experts.{e}.{kind}_proj.weight"] for kind in ("gate", "up", "down"))
                a = gate @ h[t]
                x[t] += route[e] / route[best].sum() * (down @ (a / (1 + np.exp(-a)) * (up @ h[t])))
    return norm(x, w["model.norm.weight"]) @ w["model.embed_tokens.weight"].T


def main() -> None:
    folder = sys.argv[1]
    model = load_model(folder)
    # <|file|> a few text tokens <|fim_suffix|> ... <|fim_prefix|> ... <|fim_middle|>
    ids = [2, *range(300, 308), 4, *range(1000, 1020), 3, *range(2000, 2060, 2), *range(40, 70), 5]
    with torch.no_grad():
        states, _ = model.hidden(torch.tensor([ids]))
        ours = (states[0] @ model.embedding.t()).numpy()
    reference = reference_logits(folder, ids)
    difference = float(np.abs(ours - reference).max())
    print(f"{len(ids)} positions, largest difference of a logit {difference:.2e}, logits within ±{np.abs(reference).max():.1f}")
    if len(sys.argv) > 2:
        best = np.argsort(-reference, -1)[:, :5]
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump({"ids": ids, "top5": [[[int(i), round(float(reference[t, i]), 4)] for i in best[t]] for t in range(len(ids))]}, file)
    sys.exit(difference > TOLERANCE)


if __name__ == "__main__":
    main()
