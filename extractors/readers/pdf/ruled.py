"""Tables of a PDF page: where they stand, told by caption and rules; what their rows and cells are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extractors.readers.blocks import CAPTION
from extractors.readers.pdf.glyphs import Box
from extractors.readers.pdf.layout import Line
from extractors.readers.pdf.lines import Piece

TABLE_CAPTION = re.compile(r"^\W{0,4}(?:Supplementary )?(?:Table|TABLE|Tab\.)\s?S?(?:\d{1,2}|[IVX]{1,4})\b")
_NEAR = 90.0  # points from a caption to its table's first rule
_WIDE_GAP = 1.1  # ems between cells of a table without rules
_NUMBER = re.compile(r"^[~∼<>≈±≥≤]?\s?[-−]?\d[\d.,]*(?:\s?[±–-]\s?[\d.,]+)?(?:\s?×\s?10\^\{[^}]*\})?\s?%?$")
Row = list[list[Piece]]


def ruled_tables(
    pieces: Sequence[Piece], rules: Sequence[Box], size: float, before: Box | None
) -> dict[Box, tuple[float, ...]]:
    """Find ruled tables, by their captions or by their rules alone.

    Parameters
    ----------
    pieces, rules : of one page, furniture taken out
    size : of most text in the paper
    before : a table that the page before ends with

    Returns
    -------
    boxes, each with the heights of the lines ruled through it (the first and the last are its edges)
    """
    if not pieces:
        return {}
    top, bottom = min(p.top for p in pieces) - 15, max(p.bottom for p in pieces) + 15
    lines = [r for r in _whole(rules) if top < r.top < bottom]
    captions = [p for p in pieces if TABLE_CAPTION.match(p.text)]
    out: dict[Box, tuple[float, ...]] = {}
    groups: list[list[Box]] = []
    if before:
        more = _run_on(pieces, before, top, size)
        if more:
            out[more] = tuple(r.top for r in lines if more.top <= r.top <= more.bottom)
    for caption in captions:
        others = [c.base for c in captions if c is not caption and c.base > caption.base + 20]
        end = min((y for y in others), default=bottom)
        below = [r for r in lines if caption.base - 2 < r.top < end and r.left - 25 <= caption.left <= r.right]
        above = [r for r in lines if r.top < caption.base - 2 and r.left - 25 <= caption.left <= r.right]
        group = _group(below, caption.base)
        if len(group) < 2:
            group = _group(above[::-1], caption.base)
        groups.append(group)
    groups += _alike(lines)
    for number, group in enumerate(groups):
        if len(group) < 2:
            continue
        ys = [r.top for r in group]
        box = Box(min(r.left for r in group) - 3, min(ys) - 1, max(r.right for r in group) + 3, max(ys) + 1)
        held = [p for p in pieces if box.holds(p.left + 1, p.base - 1)]
        known = any(box.cut(other).bottom > box.cut(other).top for other in out)
        if not known and len(held) >= 4 and (number < len(captions) or _in_cells(held)):
            if len(group) == 2 and len({round(p.base / 3) for p in held}) <= 4:  # only the head is ruled
                more = _run_on(pieces, box, box.bottom, size)
                box = more._replace(top=box.top) if more else box
            out[box] = tuple(r.top for r in group if r.right - r.left > 0.7 * (box.right - box.left))
    return out


def ends_with_table(pieces: Sequence[Piece], tables: Iterable[Box]) -> Box | None:
    """Give the table that nothing stands below on its page."""
    for box in tables:
        if not any(p.base > box.bottom + 2 and p.right > box.left and p.left < box.right for p in pieces):
            return box
    return None


def _run_on(pieces: Sequence[Piece], table: Box, top: float, size: float) -> Box | None:
    """Follow a table below its last rule, or to the next page: rows with cells, further lines of the cells."""
    wide = table.right - table.left
    inside = sorted((p for p in pieces if p.left > table.left - 8 and p.right < table.right + 8), key=lambda p: p.base)
    rows: list[list[Piece]] = []
    for piece in (p for p in inside if p.base > top + 1):
        if rows and piece.base - rows[-1][0].base < 0.3 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    starts: list[float] = []
    bottom, last = top, rows[0][0].base if rows else top
    for row in rows:
        row.sort(key=lambda p: p.left)
        apart = any(b.left - a.right > _WIDE_GAP * b.size for a, b in pairwise(row))
        columns_of_text = len(row) == 2 and all(p.right - p.left > 0.38 * wide and p.size > size - 0.3 for p in row)
        under = all(p.right - p.left < 0.6 * wide and any(abs(p.left - x) < 3 for x in starts) for p in row)
        if row[0].base - last > 3.5 * row[0].size or CAPTION.match(row[0].text) or columns_of_text:
            break
        if not (apart or under):
            break
        starts += [p.left for p in row]
        bottom, last = max(p.bottom for p in row), row[0].base
    return table._replace(top=top, bottom=bottom + 1) if len(starts) >= 4 and bottom > top else None


def _alike(rules: Sequence[Box]) -> list[list[Box]]:
    """Group three or more rules of the same left and right end: a table whose caption stands elsewhere."""
    ends: dict[tuple[int, int], list[Box]] = {}
    for rule in rules:
        ends.setdefault((round(rule.left / 3), round(rule.right / 3)), []).append(rule)
    return [group for group in ends.values() if len(group) >= 3]


def _in_cells(pieces: Sequence[Piece]) -> bool:
    """Say whether most pieces stand beside another one, and hold words or numbers."""
    rows = Counter(round(p.base / 3) for p in pieces)
    beside = sum(n for n in rows.values() if n > 1)
    return beside > 0.6 * len(pieces) and sum(len(p.text) for p in pieces) > 3 * len(pieces)


def _whole(rules: Sequence[Box]) -> list[Box]:
    """Join rules that are drawn a column at a time; drop those under single words."""
    out: list[Box] = []
    for rule in sorted(rules, key=lambda r: (round(r.top), r.left)):
        last = out[-1] if out else None
        if last and abs(last.top - rule.top) < 1.5 and rule.left - last.right < 8:
            out[-1] = Box(last.left, last.top, max(last.right, rule.right), last.bottom)
        else:
            out.append(rule)
    return sorted((r for r in out if r.right - r.left > 60), key=lambda r: r.top)


def _group(rules: Sequence[Box], start: float) -> list[Box]:
    """Take the rules of one table: the nearest one and those of the same width, or inside it, beyond it."""
    if not rules or abs(rules[0].top - start) > _NEAR:
        return []
    first = rules[0]
    return [r for r in rules if r.left > first.left - 8 and r.right < first.right + 8]


def with_tables(lines: Sequence[Line], goes_on: bool) -> list[Line]:
    """Gather the lines of tables without rules: below (or above) a table's caption, or going on from another page.

    Parameters
    ----------
    lines : of one column
    goes_on : whether the last thing on the page before was a table
    """
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    out: list[Line] = []
    i = 0
    captioned = goes_on
    while i < len(lines):
        end = _tabular_from(lines, i, right - left) if captioned else i
        if end > i:
            held = list(lines[i:end])
            out.append(Line([p for line in held for p in line.pieces], held))
            i, captioned = end, False
            continue
        line = lines[i]
        # a caption may go on for some lines before its table
        if TABLE_CAPTION.match(line.text):
            captioned = True
        elif line.rows or (out and not out[-1].rows and line.base - out[-1].base > 2.5 * line.size):
            captioned = bool(line.rows) and captioned
        out.append(line)
        i += 1
    return out


def _tabular_from(lines: Sequence[Line], start: int, width: float) -> int:
    """Give the end of the table that begins at a line: lines with cells, and cells' further lines between them."""
    if not _has_cells(lines[start]):
        return start
    last, end, cells = start, start + 1, 1
    for i in range(start + 1, len(lines)):
        line = lines[i]
        if line.rows or line.base - lines[i - 1].base > 4 * line.size or CAPTION.match(line.text):
            break
        if _has_cells(line):
            last, cells = i, cells + 1
        elif line.right - line.left > 0.7 * width or i - last > 4:
            break
        end = i + 1
    if cells < 2 or cells < 0.3 * (end - start):
        return start
    while end > last + 1 and not _under_cell(lines[end - 1], lines[last]):
        end -= 1
    return end


