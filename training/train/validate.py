"""Scores a model on packed validation sequences."""

import dataclasses
import math

import numpy as np
import torch

from config import END_OF_TEXT, FIM_MIDDLE, FIRST_TEXT_TOKEN
from model import Model


@dataclasses.dataclass
class Score:
    bits_per_byte: float
    top1: float                   # share of tokens whose most likely prediction is right
    exact: float | None = None    # share of middles (those with text) that greedy decoding reproduces, end of text included
    tokens: int = 0

    def rounded(self) -> dict[str, float | int | None]:
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in dataclasses.asdict(self).items()}


def score_rows(model: Model, rows: np.ndarray, batch: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """rows [R, T + 1] -> nats and correctness of every target, each [R, T]."""
    model.eval()
    device = next(model.parameters()).device
    nats, right = [], []
    for begin in range(0, len(rows), batch):
        n, r = model.score(torch.from_numpy(rows[begin:begin + batch].astype(np.int64)).to(device))
        nats.append(n.cpu().numpy())
        right.append(r.cpu().numpy())
    model.train()
    return np.concatenate(nats), np.concatenate(right)


def plain_score(model: Model, rows: np.ndarray, byte_lengths: np.ndarray) -> Score:
    """Text tokens of plain sequences; special tokens are neither scored nor counted as bytes."""
    nats, right = score_rows(model, rows)
    targets = rows[:, 1:]
    text = targets >= FIRST_TEXT_TOKEN
    return Score(float(nats[text].sum() / math.log(2) / byte_lengths[targets[text]].sum()), float(right[text].mean()), None, int(text.sum()))


def middles(row: np.ndarray) -> list[tuple[int, int]]:
    """[begin, end) of the targets of each fill-in-the-middle example of a row: the middle and its end of text."""
    spans, begin = [], None
    for position, target in enumerate(row[1:]):
        if row[position] == FIM_MIDDLE:
            begin = position
        if begin is not None and target == END_OF_TEXT:
            spans.append((begin, position + 1))
            begin = None
    return spans


def middle_score(model: Model, rows: np.ndarray, byte_lengths: np.ndarray) -> Score:
    """Middles only, given all that comes before them in the sequence."""
    nats, right = score_rows(model, rows)
    total, size, hits, count, exact, spans = 0.0, 0, 0, 0, 0, 0
    for row, row_nats, row_right in zip(rows, nats, right):
        for begin, end in middles(row):
            total += row_nats[begin:end].sum()
            size += byte_lengths[row[begin + 1:end + 1]].sum()
            hits += row_right[begin:end].sum()
            count += end - begin
            # Greedy decoding gives the middle exactly when every step, fed the right past, prefers the right token.
            if end - begin > 1:                              # an empty middle is right too easily
                exact += bool(row_right[begin:end].all())
                spans += 1
    return Score(float(total / math.log(2) / max(size, 1)), float(hits / max(count, 1)), exact / max(spans, 1), count)
