"""Regular expressions that are only tried where they can match."""

import re


class HintedPattern:
    """A pattern of which each match holds one of `hints`: looking for a word is many times faster than for the pattern.

    The hints are in lower case where the pattern ignores case."""

    def __init__(self, pattern: str, hints: tuple[str, ...], flags: re.RegexFlag = re.NOFLAG) -> None:
        self._pattern, self._hints, self._ignores_case = re.compile(pattern, flags), hints, bool(flags & re.I)

    def found_in(self, text: str) -> bool:
        within = text.lower() if self._ignores_case else text
        return any(hint in within for hint in self._hints) and bool(self._pattern.search(text))