def _under_cell(line: Line, row: Line) -> bool:
    return any(abs(line.left - piece.left) < 3 for piece in row.pieces) and line.base - row.base < 2.5 * line.size


def _has_cells(line: Line) -> bool:
    """Say whether a line has pieces with wide gaps between them."""
    found = sorted(line.pieces, key=lambda p: p.left)
    apart = [b.left - a.right for a, b in pairwise(found)]
    return not line.rows and bool(apart) and max(apart) > _WIDE_GAP * line.size


def rows_and_cells(
    lines: Sequence[Line], rules: Sequence[float] = (), spans: Sequence[tuple[float, float]] = ()
) -> list[Row]:
    """Sort the pieces of a table to rows and columns.

    Parameters
    ----------
    lines : as printed, from top to bottom
    rules : heights of the lines ruled through the whole table
    spans : its columns, where they are known from the page before

    Returns
    -------
    rows, each a list of cells, each a list of pieces (none where the cell is empty); all rows are equally long
    """
    spans = spans or column_spans(lines)
    if not spans:
        return []
    head = _head(lines, rules)
    filled = [_sorted_in(line, spans) for line in lines[head:]]
    bases = [line.base for line in lines[head:]]
    steps = [b - a for a, b in pairwise(bases)]
    small = min((s for s in steps if s > 1), default=0.0)
    loose = sum(s > 1.3 * small for s in steps) > 0.12 * len(steps)  # rows stand further apart than lines of a cell
    close = [row for row, step in zip(filled[1:], steps, strict=True) if step <= 1.2 * small]
    ragged = sum(sum(map(bool, row)) < len(spans) - 1 or not row[0] for row in close)
    wrapped = loose and ragged > 0.4 * len(close)  # close lines are lines of one row
    between = any(bases[0] < y < bases[-1] for y in rules)
    boxed = between and len(rules) - 2 >= 0.5 * (len(lines) - head)  # a rule under each row
    out: list[Row] = [_headed(lines[:head], spans)] if head else []
    for number, row in enumerate(filled):
        first = not number or (boxed and any(bases[number - 1] < y < bases[number] for y in rules))
        near = not first and steps[number - 1] <= 1.2 * small
        goes_on = boxed or (near and wrapped) or (not first and _goes_on(row, out[-1], near, loose))
        if first or not goes_on:
            out.append(row)
        elif _counts_on(row, out[-1]):
            out[-1][0].extend(row[0])
            shared = [not cell and not _is_number(above) for cell, above in zip(row, out[-1], strict=True)]
            out.append(  # one label, or reference, for several rows of numbers
                [list(out[-1][i]) if shared[i] or not i else row[i] for i in range(len(row))]
            )
        else:
            for cell, more in zip(out[-1], row, strict=True):
                cell.extend(more)
    for above, row in pairwise(out[1 if head else 0 :]):
        if not row[0] and 2 * sum(map(bool, row)) >= len(row):
            row[0].extend(above[0])  # one label for the rows that stand beside it
    return out


