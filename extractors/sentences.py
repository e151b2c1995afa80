"""Where sentences begin and end in scientific prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST = 2000  # characters; the longest sentences of papers have some 1,200
_END = re.compile(r"[.!?][)\]”’\"']*\s+(?=[A-Z(\[“\"‘0-9≈~À-ÞΑ-Ω])")
_LONGEST_ABBREVIATION = 16  # characters, with what its first letter is told by
_NOT_END = re.compile(
    r"(?:\b(?:al|[Ff]igs?|FIG|[Rr]efs?|[Ee]qs?|[Tt]ab|ca|vs|cf|e\.g|i\.e|viz|approx|resp|No|Nos|Dr|"
    r"Prof|St|Inc|Co|Ltd|Sect|wt|vol|Vol|temp|conc|avg|max|min|Nat|Mater|Adv|Chem)"
    r"|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z])\.$"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Split a passage to sentence spans; what goes on without an end, as no sentence does, is cut at a space.

    Examples
    --------
    >>> text = "Liu et al. found 98.1% (Fig. 2a). The cell ran for 900 h."
    >>> [text[a:b] for a, b in sentences(text)]
    ['Liu et al. found 98.1% (Fig. 2a).', 'The cell ran for 900 h.']
    """
    return [span for start, end in _sentences(text) for span in _cut(text, start, end)]


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        at = space if space > start else start + _LONGEST
        yield start, at
        start = at + (at == space)
    yield start, end


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        head = text[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start() + 1]
        if _NOT_END.search(head):
            # "5 V vs. Li" goes on, but "at 60 °C. The" or "the host of Li. It" ends: a lone letter after a number or
            # "of" is a unit or an element.
            lone = re.search(r"(?:\d\s?(?:°\s?)?|\b(?:of|with|on|and|in|to) )[A-Z]\.$", head)
            if not lone:
                continue
        yield start, match.start() + len(match[0].rstrip())
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
