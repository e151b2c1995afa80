"""Tables of XML and HTML to rows: spanned cells filled, the rows of a head made one."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extractors.readers.markup.tree import Element
from extractors.traced import Traced, join

MAX_SPAN = 200  # a cell that says it spans a million columns is no cell
MAX_COLUMNS = 500
MAX_CELLS = 50_000
LINE_BREAK = "\v"  # where a line ends in a cell
_LINE_END = re.compile(r"\s*\v\s*")
_NUMBER = re.compile(r"[<>~≈≥≤]?\s?[−–-]?\d[^A-Za-z]*(?:\s?[A-Za-zµΩ°%][^\s]{0,4}(?:\s\S{1,5})?)?")
_TAG = re.compile(r"<sup>[a-z*†‡§]</sup>|</?su[bp]>")
_NAME = re.compile(r"[A-Z\d](?:.*[\w)\]])?")
_BAR = re.compile(r"\|+")
_ROWS = ("tr", "row")
_CELLS = ("td", "th", "entry")


@dataclass(frozen=True)
class Cell:
    """A cell with the rows and columns that it covers."""

    text: Traced
    across: int
    down: int
    head: bool


def rows_of(table: Element, text_of: Callable[[Element], Traced]) -> list[Traced]:
    """Give a table's rows, the head in one, cells divided by ``|`` (a bar inside a cell is read as ``/``).

    A cell that covers several rows stands in each; one that covers several columns of the body stands in the
    first, of the head in each.  A row of one cell across the whole table is a row of one cell.

    Parameters
    ----------
    text_of : gives the running text of a cell, ``LINE_BREAK`` where a line of it ends; where cells hold a number a
        line, each line is a row of its own
    """
    named = _column_names(table)
    lines: list[list[Cell]] = []
    in_head: list[bool] = []
    for row, head in _rows(table):
        cells = [_cell(cell, named, text_of) for cell in row if cell.tag in _CELLS]
        if cells:
            lines.append(cells)
            in_head.append(head)
    width = min(max((sum(cell.across for cell in line) for line in lines), default=0), MAX_COLUMNS)
    heads = _heads(lines, in_head, width)
    grid = _filled(lines, heads)
    out = [[_on_one_line(text) for text in _headline(grid[:heads])]] if heads else []
    for line, cells in zip(grid[heads:], lines[heads:], strict=False):
        alone = len(cells) == 1 and cells[0].across >= width > 1
        out.extend([[_on_one_line(cells[0].text)]] if alone else _by_lines(line))
    # Bars at both ends, so that an empty cell there stays one.
    return [
        join([_nothing(line[0]), *line, _nothing(line[-1])], "|") for line in out if any(cell.text for cell in line)
    ]


def _rows(table: Element, head: bool = False) -> Iterator[tuple[Element, bool]]:
    for part in table:
        if part.tag in _ROWS:
            yield part, head
        elif part.tag not in _CELLS:
            yield from _rows(part, head or part.tag == "thead")


def _cell(cell: Element, named: dict[str, int], text_of: Callable[[Element], Traced]) -> Cell:
    first, last = named.get(cell.get("namest"), 0), named.get(cell.get("nameend"), 0)
    across = last - first + 1 if last > first > 0 else _count(cell.get("colspan"))
    down = _count(cell.get("morerows"), least=0) + 1 if cell.get("morerows") else _count(cell.get("rowspan"))
    text = text_of(cell).rewrite(_BAR, lambda m: ["/"])
    return Cell(text, min(across, MAX_SPAN), min(down, MAX_SPAN), cell.tag == "th")


def _count(value: str, least: int = 1) -> int:
    return max(int(value), least) if value.isdecimal() and len(value) < 6 else least


def _column_names(table: Element) -> dict[str, int]:
    """Number the columns that CALS tables name."""
    return {spec.get("colname"): number for number, spec in enumerate(table.every("colspec"), 1)}


def _heads(lines: Sequence[Sequence[Cell]], in_head: Sequence[bool], width: int) -> int:
    """Count the rows of the head: those of <thead>, else those of <th> only, else what the first row covers."""
    if any(in_head):
        return next((i for i, head in enumerate(in_head) if not head), len(in_head))
    told = next((i for i, line in enumerate(lines) if not all(cell.head for cell in line)), 0)
    if told or not lines:
        return told
    first = lines[0]
    spread = any(1 < cell.across < width for cell in first)
    return min(max(max(cell.down for cell in first) if spread else 1, 1 + spread), len(lines))


def _filled(lines: Sequence[Sequence[Cell]], heads: int) -> list[list[Traced]]:
    """Lay cells out in columns, each in every row that it covers."""
    out: list[list[Traced]] = []
    hanging: dict[int, tuple[int, Traced]] = {}  # column -> rows still covered, text
    total = 0
    for number, line in enumerate(lines):
        row: list[Traced] = []
        queue = list(line[:MAX_COLUMNS])
        while queue or any(column >= len(row) for column in hanging):
            column = len(row)
            if column in hanging:
                left, text = hanging.pop(column)
                row.append(text)
                if left > 1:
                    hanging[column] = (left - 1, text)
                continue
            if not queue:
                row.append(_nothing(line[-1].text))
                continue
            cell = queue.pop(0)
            for k in range(min(cell.across, MAX_COLUMNS - len(row))):
                text = cell.text if not k or number < heads else _nothing(cell.text)
                row.append(text)
                if cell.down > 1:
                    hanging[len(row) - 1] = (cell.down - 1, text)
        out.append(row)
        total += len(row)
        if total > MAX_CELLS:
            break
    return out


def _by_lines(row: Sequence[Traced]) -> list[list[Traced]]:
    """Part a row whose cells hold a number a line into as many rows; what is said once holds for each."""
    parted = [_lines_of(cell) for cell in row]
    counts = {len(parts) for parts in parted if len(parts) > 1 and all(map(_is_number, parts))}
    if len(counts) != 1:
        return [[_on_one_line(cell) for cell in row]]
    count = counts.pop()
    dealt = [
        parts if len(parts) == count and all(_NAME.fullmatch(p.text) or _is_number(p) for p in parts) else []
        for parts in parted
    ]
    return [
        [parts[number] if parts else _on_one_line(cell) for parts, cell in zip(dealt, row, strict=True)]
        for number in range(count)
    ]


def _is_number(text: Traced) -> bool:
    return bool(_NUMBER.fullmatch(_TAG.sub("", text.text)))


def _lines_of(cell: Traced) -> list[Traced]:
    ends = [m.span() for m in _LINE_END.finditer(cell.text)]
    starts = [0, *(b for _, b in ends)]
    parts = [cell[a:b] for a, b in zip(starts, [*(a for a, _ in ends), len(cell.text)], strict=True)]
    return [part for part in parts if part.text]


def _on_one_line(cell: Traced) -> Traced:
    return cell.rewrite(_LINE_END, lambda m: [" "]).strip()


def _nothing(beside: Traced) -> Traced:
    return Traced("", array("L", [beside.offsets[-1]]))


def _headline(rows: Sequence[Sequence[Traced]]) -> list[Traced]:
    """Join the rows of a head column by column, what is said twice once."""
    out: list[Traced] = []
    for column in range(max(len(row) for row in rows)):
        parts: list[Traced] = []
        for row in rows:
            if column < len(row) and row[column].text and all(row[column].text != part.text for part in parts):
                parts.append(row[column])
        out.append(join(parts) if parts else _nothing(rows[0][0]))
    return out
