"""The numbers of a passage as they are printed, each with its unit and the sentence or row it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.grids import grid_of, on_its_side, transposed
from extractors.heads import read_head
from extractors.quantities import Quantity, find_quantities
from extractors.sentences import sentences
from extractors.tables import scaled
from schema.records import Passage


@dataclass(frozen=True)
class Printed:
    """One number where it stands.

    Attributes
    ----------
    quantity : of a table in the unit and by the factor of its head
    line : the sentence or row, in clean characters
    span : clean offsets of the sentence, or of the cell of a table
    """

    quantity: Quantity
    line: str
    span: tuple[int, int]


def lines_of(passage: Passage) -> list[tuple[int, int]]:
    """Give the clean offsets of the sentences of a passage, of a table those of its rows."""
    if passage.kind != "table":
        return sentences(passage.text)
    out, start = [], 0
    for row in passage.text.split("\n"):
        out.append((start, start + len(row)))
        start += len(row) + 1
    return out


def printed_numbers(passage: Passage) -> list[Printed]:
    """Read the numbers of a passage, in order; of a table those below its head.

    Examples
    --------
    >>> from extractors.readers.plain.markdown import read_markdown_string
    >>> table = "| film | σ (10^-4 S cm^-1) |\\n| --- | --- |\\n| PEO | 1.2 |\\n"
    >>> [(p.quantity.value, p.quantity.unit) for p in printed_numbers(read_markdown_string(table).passages[-1])]
    [(0.00012, 'S cm^-1')]
    """
    text = passage.text
    found = _of_table(passage) if passage.kind == "table" else ()
    if passage.kind != "table":
        spans = sentences(text)
        found = (Printed(q, text[a:b], (a, b)) for a, b in spans for q in find_quantities(text, a, b))
    return sorted(found, key=lambda p: p.quantity.start)


def _of_table(passage: Passage) -> Iterator[Printed]:
    rows = grid_of(passage)
    if len(rows) > 1 and on_its_side(rows):
        rows = transposed(rows)
    for row in rows[1:]:
        for cell, head in zip(row, rows[0], strict=False):
            if cell.above or cell.end <= cell.start:
                continue
            column = read_head(head.text)
            for place, q in enumerate(find_quantities(passage.text, cell.start, cell.end)):
                told = column if place == 0 else column.second
                if not q.unit and told and told.unit:
                    q = scaled(q, told)
                yield Printed(q, cell.line, (cell.start, cell.end))
