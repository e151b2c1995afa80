"""A table laid out: rows of a head made one, cells filled that mean "as above", a table on its side turned round."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from extractors.heads import read_head
from extractors.kinds import BARE, OTHER, kind_of
from schema.records import Passage

_RULE = re.compile(r"[\s|:+=–-]+")
AGGREGATE = re.compile(r"\W*(?:total|sum|mean|average|averaged|median|std\.?|standard deviation)\W*", re.IGNORECASE)
_UNITS = re.compile(r"\W*units?\W*", re.IGNORECASE)
_POWER = re.compile(r"^(?:×\s?)?10\s?\^\s?[-−]?\d+\s?(?=\D)")
_SYMBOL = re.compile(r"\s?([*†‡§]{1,3})(?=\s|$|[(\[])")
_LETTER = re.compile(r"(?:\s|(?<=[\d%)]))([a-h])$")
_NOTE = re.compile(r"(?:^|(?<=[\s;.,]))([a-h]|[*†‡§]{1,3})(?:[):.]?\s+|(?<=[*†‡§]))(?=[A-Z\d~(<>])")


@dataclass(frozen=True)
class Cell:
    """One cell: clean offsets in the passage, and its characters.

    Attributes
    ----------
    line : the printed row that it stands in
    group : what a row across the table says of the rows below
    marks, cites : footnotes and references that it points to
    above : it is the cell above, which covers both rows or is not said again
    """

    start: int
    end: int
    text: str
    line: str = ""
    group: str = ""
    marks: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    above: bool = False


def find_notes(texts: Sequence[str]) -> dict[str, str]:
    """Give the footnotes below a table by their marks.

    Examples
    --------
    >>> find_notes(["a At 60 °C. b After 100 cycles.", "* Calculated."])
    {'a': 'At 60 °C. ', 'b': 'After 100 cycles.', '*': 'Calculated.'}
    """
    out: dict[str, str] = {}
    for text in texts:
        marks = list(_NOTE.finditer(text))
        if marks and marks[0].start() == 0:
            ends = [*(m.start() for m in marks[1:]), len(text)]
            out.update({m[1]: text[m.end() : end] for m, end in zip(marks, ends, strict=True)})
    return out


def grid_of(passage: Passage, notes: Collection[str] = ()) -> list[list[Cell]]:
    """Lay a table out: its head first, then a row for each that holds anything.

    An empty cell at the beginning of a row means "as above", but for a row of totals or behind an empty row.

    Parameters
    ----------
    notes : marks of its footnotes
    """
    rows = [row for row in _printed(passage, notes) if not _RULE.fullmatch("".join(c.text for c in row))]
    while rows and len(rows[0]) == 1:
        rows = [[replace(c, group=rows[0][0].text) for c in row] for row in rows[1:]]
    if not rows:
        return []
    head, *body = rows
    while body and _is_of_head(head, body[0]):
        head = _joined(head, body.pop(0))
    return [head, *_filled(body)]


def _printed(passage: Passage, notes: Collection[str]) -> Iterator[list[Cell]]:
    position = 0
    for line in passage.text.split("\n"):
        row = []
        start = position
        for part in line.split(" | "):
            told = [m for at, m in passage.markers if start <= at <= start + len(part)]
            marks, cites = tuple(m for m in told if not m.isdigit()), tuple(m for m in told if m.isdigit())
            row.append(_without_marks(Cell(start, start + len(part), part, line, "", marks, cites), notes))
            start += len(part) + 3
        position += len(line) + 1
        yield row


def _without_marks(cell: Cell, notes: Collection[str]) -> Cell:
    symbol, letter = _SYMBOL.search(cell.text), _LETTER.search(cell.text)
    found = symbol or (letter if letter and letter[1] in notes else None)
    if found is None:
        return cell
    text = cell.text[: found.start()] + cell.text[found.end() :]
    return replace(cell, text=text.strip(), marks=(*cell.marks, found[1]))


def _is_unit(text: str) -> bool:
    inner = _POWER.sub("", text.strip("()[] "))
    return not re.search(r"^\d|\s\d|[(\[]|[a-z]{3}\s", inner) and kind_of(inner) not in (OTHER, BARE)


def _is_of_head(head: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Say whether a row belongs to the head: units alone, or heads below one that covers several columns."""
    told = [c.text for c in row if not _RULE.fullmatch(c.text) and c.text]
    if told and all(_is_unit(text) for text in told) and len(row) > 1:
        return True
    covering = any(not c.text for c in head[1:]) or any(a.text == b.text for a, b in pairwise(head[1:]))
    same_label = not row[0].text or not head[0].text or row[0].text == head[0].text
    below = [read_head(c.text) for c in row[1:] if c.text]
    return covering and same_label and bool(below) and all(c.tells or c.stated for c in below)


