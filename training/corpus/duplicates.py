"""Exact and near duplicate detection: SHA-1 of the text without white space, then MinHash with banding."""

import collections
import hashlib
import re

import numpy as np

_PERMUTATIONS = 64
_BANDS = 16                       # 16 bands of 4 rows find pairs above a Jaccard similarity of about 0.5
_SIMILARITY = 0.7                 # share of equal MinHash rows above which two files are the same one
_MAX_SHINGLES = 2000

_rng = np.random.default_rng(1)
_MULTIPLIER = _rng.integers(1, 2**63, _PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
_OFFSET = _rng.integers(0, 2**63, _PERMUTATIONS, dtype=np.uint64)


def signature(text: str) -> np.ndarray | None:
    """MinHash of the 24-byte shingles of a text without white space: uint32 [64], or None for a very short text."""
    data = np.frombuffer(re.sub(rb"\s+", b"", text.encode()), np.uint8)
    if len(data) < 64:
        return None
    count = len(data) - 7
    words = np.zeros(count, np.uint64)                  # every 8 bytes as one integer
    for k in range(8):
        words |= data[k:k + count].astype(np.uint64) << np.uint64(8 * k)
    m = count - 16
    with np.errstate(over="ignore"):
        h = ((words[:m] * np.uint64(0x9E3779B97F4A7C15))
             ^ ((words[8:8 + m] * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(7))
             ^ (words[16:16 + m] * np.uint64(0x165667B19E3779F9)))
        h ^= h >> np.uint64(29)
        h *= np.uint64(0xBF58476D1CE4E5B9)
        h ^= h >> np.uint64(32)
        sampled = np.unique(h[(h & np.uint64(7)) == 0])  # one shingle in eight, chosen by its hash, is plenty
        if len(sampled) < 8:
            sampled = np.unique(h)
        sampled = sampled[:_MAX_SHINGLES]                # np.unique sorts, so this is a bottom-k sketch
        return ((sampled[:, None] * _MULTIPLIER + _OFFSET) >> np.uint64(32)).min(0).astype(np.uint32)


class DuplicateIndex:
    """Texts seen so far.  `is_new` says whether one is new and, if so, remembers it."""

    def __init__(self) -> None:
        self._exact: set[bytes] = set()
        self._bands: dict[tuple[int, bytes], list[int]] = collections.defaultdict(list)
        self._signatures: list[np.ndarray] = []

    def is_new(self, text: str) -> bool:
        digest = hashlib.sha1(re.sub(r"\s+", "", text).encode()).digest()
        if digest in self._exact:
            return False
        self._exact.add(digest)
        sign = signature(text)
        if sign is None:
            return True
        rows = _PERMUTATIONS // _BANDS
        keys = [(band, sign[band * rows:(band + 1) * rows].tobytes()) for band in range(_BANDS)]
        candidates = {index for key in keys for index in self._bands.get(key, ())}
        if any((self._signatures[index] == sign).mean() >= _SIMILARITY for index in candidates):
            return False
        for key in keys:
            self._bands[key].append(len(self._signatures))
        self._signatures.append(sign)
        return True
