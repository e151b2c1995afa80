"""Tables of plain text whose columns are told by white space alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.traced import Traced, join

_CELL = re.compile(r"\S(?:\s?\S)*")  # words with single spaces between them
_CLOSED = re.compile(r"[(\[].*[)\]]")


def is_aligned(lines: Sequence[Traced]) -> bool:
    """Say whether lines are rows of a table: three or more, each of three or more cells, but for one line at most."""
    counts = [len(_CELL.findall(line.text)) for line in lines]
    wide = sum(1 for n in counts if n >= 3)
    return len(counts) >= 3 and wide >= len(counts) - 1


def aligned_rows(lines: Sequence[Traced]) -> list[Traced]:
    """Give the rows with ``|`` between their cells; lines of a head that stand over one another are one row.

    A cell belongs to the column that begins nearest to it.

    Examples
    --------
    >>> text = "Sample  Uptake  CE\\n        (%)     (%)\\nA1      112     96.4\\nA2      147     97.5"
    >>> lines, at = [], 0
    >>> for line in text.split("\\n"):
    ...     lines.append(Traced.of(text, at, at + len(line)))
    ...     at += len(line) + 1
    >>> [row.text for row in aligned_rows(lines)]
    ['Sample|Uptake (%)|CE (%)', 'A1|112|96.4', 'A2|147|97.5']
    """
    spans = [[m.span() for m in _CELL.finditer(line.text)] for line in lines]
    widest = max(range(len(spans)), key=lambda i: (len(spans[i]), i))
    starts = [a for a, _ in spans[widest]]
    rows = []
    for line, cells in zip(lines, spans, strict=True):
        columns: list[list[Traced]] = [[] for _ in starts]
        for a, b in cells:
            columns[min(range(len(starts)), key=lambda i: abs(starts[i] - a))].append(line[a:b])
        rows.append(columns)
    body = next((i for i, cells in enumerate(spans) if i and _is_body(lines[i], cells)), 1)
    head = [[cell for row in rows[:body] for cell in row[i]] for i in range(len(starts))]
    return [_row(columns, lines[0]) for columns in [head, *rows[body:]]]


def _is_body(line: Traced, cells: Sequence[tuple[int, int]]) -> bool:
    texts = [line.text[a:b] for a, b in cells]
    return sum(any(c.isdigit() for c in t) and not _CLOSED.fullmatch(t) for t in texts) * 2 >= len(texts)


def _row(columns: Sequence[Sequence[Traced]], anywhere: Traced) -> Traced:
    return join([join(cells) if cells else anywhere[0:0] for cells in columns], "|")
