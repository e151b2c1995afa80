"""What is printed on a page beside its text: running heads, feet, line numbers, the labels inside figures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.readers.pdf.glyphs import Box
from extractors.readers.pdf.lines import Piece

_TOP, _BOTTOM = 0.13, 0.88  # shares of the page's height
_SIGNED = re.compile(
    r"^\W*(?:www\.\S+|https?://\S+|doi:?\s?10\.\S+|©.*|Downloaded (?:from|by|on|via)\b.*|Published on \d.*|"
    r"View (?:Article|Journal).*|.{0,90}\b(?:doi:?\s?10\.|https?://|www\.)\S+|"
    r"Page \d+(?: of \d+)?|\d+ of \d+|S?-?\d{1,5}|.{0,90}\|\s*\d{1,5}|"
    r"\d{1,5}\s*\|.{0,90})\W*$",
    re.IGNORECASE,
)
_PEELED = 4  # rows of a running head or foot
_CELL = 12.0  # points; strokes that share a square of this size belong to one drawing
_AXIS = 16.0  # points; numbers stand this near to the axis they belong to
_ON_AXIS = re.compile(r"^(?:[−–-]?\d[\d.,]*%?|\(?[a-h]\)?)$")
_DRAWING = 15  # a drawing has at least so many strokes


@dataclass
class Page:
    """One page on its way: what of its pieces is text, what is not.

    Attributes
    ----------
    heads : running heads, feet, page numbers, line numbers
    labels : characters inside figures
    """

    width: float
    height: float
    pieces: list[Piece]
    rules: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    heads: list[Piece] = field(default_factory=list)
    labels: list[Piece] = field(default_factory=list)


def set_aside(pages: Sequence[Page]) -> None:
    """Move what is no text from each page's ``pieces`` to its ``heads`` and ``labels``."""
    _numbered_lines(pages)
    _running(pages)
    for page in pages:
        _labels(page)


def _key(piece: Piece) -> str:
    return re.sub(r"\d+|\b[ivxl]+\b", "#", piece.text.lower())


def _rows(page: Page, top: bool) -> list[list[Piece]]:
    """Give the rows in a margin, from the edge of the page inwards, and one more."""
    rows: list[list[Piece]] = []
    for piece in sorted(page.pieces, key=lambda p: p.base if top else -p.base):
        if rows and abs(rows[-1][0].base - piece.base) < 3:
            rows[-1].append(piece)
            continue
        if rows and not (rows[-1][0].base < _TOP * page.height if top else rows[-1][0].base > _BOTTOM * page.height):
            break
        rows.append([piece])
    return rows


def _running(pages: Sequence[Page]) -> None:
    """Find rows that come again on other pages at the same height; peel them off from the edge inwards."""
    for top in (True, False):
        rows = [_rows(page, top) for page in pages]
        seen: dict[str, list[float]] = defaultdict(list)
        for margin in rows:
            for row in margin[:-1]:
                for piece in row:
                    seen[_key(piece)].append(piece.base)
        needed = max(2, 0.1 * len(pages))
        repeated = {
            key for key, ys in seen.items() if max(sum(abs(y - other) < 4 for other in ys) for y in ys) >= needed
        }
        heights: set[int] = set()
        kept: list[list[list[Piece]]] = []
        for page, found in zip(pages, rows, strict=True):
            number = 0
            while number < min(len(found) - 1, _PEELED) and _comes_again(found[number], repeated):
                number += 1
            while number and not _is_apart(found[number - 1], found[number]):
                number -= 1  # lines of the text may come again too
            for row in found[:number]:
                heights.add(round(row[0].base))
                _move(page, row, page.heads)
            kept.append(found[number:])
        for page, found in zip(pages, kept, strict=True):
            while len(found) > 1 and _stands_apart(found[0], found[1], heights):
                _move(page, found.pop(0), page.heads)


