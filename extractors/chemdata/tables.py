"""Tables as ChemDataExtractor lays them out: each cell with the heads of its row and of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractors.chemdata.library import ODD, library, material_names, table_layout
from extractors.chemdata.models import Kind, in_unit
from extractors.chemdata.sentences import CONTROL, SIGNS, Stretch, measurement, without_markup
from extractors.deadline import in_time
from extractors.grids import Cell, grid_of
from schema.records import Conditions, Measurement, Passage, Rejection, Subject
from schema.vocabulary import vocabulary


def mine_table(passage: Passage, number: int, kinds: Sequence[Kind]) -> tuple[list[Measurement], list[Rejection]]:
    """Mine a table by its category table: each cell with the heads of its row and of its column."""
    grid = grid_of(passage)
    width = max(map(len, grid), default=0)
    if len(grid) < 2 or width < 2:
        return [], []
    try:
        cells = _category_table([[without_markup(c.text) for c in row] + [""] * (width - len(row)) for row in grid])
    except ODD:
        reason = "a table that ChemDataExtractor cannot lay out"
        return [], [Rejection(passage.start, passage.end, grid[0][0].line, reason)]
    on_its_side = not any(_named_in(head, kinds) for cell in cells for head in cell.columns)
    found = []
    for cell in in_time(cells):
        for kind in _named_in(" ".join(cell.rows if on_its_side else cell.columns), kinds):
            place = _place(grid, cell)
            for raw in _cell_values(cell, kind) if place is not None else ():
                if place is not None and (read := in_unit(kind, *raw)):
                    stretch = Stretch(passage, number, place.start, place.end)
                    subject = _labelled(cell.columns if on_its_side else cell.rows)
                    control = CONTROL.search(subject.name) is not None
                    span = stretch.offsets(raw[0], 0)
                    found.append(measurement(kind.metric, read, raw, stretch, span, subject, control, Conditions()))
    return found, []


class _Entry(NamedTuple):
    """A row of a category table: a cell, cut to 60 characters, with the heads of its row and of its column."""

    text: str
    rows: list[str]
    columns: list[str]


def _category_table(texts: list[list[str]]) -> list[_Entry]:
    layout = table_layout().Table(library().text.Caption(""), table_data=texts).tde_table
    return [_Entry(*entry) for part in layout.subtables or [layout] for entry in part.category_table]


def _named_in(head: str, kinds: Sequence[Kind]) -> list[Kind]:
    """Find the metrics that a head names, the longest names only."""
    lower = head.lower()
    found = [
        (match.start(), match.end(), kind)
        for kind in kinds
        for name in kind.names
        if name in lower and (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lower))
    ]
    return [k for a, b, k in found if not any(c <= a and b <= d and d - c > b - a for c, d, _ in found)]


def _cell_values(cell: _Entry, kind: Kind) -> Iterator[tuple[str, str]]:
    """Give the printed numbers and units of a metric in a cell; the unit may stand in the head."""
    parser = kind.model.parsers[0]
    parser.model = kind.model
    for root, start, end in parser.root.scan(library().text.Cell.from_tdecell(cell).tokens):
        for record in parser.interpret(root, start, end):
            number = record.raw_value or ""
            if number.strip(SIGNS)[:1].isdigit() and "".join(number.split()) in "".join(cell.text.split()):
                yield number, record.raw_units or ""


def _place(grid: Sequence[Sequence[Cell]], cell: _Entry) -> Cell | None:
    """Find a cell of the category table in the grid: the same text, beside and below most of its heads."""
    heads = [without_markup(c.text) for c in grid[0]]
    fit = []
    for row in grid[1:]:
        labels = sum(without_markup(c.text).startswith(label) for c in row for label in cell.rows)
        for column, ours in enumerate(row):
            if without_markup(ours.text).startswith(cell.text):
                below = sum(heads[column : column + 1] == [head] for head in cell.columns)
                fit.append((labels, below, -ours.start, ours))
    return max(fit, key=lambda f: f[:3])[3] if fit else None


def _labelled(heads: Sequence[str]) -> Subject:
    label = heads[0] if heads else ""
    names = material_names(vocabulary().fingerprint)
    parts = (names.get(c.text, c.text) for c in library().text.Sentence(label).cems)
    return Subject(label or "not named", tuple(dict.fromkeys(parts)))
