"""Packed sequences on disk, read in order (pack.cpp has shuffled them)."""

import glob

import numpy as np
import torch


class Rows:
    """The rows of all files of a pattern, one file after the other and round again: uint16 [rows, T + 1]."""

    def __init__(self, pattern: str, length: int, position: int = 0) -> None:
        paths = sorted(glob.glob(pattern))
        if not paths:
            raise FileNotFoundError(f"no packed sequences match {pattern}")
        self.length = length
        self.position = position          # rows handed out since the start of the run
        self._files = [np.memmap(path, np.uint16, "r").reshape(-1, length + 1) for path in paths]
        self.count = sum(len(file) for file in self._files)

    def _row(self, index: int) -> np.ndarray:
        index %= self.count
        for file in self._files:
            if index < len(file):
                return file[index]
            index -= len(file)
        raise AssertionError("unreachable")

    def take(self, count: int, device: str) -> torch.Tensor:
        """The next `count` rows: int64 [count, T + 1]."""
        rows = np.stack([self._row(self.position + k) for k in range(count)]).astype(np.int64)
        self.position += count
        return torch.from_numpy(rows).to(device, non_blocking=True)


def token_byte_lengths(merges_path: str) -> np.ndarray:
    """Bytes of text each token stands for; 0 for the special tokens: int64 [V]."""
    lengths = [0] * 16 + [1] * 256
    with open(merges_path, encoding="ascii") as file:
        for line in file:
            left, right = map(int, line.split())
            lengths.append(lengths[left] + lengths[right])
    return np.array(lengths)