def _joined(head: Sequence[Cell], row: Sequence[Cell]) -> list[Cell]:
    out: list[Cell] = []
    covering = ""
    for i, (upper, lower) in enumerate(zip_longest(head, row, fillvalue=Cell(0, 0, ""))):
        covering = upper.text or covering if i else ""
        over = upper.text or (covering if lower.text else "")
        under = lower.text if not _RULE.fullmatch(lower.text) and lower.text != over else ""
        under = f"({under})" if under and over and _is_unit(under) and under[0] not in "([" else under
        place = lower if under else upper
        out.append(replace(place, text=f"{over} {under}".strip(), marks=(*upper.marks, *lower.marks)))
    return out


def _filled(body: Sequence[list[Cell]]) -> Iterator[list[Cell]]:
    above: list[Cell] = []
    group = ""
    for number, row in enumerate(body):
        told = [c for c in row if c.text]
        following = body[number + 1] if number + 1 < len(body) else []
        if not told:
            above = []
            continue
        if told == row[:1] and (len(row) == 1 or (following and following[0].text)):
            group, above = row[0].text, []
            continue
        filled = []
        leads = not AGGREGATE.fullmatch(told[0].text)
        for cell, over in zip_longest(row, above[: len(row)]):
            covered = over is not None and cell.text and (cell.start, cell.end) == (over.start, over.end)
            leads = leads and not cell.text
            if leads and over is not None:
                cell = replace(over, line=cell.line, above=True)
            if group or covered:
                cell = replace(cell, group=group or cell.group, above=cell.above or bool(covered))
            filled.append(cell)
        above = filled if not AGGREGATE.fullmatch(filled[0].text) else []
        yield filled


def with_labels(body: Sequence[list[Cell]], columns: Sequence[int], source: int) -> Iterator[list[Cell]]:
    """Fill the columns that name a sample, and the reference, where a row leaves them empty: it is the sample above."""
    above: list[Cell] = []
    for row in body:
        row = list(row)
        there = [i for i in columns if i < min(len(row), len(above))]
        if not any(row[i].text for i in there):
            for i in there:
                row[i] = replace(above[i], line=row[i].line, above=True)
        repeated = all(row[i].above for i in there[:1]) and source < min(len(row), len(above))
        if there and repeated and source >= 0 and not (row[source].text or row[source].cites):
            row[source] = replace(above[source], line=row[source].line)
        above = row
        yield row


def on_its_side(rows: Sequence[Sequence[Cell]]) -> bool:
    """Say whether metrics stand down the side and samples in the head."""
    if any(read_head(cell.text).metric for cell in rows[0][1:]):
        return False
    side = [read_head(row[0].text) for row in rows[1:]]
    return sum(c.metric is not None for c in side) >= 2 or any(c.metric is not None and c.unit for c in side)


def transposed(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Turn a table round; a column of units goes into the heads."""
    units = next((i for i, cell in enumerate(rows[0]) if i and _UNITS.fullmatch(cell.text)), 0)
    turned = [list(column) for column in zip_longest(*rows, fillvalue=Cell(0, 0, ""))]
    if units:
        told = turned.pop(units)
        turned[0] = [
            replace(side, text=f"{side.text} ({unit.text.strip('()[] ')})") if _is_unit(unit.text) else side
            for side, unit in zip(turned[0], told, strict=True)
        ]
    return turned