def _head(lines: Sequence[Line], rules: Sequence[float]) -> int:
    """Count the printed lines of the head: those above the first inner rule, or a line and its units below it."""
    above = sum(line.base < rules[1] for line in lines) if len(rules) > 2 else 0
    if 0 < above <= 5 and above < len(lines):
        return above
    units = len(lines) > 2 and all(re.match(r"^[(\[].*[)\]]$", p.text) for p in lines[1].pieces)
    return 2 if units else 0


def _headed(lines: Sequence[Line], spans: Sequence[tuple[float, float]]) -> Row:
    """Put a head of several lines in one row; what spans columns stands over each of them."""
    row: Row = [[] for _ in spans]
    for line in lines:
        for piece in sorted(line.pieces, key=lambda p: p.left):
            overlaps = [min(piece.right, b) - max(piece.left, a) for a, b in spans]
            for number, (overlap, (a, b)) in enumerate(zip(overlaps, spans, strict=True)):
                if overlap == max(overlaps) or overlap > 0.5 * (b - a):
                    row[number].append(piece)
    return row


def _counts_on(row: Row, before: Row) -> bool:
    """Say whether a line has numbers under numbers in most columns, so that it is a row of its own."""
    both = [i for i in range(1, len(row)) if _is_number(row[i]) and _is_number(before[i])]
    return len(both) >= 2 and len(both) >= 0.5 * sum(bool(cell) for cell in row[1:])


def _is_number(cell: Sequence[Piece]) -> bool:
    return bool(cell) and bool(_NUMBER.match(cell[-1].text))


def _goes_on(row: Row, before: Row, close: bool, loose: bool) -> bool:
    """Say whether a printed line only goes on with the cells of the row before it."""
    filled, had = (sum(map(bool, r)) for r in (row, before))
    if loose:
        return close and (not row[0] or 2 * filled <= had or not before[0])
    return not row[0] and 2 * filled < len(row)


def column_spans(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Find the columns of a table: stretches that several lines cover, between stretches that (almost) none does."""
    marks: list[tuple[float, int]] = []
    for line in lines:
        for piece in line.pieces:
            marks += [(piece.left, 1), (piece.right, -1)]
    marks.sort()
    allowed = 1 if len(lines) >= 5 else 0
    out: list[tuple[float, float]] = []
    depth, start = 0, None
    for x, step in marks:
        depth += step
        if depth > allowed and start is None:
            start = x
        elif depth <= allowed and start is not None:
            if out and start - out[-1][1] < 2:
                out[-1] = out[-1][0], x
            else:
                out.append((start, x))
            start = None
    return out


def _sorted_in(line: Line, spans: Sequence[tuple[float, float]]) -> Row:
    row: Row = [[] for _ in spans]
    for piece in sorted(line.pieces, key=lambda p: p.left):
        overlaps = [min(piece.right, b) - max(piece.left, a) for a, b in spans]
        row[overlaps.index(max(overlaps))].append(piece)
    return row
