"""Pieces of a page to lines in reading order: columns, side bars, what crosses them.

Lines that cross a gutter (a title, a wide caption) part the page into bands; within a band the left column is
read before the right one.  A table is one unit, whatever gutter its cells leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.readers.blocks import CAPTION
from extractors.readers.pdf.glyphs import Box
from extractors.readers.pdf.lines import Piece, gaps, widths

_CLEAR = 6  # lines that must face each other across a gutter
_FAMILIAR = 3  # across a gutter that other pages have
_NARROW = 60.0  # points; a column is not narrower


@dataclass
class Line:
    """One line of a column, its pieces from left to right; or a table.

    Attributes
    ----------
    rows : the printed lines of a table, empty for a line of text
    rules : heights of the lines ruled through the table
    """

    pieces: list[Piece]
    rows: list[Line] = field(default_factory=list)
    rules: tuple[float, ...] = ()

    @property
    def left(self) -> float:
        return min(p.left for p in self.pieces)

    @property
    def right(self) -> float:
        return max(p.right for p in self.pieces)

    @property
    def main(self) -> Piece:
        return max(self.pieces, key=lambda p: p.right - p.left)

    @property
    def base(self) -> float:
        return self.main.base

    @property
    def size(self) -> float:
        return self.main.size

    @property
    def text(self) -> str:
        out = self.pieces[0].text
        for (before, piece), gap in zip(pairwise(self.pieces), gaps(self.pieces), strict=True):
            tight = gap < 0.13 * max(before.size, piece.size) or piece.text[0] in ",.;)"
            out += piece.text if tight else " " + piece.text
        return out

    @property
    def weight(self) -> float:
        return sum(p.weight * len(p.text) for p in self.pieces) / sum(len(p.text) for p in self.pieces)

    @property
    def ends(self) -> tuple[float, float]:
        """Weights of the first and the last word."""
        return self.pieces[0].first_weight, self.pieces[-1].last_weight

    @property
    def italic(self) -> float:
        return sum(p.italic * len(p.text) for p in self.pieces) / sum(len(p.text) for p in self.pieces)


@dataclass(frozen=True)
class Unit:
    """What is placed as a whole: a piece, or a table with its pieces."""

    left: float
    right: float
    base: float
    size: float
    pieces: tuple[Piece, ...]
    rules: tuple[float, ...] = ()
    table: bool = False


def units_of(pieces: Sequence[Piece], tables: Mapping[Box, tuple[float, ...]]) -> list[Unit]:
    """Take the pieces in each table's box together.

    Parameters
    ----------
    tables : boxes of the tables, each with the heights of its rules
    """
    out: list[Unit] = []
    inside: dict[Box, list[Piece]] = {}
    for piece in pieces:
        middle = (piece.left + piece.right) / 2, piece.base - 0.3 * piece.size
        box = next((t for t in tables if t.holds(*middle)), None)
        if box:
            inside.setdefault(box, []).append(piece)
        else:
            out.append(Unit(piece.left, piece.right, piece.base, piece.size, (piece,)))
    for box, held in inside.items():
        first = min(held, key=lambda p: p.base)
        out.append(Unit(box.left, box.right, first.base, first.size, tuple(held), tables[box], True))
    return out


def columns(units: Sequence[Unit], gutters: Sequence[float], rules: Sequence[Box] = ()) -> list[list[Line]]:
    """Give the lines of each column in reading order.

    Parameters
    ----------
    gutters : places where a gutter may be [points from the left], see ``steady_gutters``
    rules : horizontal lines of the page
    """
    return [lines for part in _ordered(list(units), gutters, rules) if (lines := _lines(part))]


def _ordered(units: list[Unit], gutters: Sequence[float], rules: Sequence[Box]) -> Iterator[list[Unit]]:
    place = gutter(units, gutters)
    if place is None:
        yield units
        return
    for crossing, part in _bands(units, place):
        if crossing:
            yield from _ordered(part, gutters, rules) if len(part) < len(units) else iter([part])
            continue
        across = [r.top for r in rules if r.left < place - 20 and r.right > place + 20]
        for band in _restarts(part, place, across):
            for side in ([u for u in band if u.right <= place + 2], [u for u in band if u.right > place + 2]):
                if side:
                    yield from _ordered(side, gutters, rules) if len(side) < len(units) else iter([side])


def _restarts(units: Sequence[Unit], place: float, across: Sequence[float]) -> Iterator[list[Unit]]:
    """Part columns that end together and begin anew together, under a heading or a rule, as a reference list does.

    Parameters
    ----------
    across : heights of the rules that cross the gutter
    """
    ordered = sorted(units, key=lambda u: u.base)
    start = 0
    for i in range(1, len(ordered)):
        size = ordered[i].size
        if ordered[i].base - ordered[i - 1].base < 2 * max(size, ordered[i - 1].size):
            continue
        row = [u for u in ordered[i:] if u.base - ordered[i].base < 0.5 * size]
        left = min(row, key=lambda u: u.left)
        both = left.right < place and any(u.left > place - 2 for u in row)
        ruled = any(ordered[i - 1].base < y < ordered[i].base for y in across)
        headed = left.pieces[0].weight >= 600 or left.size > ordered[i - 1].size * 1.08
        headed = headed and len(left.pieces[0].text) < 60
        if both and (headed or ruled) and not CAPTION.match(left.pieces[0].text):
            yield ordered[start:i]
            start = i
    yield ordered[start:]


def _bands(units: Sequence[Unit], place: float) -> list[tuple[bool, list[Unit]]]:
    """Part a page where something crosses its gutter."""
    ordered = sorted(units, key=lambda u: (u.base, u.left))
    across = [u.left < place - 2 and u.right > place + 2 for u in ordered]
    for i, unit in enumerate(ordered):  # pieces of a crossing line, and the short last line of a crossing paragraph
        if not across[i]:
            across[i] = any(
                across[j] and (_beside(ordered[j], unit) or _last_of(ordered[j], unit, ordered))
                for j in range(max(i - 6, 0), min(i + 7, len(ordered)))
                if j != i
            )
    bands: list[tuple[bool, list[Unit]]] = []
    for crossing, unit in zip(across, ordered, strict=True):
        if not bands or bands[-1][0] != crossing:
            bands.append((crossing, []))
        bands[-1][1].append(unit)
    return bands


def _beside(a: Unit, b: Unit) -> bool:
    apart = max(a.left, b.left) - min(a.right, b.right)
    return not a.table and abs(a.base - b.base) < 0.3 * a.size and apart < 2.5 * a.size


def _last_of(above: Unit, unit: Unit, units: Sequence[Unit]) -> bool:
    if above.table or not 0 < unit.base - above.base < 1.6 * unit.size or abs(above.size - unit.size) > 0.3:
        return False
    alone = not any(u is not unit and abs(u.base - unit.base) < 0.8 * unit.size for u in units)
    return alone and abs(unit.left - above.left) < 2.5


def steady_gutters(pages: Sequence[Sequence[Unit]]) -> list[list[float]]:
    """Find each page's likely gutters.

    The wide cells of a table may leave a gap like a gutter, but not in the middle of the page, nor at the same
    place on another page; a side bar stands on page one.
    """
    found = [list(_gutters_in(units)) for units in pages]
    out: list[list[float]] = []
    for number, units in enumerate(pages):
        others = [place for n, places in enumerate(found) if n != number for place in places]
        middle = (min(u.left for u in units) + max(u.right for u in units)) / 2 if units else 0.0
        steady = [p for p in others if abs(p - middle) < 40 or sum(abs(p - o) < 6 for o in others) > 1]
        own = [p for p in found[number] if not number or abs(p - middle) < 40 or any(abs(p - o) < 6 for o in others)]
        out.append([*own, *steady])
    return out


def _gutters_in(units: Sequence[Unit]) -> Iterator[float]:
    place = gutter(units, None)
    if place is None:
        return
    yield place
    left, right = [u for u in units if u.right <= place + 2], [u for u in units if u.left > place - 2]
    for side in (left, right):
        if len(side) < len(units):
            yield from _gutters_in(side)


def gutter(units: Sequence[Unit], allowed: Sequence[float] | None) -> float | None:
    """Find where a page is divided: many lines end before it, many begin at it, few cross it.

    Parameters
    ----------
    allowed : places to choose from, where fewer lines are evidence enough; None for anywhere
    """
    if len(units) < 2 * _FAMILIAR:
        return None
    left, right = min(u.left for u in units), max(u.right for u in units)
    starts = Counter(round(u.left / 3) for u in units if not u.table)
    best, place = 0.0, None
    for start, _ in starts.most_common(14):
        if sum(starts[start + step] for step in (-1, 0, 1)) < _FAMILIAR:
            continue
        edge = min(u.left for u in units if not u.table and abs(round(u.left / 3) - start) <= 1)
        if edge - left < _NARROW or right - edge < _NARROW:
            continue
        if allowed is not None and not any(abs(edge - near) < 6 for near in allowed):
            continue
        score, facing = _divides(units, edge, allowed is None)
        if facing >= (_CLEAR if allowed is None else _FAMILIAR) and score > best:
            best, place = score, edge
    return place


def _divides(units: Sequence[Unit], edge: float, level: bool) -> tuple[float, int]:
    """Score an edge: lines that face each other over it, less the lines that cross it.

    Parameters
    ----------
    level : whether only lines at the same height face each other
    """
    before = [u for u in units if u.right <= edge and not u.table]
    after = [u for u in units if u.left >= edge - 2 and not u.table]
    if not before or not after:
        return 0.0, 0
    sides = [_full_rows(before), _full_rows(after)]
    if not sides[0] or not sides[1]:
        return 0.0, 0
    top, bottom = max(s[0] for s in sides), min(s[-1] for s in sides)
    facing = min(sum(not level or top - 6 <= y <= bottom + 6 for y in side) for side in sides)
    over = (u for u in units if u.left < edge - 2 and u.right > edge + 2 and not u.table)
    return facing - 0.7 * len({round(u.base / 3) for u in over if top <= u.base <= bottom}), facing


def _full_rows(units: Sequence[Unit]) -> list[float]:
    """Give the baselines of lines that fill at least half of their column."""
    wide = max(u.right for u in units) - min(u.left for u in units)
    if wide < _NARROW:
        return []
    rows: dict[int, list[Piece]] = {}
    for unit in units:
        rows.setdefault(round(unit.base / 3), []).extend(unit.pieces)
    return sorted(row[0].base for row in rows.values() if widths(row) > 0.5 * wide)


def _lines(units: Sequence[Unit]) -> list[Line]:
    """Put pieces of one baseline in one line, lines from top to bottom."""
    out: list[Line] = []
    for unit in sorted(units, key=lambda u: (u.base, u.left)):
        if unit.table:
            out.append(Line(list(unit.pieces), _printed(unit.pieces), unit.rules))
            continue
        piece = unit.pieces[0]
        for line in out[-2:]:
            if not line.rows and abs(line.base - piece.base) <= 0.3 * max(line.size, piece.size):
                line.pieces.append(piece)
                line.pieces.sort(key=lambda p: p.left)
                break
        else:
            out.append(Line([piece]))
    return out


def _printed(pieces: Sequence[Piece]) -> list[Line]:
    """Give the printed lines of a table."""
    return _lines([Unit(p.left, p.right, p.base, p.size, (p,)) for p in pieces])