def _comes_again(row: Sequence[Piece], repeated: set[str]) -> bool:
    again = [p.text for p in row if _key(p) in repeated]
    letters = sum(ch.isalpha() for text in again for ch in text)
    whole = sum(len(p.text) for p in row)
    return sum(map(len, again)) >= 0.5 * whole and (letters >= 4 or sum(map(len, again)) == whole)


def _is_apart(row: Sequence[Piece], inner: Sequence[Piece]) -> bool:
    """Say whether there is more white space between a row and the next one inwards than between lines of a text."""
    return abs(row[0].base - inner[0].base) > 1.75 * row[0].size


def _stands_apart(row: Sequence[Piece], inner: Sequence[Piece], heights: set[int]) -> bool:
    """Say whether a margin's row, apart from the text, is at a running head's height or signed."""
    if not _is_apart(row, inner):
        return False
    level = any(round(row[0].base) + step in heights for step in (-2, -1, 0, 1, 2))
    return level or all(_SIGNED.match(p.text) for p in row)


def _numbered_lines(pages: Sequence[Page]) -> None:
    """Find the line numbers of a manuscript: whole numbers, one under the other left of the text, counting up."""
    for page in pages:
        edge = min((p.left for p in page.pieces if not p.text.isdigit()), default=0.0)
        found = sorted((p for p in page.pieces if p.text.isdigit() and p.right < edge + 2), key=lambda p: p.base)
        steps = [int(b.text) - int(a.text) for a, b in pairwise(found)]
        if len(found) >= 8 and sum(step in (1, 5) for step in steps) > 0.8 * len(steps):
            _move(page, found, page.heads)


def _labels(page: Page) -> None:
    """Set aside what stands in pictures, unless a picture lies under the page's text; and the numbers along axes."""
    inside = [p for p in page.pieces if any(_is_in(p, box, 0.0) for box in page.pictures)]
    total = sum(len(p.text) for p in page.pieces)
    if sum(len(p.text) for p in inside) < 0.5 * total or total < 300:
        _move(page, [p for p in inside if total >= 300 or len(p.text) < 40], page.labels)
    numbers = [p for p in page.pieces if _ON_AXIS.match(p.text)]
    _move(page, [p for p in numbers if any(_is_in(p, box, _AXIS) for box in page.pictures)], page.labels)


def _is_in(piece: Piece, box: Box, around: float) -> bool:
    x, y = (piece.left + piece.right) / 2, piece.base - 0.3 * piece.size
    return box.left - around <= x <= box.right + around and box.top - around <= y <= box.bottom + around


def _move(page: Page, gone: Sequence[Piece], to: list[Piece]) -> None:
    ids = {id(p) for p in gone}
    page.pieces = [p for p in page.pieces if id(p) not in ids]
    to.extend(gone)


def drawings(strokes: Sequence[Box]) -> list[Box]:
    """Give the boxes of drawings made of many strokes that touch one another.

    Examples
    --------
    >>> drawings([Box(10 + i, 10, 12 + i, 40) for i in range(20)])
    [Box(left=10, top=10, right=31, bottom=40)]
    """
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, box in enumerate(strokes):
        across = range(int(box.left // _CELL), int(box.right // _CELL) + 1)
        down = range(int(box.top // _CELL), int(box.bottom // _CELL) + 1)
        if len(across) * len(down) > 4000:
            continue
        for x in across:
            for y in down:
                if x in (across[0], across[-1]) or y in (down[0], down[-1]):
                    cells[x, y].append(number)
    out: list[Box] = []
    todo = set(cells)
    while todo:
        reached, waiting = set[int](), [todo.pop()]
        while waiting:
            x, y = waiting.pop()
            reached.update(cells[x, y])
            for near in ((x + a, y + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
                if near in todo:
                    todo.remove(near)
                    waiting.append(near)
        if len(reached) >= _DRAWING:
            boxes = [strokes[n] for n in reached]
            out.append(
                Box(
                    min(b.left for b in boxes),
                    min(b.top for b in boxes),
                    max(b.right for b in boxes),
                    max(b.bottom for b in boxes),
                )
            )
    return out
