"""Glyphs of a page to pieces of lines, raised characters written as ``^{...}``.

A piece ends where white space wider than a word space follows: at a gutter, between the cells of a table.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.readers.pdf.glyphs import Glyph

_SPLIT = 0.85  # white space that ends a piece, in ems; a gutter of narrow columns is 1.0 wide
_SPACE = 0.13  # white space that divides words, in ems; kerning stays below it
_AFTER_SMALL = 0.19  # the same after a raised or lowered character, which TeX sets loosely
_SMALL = 0.88  # a raised or lowered character is at most this large beside the others of its line
_ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "°": "\u030a", "ˇ": "\u030c",
            "¸": "\u0327", "¯": "\u0304", "˙": "\u0307"}  # fmt: skip
_NO_EXPONENT = frozenset("°.,;:'’‘”“\"·•…")


@dataclass(slots=True)
class Piece:
    """Characters that stand on one baseline without a wide gap.

    Attributes
    ----------
    base, size : of most of its characters [points]
    weight : mean of its characters; 400 is regular, 700 bold
    italic : share of its characters, 0 to 1
    first_weight, last_weight : of its first and its last word
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    font: str = ""
    weight: float = 400.0
    italic: float = 0.0
    first_weight: float = 400.0
    last_weight: float = 400.0

    @property
    def top(self) -> float:
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.25 * self.size


class _Run:
    """A piece under construction."""

    __slots__ = ("base", "glyphs", "left", "right", "size")

    def __init__(self, glyph: Glyph) -> None:
        self.glyphs = [glyph]
        self.base, self.size = glyph.base, glyph.size
        self.left, self.right = glyph.left, glyph.right

    def takes(self, glyph: Glyph) -> bool:
        """Say whether the next glyph of the content stream goes on with this run."""
        last = self.glyphs[-1]
        gap = glyph.left - last.right
        if glyph.base == self.base == last.base and glyph.size == self.size == last.size:  # most are
            return -0.5 * glyph.size <= gap <= _SPLIT * glyph.size
        em = max(self.size, glyph.size)
        drop = abs(glyph.base - self.base)
        script = min(self.size, glyph.size) <= _SMALL * em and drop <= 0.7 * em
        if drop > 0.12 * em and not script and not (drop < 0.45 * em and abs(glyph.size - last.size) < 0.1 * em):
            return False
        if drop > 0.12 * em and not script and glyph.text.isalpha():
            return False
        back = -1.6 * em if last.size <= _SMALL * em or glyph.size <= _SMALL * em else -0.5 * em
        return back <= gap <= _SPLIT * em

    def add(self, glyph: Glyph) -> None:
        self.glyphs.append(glyph)
        if glyph.size > self.size * 1.1:
            self.base, self.size = glyph.base, glyph.size
        if glyph.left < self.left:
            self.left = glyph.left
        if glyph.right > self.right:
            self.right = glyph.right

    def settle(self) -> None:
        """Take baseline and size of most characters; small ones at another height are raised or lowered."""
        if all(g.base == self.base and g.size == self.size for g in self.glyphs):
            return
        sizes = Counter(round(g.size, 1) for g in self.glyphs)
        count = sizes.most_common(1)[0][1]
        short = len(self.glyphs) <= 12  # of a word and its marker, the word is the line
        self.size = max(size for size, n in sizes.items() if short or n >= 0.6 * count)
        heights = Counter(round(g.base, 1) for g in self.glyphs if abs(g.size - self.size) < 0.15)
        self.base = heights.most_common(1)[0][0] if heights else self.glyphs[0].base


def pieces_of(glyphs: Sequence[Glyph]) -> list[Piece]:
    """Put the glyphs of one page together.

    Examples
    --------
    >>> marks = [Glyph("c", 0, 5, 20, 10, "", 400, False, False), Glyph("m", 5, 13, 20, 10, "", 400, False, False),
    ...          Glyph("−", 13, 17, 16, 6, "", 400, False, False), Glyph("2", 17, 20, 16, 6, "", 400, False, False)]
    >>> [(p.text, p.left, p.right) for p in pieces_of(marks)]
    [('cm^{−2}', 0, 20)]
    """
    runs: list[_Run] = []
    for glyph in _accented(glyphs):
        if runs and runs[-1].takes(glyph):
            runs[-1].add(glyph)
        else:
            runs.append(_Run(glyph))
    for run in runs:
        run.settle()
    runs = _gathered(runs)
    return _once([piece for run in runs if (piece := _piece(run)).text and not _is_sign(piece.text)])


def _is_sign(text: str) -> bool:
    """Say whether a text is a logo or a button: glyphs of a font without letters."""
    return 2 < len(text) < 40 and text.count("\ufffd") > 0.5 * len(text)


def _once(pieces: list[Piece]) -> list[Piece]:
    """Drop what is printed again a hair's breadth beside itself, to look bold."""
    out: list[Piece] = []
    seen: dict[str, list[Piece]] = {}
    for piece in pieces:
        twins = seen.setdefault(piece.text, [])
        if not any(abs(t.left - piece.left) < 1 and abs(t.base - piece.base) < 1 for t in twins):
            twins.append(piece)
            out.append(piece)
    return out


