"""Packed sequences on disk, read in order (pack.cpp has shuffled them)."""

import concurrent.futures
import glob
import os

import numpy as np
import torch


class Rows:
    """The rows of one epoch after the other and round again: uint16 [rows, T + 1].

    An epoch is `PREFIX-N.u16`, or a folder `PREFIX-N/` of parts that were packed side by side; the rows of its parts
    alternate evenly.  Epochs that appear while training runs are found when those known are used up."""

    def __init__(self, prefix: str, length: int) -> None:
        self.length = length
        self.position = 0                 # rows handed out since the start of the run
        self.count = 0                    # rows of the epochs seen so far
        self._prefix = prefix
        self._epochs: dict[str, list[np.ndarray]] = {}
        self._order: list[tuple[str, np.ndarray, np.ndarray]] = []    # of each epoch: name, part and row of each of its rows
        self._find()
        if not self.count:
            raise FileNotFoundError(f"no packed sequences match {prefix}-*")
        self._reader = concurrent.futures.ThreadPoolExecutor(1)
        self._ahead: tuple[int, int, concurrent.futures.Future[torch.Tensor]] | None = None

    def _find(self) -> None:
        """Adds the epochs that have appeared; a folder under way is called otherwise (see gpu/pack.sh)."""
        for path in sorted(glob.glob(f"{self._prefix}-*")):
            if path in self._epochs or path.endswith(".part"):
                continue
            paths = sorted(glob.glob(path + "/*.u16")) if os.path.isdir(path) else [path]
            parts = [np.memmap(p, np.uint16, "r").reshape(-1, self.length + 1) for p in paths if os.path.getsize(p)]
            sizes = [len(part) for part in parts]
            if not sum(sizes):
                continue
            part = np.repeat(np.arange(len(parts)), sizes)
            row = np.concatenate([np.arange(size) for size in sizes])
            even = np.argsort(np.concatenate([(np.arange(size) + 0.5) / size for size in sizes]), kind="stable")
            self._epochs[path] = parts
            self._order.append((path, part[even], row[even]))
            self.count += sum(sizes)

    def _row(self, index: int) -> np.ndarray:
        if index >= self.count:
            self._find()
        index %= self.count
        for path, part, row in self._order:
            if index < len(part):
                return self._epochs[path][part[index]][row[index]]
            index -= len(part)
        raise AssertionError("unreachable")

    def _read(self, begin: int, count: int, pinned: bool) -> torch.Tensor:
        rows = torch.from_numpy(np.stack([self._row(begin + k) for k in range(count)]).astype(np.int64))
        return rows.pin_memory() if pinned else rows

    def take(self, count: int, device: str) -> torch.Tensor:
        """The next `count` rows: int64 [count, T + 1].  For a GPU the rows after them are read meanwhile."""
        begin, pinned = self.position, device == "cuda"
        if self._ahead and self._ahead[:2] == (begin, count):
            rows = self._ahead[2].result()
        else:
            rows = self._read(begin, count, pinned)
        self.position += count
        if pinned:
            self._ahead = (self.position, count, self._reader.submit(self._read, self.position, count, True))
        return rows.to(device, non_blocking=True)


def token_byte_lengths(merges_path: str) -> np.ndarray:
    """Bytes of text each token stands for; 0 for the special tokens: int64 [V]."""
    lengths = [0] * 16 + [1] * 256
    with open(merges_path, encoding="ascii") as file:
        for line in file:
            left, right = map(int, line.split())
            lengths.append(lengths[left] + lengths[right])
    return np.array(lengths)
