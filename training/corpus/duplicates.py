"""Exact and near duplicate detection: SHA-1 of the text without white space, then MinHash with banding.

A text's fingerprint costs nearly all of the time and needs nothing but the text, so the processes that read packages take
it; the index, which has to see one text after the other, only compares."""

import collections
import dataclasses
import hashlib

import numpy as np

_ROW_BITS = 6
_ROWS = 1 << _ROW_BITS
_BANDS = 16                       # 16 bands of 4 rows find pairs above a Jaccard similarity of about 0.5
_SIMILARITY = 0.7                 # share of equal MinHash rows above which two files are the same one
_SHINGLE_BYTES = 24
_MIN_BYTES = 64                   # a shorter text has only its SHA-1
_CANDIDATES = 16 * _ROWS          # hashes that are enough to find each row's smallest, but for one text in ten thousand


@dataclasses.dataclass(frozen=True)
class Fingerprint:
    digest: bytes                 # SHA-1 of the text without white space
    signature: bytes | None       # MinHash rows, uint32 [_ROWS]; None of a very short text


def fingerprint(text: str) -> Fingerprint:
    dense = b"".join(text.encode().split())
    signature = minhash(_shingle_hashes(dense)).tobytes() if len(dense) >= _MIN_BYTES else None
    return Fingerprint(hashlib.sha1(dense).digest(), signature)


def _shingle_hashes(dense: bytes) -> np.ndarray:
    """A hash of each run of _SHINGLE_BYTES bytes: uint64 [len(dense) - _SHINGLE_BYTES + 1]."""
    words = np.empty(len(dense) - 7, np.uint64)         # every 8 bytes as one integer
    for k in range(8):
        words[k::8] = np.frombuffer(dense, "<u8", (len(dense) - k) // 8, k)
    count = len(words) - (_SHINGLE_BYTES - 8)
    with np.errstate(over="ignore"):
        h = ((words[:count] * np.uint64(0x9E3779B97F4A7C15))
             ^ ((words[8:8 + count] * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(7))
             ^ (words[16:16 + count] * np.uint64(0x165667B19E3779F9)))
        h ^= h >> np.uint64(29)
        h *= np.uint64(0xBF58476D1CE4E5B9)
        h ^= h >> np.uint64(32)
    return h


def minhash(h: np.ndarray) -> np.ndarray:
    """One-permutation MinHash of at least one hash (Li, Owen and Zhang, 2012): uint32 [_ROWS].

    The top bits of a hash choose its row, and a row that got none takes the next row's (Shrivastava and Li, 2014).  Only hashes
    that are small within their row are sorted: the smallest of a row is among them, or all are looked at."""
    rest = np.uint64(64 - _ROW_BITS)
    bound = (1 << 64 - _ROW_BITS) * min(1.0, _CANDIDATES / len(h))
    small = np.sort(h[(h & np.uint64((1 << 64 - _ROW_BITS) - 1)) < np.uint64(bound)])
    begins = np.searchsorted(small >> rest, np.arange(_ROWS + 1, dtype=np.uint64))
    if (begins[:-1] == begins[1:]).any():
        small = np.sort(h)
        begins = np.searchsorted(small >> rest, np.arange(_ROWS + 1, dtype=np.uint64))
    filled = np.flatnonzero(begins[:-1] < begins[1:])
    smallest = (small[begins[filled]] >> np.uint64(16)).astype(np.uint32)
    return smallest[np.searchsorted(filled, np.arange(_ROWS)) % len(filled)]


class DuplicateIndex:
    """Texts seen so far.  `is_new` says whether one is new and, if so, remembers it."""

    def __init__(self) -> None:
        self._exact: set[bytes] = set()
        self._bands: dict[int, list[int]] = collections.defaultdict(list)
        self._signatures: list[np.ndarray] = []

    def is_new(self, mark: Fingerprint) -> bool:
        if mark.digest in self._exact:
            return False
        self._exact.add(mark.digest)
        if mark.signature is None:
            return True
        size = len(mark.signature) // _BANDS
        # Two bands with the same hash by chance make a candidate more, and nothing else.
        keys = [hash((band, mark.signature[band * size:(band + 1) * size])) for band in range(_BANDS)]
        candidates = {index for key in keys for index in self._bands.get(key, ())}
        signature = np.frombuffer(mark.signature, np.uint32)
        if any((self._signatures[index] == signature).mean() >= _SIMILARITY for index in candidates):
            return False
        for key in keys:
            self._bands[key].append(len(self._signatures))
        self._signatures.append(signature)
        return True