def _gathered(runs: list[_Run]) -> list[_Run]:
    """Put raised and lowered runs that were drawn apart, also words of one line, back into their place."""
    runs.sort(key=lambda r: (r.base, r.left))
    out: list[_Run] = []
    lines = [r for r in runs if len(r.glyphs) > 1 or r.glyphs[0].text.isalpha()]
    hosts: dict[int, list[_Run]] = {}
    for r in lines:
        for step in range(int((r.base - r.size) // 8), int((r.base + r.size) // 8) + 1):
            hosts.setdefault(step, []).append(r)
    for run in runs:
        if len(run.glyphs) <= 12:
            host = _host(run, hosts.get(int(run.base // 8), []))
            if host:
                host.glyphs.extend(run.glyphs)
                host.glyphs.sort(key=lambda g: g.left)
                host.right = max(host.right, run.right)
                continue
        out.append(run)
    return _rejoined(out)


def _host(run: _Run, lines: Sequence[_Run]) -> _Run | None:
    for line in lines:
        raised = line.base - run.base
        if (
            line is not run
            and run.size <= _SMALL * line.size
            and -0.45 * line.size <= raised <= 0.75 * line.size
            and abs(raised) > 0.04 * line.size
            and line.left <= run.left <= line.right + 0.3 * line.size
            and run.right - line.right < 3 * line.size
        ):
            return line
    return None


def _rejoined(runs: list[_Run]) -> list[_Run]:
    """Join runs of one baseline that the content stream drew in another order."""
    runs.sort(key=lambda r: (round(r.base), r.left))
    out: list[_Run] = []
    for run in runs:
        before = out[-1] if out else None
        if (
            before
            and abs(before.base - run.base) <= 0.12 * run.size
            and abs(before.size - run.size) <= 0.15 * run.size
            and -0.3 * run.size <= run.left - before.right <= _SPLIT * run.size
        ):
            before.glyphs.extend(run.glyphs)
            before.right = max(before.right, run.right)
        else:
            out.append(run)
    return out


def _piece(run: _Run) -> Piece:
    glyphs = run.glyphs
    size = run.size
    count = len(glyphs)
    breaks = [i for i, g in enumerate(glyphs) if i and (g.spaced or g.left - glyphs[i - 1].right > _SPACE * size)]
    first, last = glyphs[: breaks[0]] if breaks else glyphs, glyphs[breaks[-1] :] if breaks else glyphs
    return Piece(
        _written(glyphs, run.base, size),
        run.left,
        run.right,
        run.base,
        size,
        Counter(g.font for g in glyphs).most_common(1)[0][0],
        sum(g.weight for g in glyphs) / count,
        sum(g.italic for g in glyphs) / count,
        sum(g.weight for g in first) / len(first),
        sum(g.weight for g in last) / len(last),
    )


def _accented(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Compose accents that are printed over a letter with it, wherever the content stream draws them."""
    if not any(g.text in _ACCENTS for g in glyphs):
        return list(glyphs)
    letters: dict[tuple[int, int], list[int]] = {}
    for i, g in enumerate(glyphs):
        if g.text.isalpha() and len(g.text) == 1:
            for step in range(int(g.left // 8), int(g.right // 8) + 1):
                letters.setdefault((int(g.base // 8), step), []).append(i)
    out: list[Glyph | None] = list(glyphs)
    for i, accent in enumerate(glyphs):
        if accent.text not in _ACCENTS:
            continue
        rows = {int((accent.base + shift * accent.size) // 8) for shift in (-0.3, 0, 0.3)}
        steps = range(int(accent.left // 8), int(accent.right // 8) + 1)
        for j in (j for row in rows for step in steps for j in letters.get((row, step), ())):
            letter = out[j]
            if letter is None or abs(letter.base - accent.base) > 0.35 * accent.size:
                continue
            overlap = min(accent.right, letter.right) - max(accent.left, letter.left)
            composed = unicodedata.normalize("NFC", letter.text.replace("ı", "i") + _ACCENTS[accent.text])
            if overlap > 0.6 * min(accent.right - accent.left, letter.right - letter.left) and len(composed) == 1:
                out[j], out[i] = letter._replace(text=composed, spaced=False), None
                break
    return [g for g in out if g is not None]


def _written(glyphs: Sequence[Glyph], base: float, size: float) -> str:
    out: list[str] = []
    raised = False
    before: Glyph | None = None
    for glyph in _unstacked(glyphs, base):
        up = _is_raised(glyph, base, size, raised)
        gap = glyph.left - before.right if before else 0.0
        wide = _SPACE if before is None or before.size > _SMALL * size else _AFTER_SMALL
        space = before is not None and (gap > wide * size or (glyph.spaced and gap > -0.05 * size))
        if raised and not up:
            out.append("}")
        if space and not (up and not raised) and not (raised and glyph.text in ",.;:)]"):
            out.append(" ")
        if up and not raised:
            out.append("^{")
        out.append(glyph.text)
        raised, before = up, glyph
    if raised:
        out.append("}")
    return re.sub(r"^\^\{([^{}]*)\}$", r"\1", "".join(out).strip())


def _is_raised(glyph: Glyph, base: float, size: float, after_raised: bool) -> bool:
    lift = base - glyph.base
    if glyph.text in _NO_EXPONENT and not (after_raised and glyph.text in ".,"):
        return False
    return (glyph.size <= _SMALL * size and lift > 0.12 * size) or (lift > 0.22 * size and not glyph.text.isalpha())


def _unstacked(glyphs: Sequence[Glyph], base: float) -> list[Glyph]:
    """Put what stands below raised characters before them: the 4 of a sulphate before its charge."""
    out = list(glyphs)
    for i in range(1, len(out)):
        j = i
        while j and out[j - 1].base < base < out[i].base and out[j - 1].right > out[i].left + 0.5:
            j -= 1
        if j < i:
            out.insert(j, out.pop(i)._replace(spaced=False))
    return out


def widths(pieces: Sequence[Piece]) -> float:
    """Sum how much of their line some pieces cover [points]."""
    return sum(p.right - p.left for p in pieces)


def gaps(pieces: Sequence[Piece]) -> list[float]:
    """Give the white space between neighbours of one line [points]."""
    return [b.left - a.right for a, b in pairwise(pieces)]
