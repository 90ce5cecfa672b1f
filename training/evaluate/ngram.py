"""An order-3 byte model, the baseline a neural model has to beat: interpolated Witten-Bell, counts from a sample."""

import math
from collections import Counter, defaultdict

ORDER = 3                         # bytes of context


class ByteModel:
    def __init__(self) -> None:
        self._counts: list[dict[bytes, Counter]] = [defaultdict(Counter) for _ in range(ORDER + 1)]
        self._totals: list[Counter] = [Counter() for _ in range(ORDER + 1)]

    def learn(self, text: bytes) -> None:
        for order in range(ORDER + 1):
            counts = Counter(zip(*(text[k:] for k in range(order + 1))))
            for gram, count in counts.items():
                context = bytes(gram[:-1])
                self._counts[order][context][gram[-1]] += count
                self._totals[order][context] += count

    def bits_per_byte(self, text: bytes) -> float:
        """Cross-entropy of a text, without learning from it."""
        if len(text) <= ORDER:
            return float("nan")
        total, known = 0.0, Counter(zip(*(text[k:] for k in range(ORDER + 1))))
        for gram, count in known.items():
            total -= count * math.log2(self._probability(bytes(gram[:-1]), gram[-1]))
        return total / sum(known.values())

    def _probability(self, context: bytes, byte: int) -> float:
        probability = 1 / 256
        for order in range(ORDER + 1):
            tail = context[ORDER - order:]
            counts = self._counts[order].get(tail)
            if not counts:
                break
            seen, kinds = self._totals[order][tail], len(counts)
            probability = (counts.get(byte, 0) + kinds * probability) / (seen + kinds)
        return probability
