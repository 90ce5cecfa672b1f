"""Packed sequences on disk, read in order (pack.cpp has shuffled them)."""

import concurrent.futures
import dataclasses
import glob
import os

import numpy as np
import torch


@dataclasses.dataclass(frozen=True)
class Place:
    """How far the rows have been read; what a checkpoint keeps of them."""

    epoch: str                    # name of the one at hand
    row: int                      # its next
    begun: dict[str, int]         # how often each epoch was begun


@dataclasses.dataclass(frozen=True)
class Epoch:
    parts: list[np.ndarray]       # uint16 [rows, T + 1] each
    part: np.ndarray              # of each row, in the order they are read in
    row: np.ndarray


class Rows:
    """Endless rows of T + 1 tokens from epochs, each of them `PREFIX-NAME.u16` or a folder `PREFIX-NAME/` of parts that were packed
    side by side, whose rows alternate evenly.

    When an epoch ends, the one that was begun least often comes next, the first of them by name.  So text that arrives while
    training runs is read as soon as the epoch at hand has ended, and before any is read again."""

    def __init__(self, prefix: str, length: int, place: Place | None = None) -> None:
        """Goes on at `place`, or begins; raises FileNotFoundError where there are no rows."""
        self.length = length
        self._prefix = prefix
        self._open: dict[str, Epoch] = {}
        self.place = place if place and place.epoch in self._names() else self._next(place.begun if place else {})
        self._reader = concurrent.futures.ThreadPoolExecutor(1)
        self._ahead: tuple[Place, int, concurrent.futures.Future[tuple[torch.Tensor, Place]]] | None = None

    def _files(self, name: str) -> list[str]:
        path = os.path.join(os.path.dirname(self._prefix), name)
        return [p for p in (sorted(glob.glob(path + "/*.u16")) if os.path.isdir(path) else [path]) if os.path.getsize(p)]

    def _names(self) -> list[str]:
        """Epochs that hold rows; a folder under way has another name (see gpu/pack.sh)."""
        names = (os.path.basename(path) for path in glob.glob(f"{self._prefix}-*") if not path.endswith(".part"))
        return sorted(name for name in names if self._files(name))

    def _next(self, begun: dict[str, int]) -> Place:
        names = self._names()
        if not names:
            raise FileNotFoundError(f"no packed sequences match {self._prefix}-*")
        name = min(names, key=lambda n: (begun.get(n, 0), n))
        return Place(name, 0, {**begun, name: begun.get(name, 0) + 1})

    def _epoch(self, name: str) -> Epoch:
        if name not in self._open:
            parts = [np.memmap(p, np.uint16, "r").reshape(-1, self.length + 1) for p in self._files(name)]
            sizes = [len(part) for part in parts]
            even = np.argsort(np.concatenate([(np.arange(size) + 0.5) / size for size in sizes]), kind="stable")
            self._open[name] = Epoch(parts, np.repeat(np.arange(len(parts)), sizes)[even],
                                     np.concatenate([np.arange(size) for size in sizes])[even])
        return self._open[name]

    def _read(self, place: Place, count: int, pinned: bool) -> tuple[torch.Tensor, Place]:
        rows: list[np.ndarray] = []
        while len(rows) < count:
            epoch = self._epoch(place.epoch)
            if place.row == len(epoch.row):
                place = self._next(place.begun)
                continue
            end = min(place.row + count - len(rows), len(epoch.row))
            rows += [epoch.parts[epoch.part[k]][epoch.row[k]] for k in range(place.row, end)]
            place = dataclasses.replace(place, row=end)
        tensor = torch.from_numpy(np.stack(rows).astype(np.int64))
        return (tensor.pin_memory() if pinned else tensor), place

    def take(self, count: int, device: str) -> torch.Tensor:
        """The next `count` rows: int64 [count, T + 1].  For a GPU the rows after them are read meanwhile."""
        pinned = device == "cuda"
        if self._ahead and self._ahead[:2] == (self.place, count):
            rows, self.place = self._ahead[2].result()
        else:
            rows, self.place = self._read(self.place, count, pinned)
        if pinned:
            self._ahead = (self.place, count, self._reader.submit(self._read, self.place, count, True))
        return rows.to(device, non_blocking=True)


def token_byte_lengths(merges_path: str) -> np.ndarray:
    """Bytes of text each token stands for; 0 for the special tokens: int64 [V]."""
    lengths = [0] * 16 + [1] * 256
    with open(merges_path, encoding="ascii") as file:
        for line in file:
            left, right = map(int, line.split())
            lengths.append(lengths[left] + lengths[right])
    return np.array(lengths)
