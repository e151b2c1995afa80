"""Tables laid out: heads of several rows, empty cells, rows across the table, footnotes, tables on their side."""

from __future__ import annotations

import pytest

from extractors.grids import find_notes, grid_of, on_its_side, transposed, with_labels
from extractors.readers.plain.text import read_text_string
from schema.records import Passage


def passage(*rows: str) -> Passage:
    text = "\n".join(f"| {row} |" for row in rows)
    (found,) = [p for p in read_text_string(text, markdown=True).passages if p.kind == "table"]
    return found


def texts(*rows: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid_of(passage(*rows))]


def test_rules_and_empty_rows_are_left_out() -> None:
    assert texts("a | b", "--- | ---", "x | 1", " | ", "y | 2") == [["a", "b"], ["x", "1"], ["y", "2"]]


def test_an_empty_first_cell_is_as_above() -> None:
    head, _, second = grid_of(passage("a | b", "x | 1", " | 2"))
    assert (second[0].text, second[0].above, second[1].above) == ("x", True, False)
    assert second[0].line == " | 2"
    assert [c.text for c in head] == ["a", "b"]


@pytest.mark.parametrize("between", [" | ", "Total | 3", "Mean | 1.5"])
def test_but_not_behind_an_empty_row_or_totals(between: str) -> None:
    assert texts("a | b", "x | 1", between, " | 2")[-1] == ["", "2"]


def test_only_the_beginning_of_a_row_is_filled() -> None:
    assert texts("a | b | c", "x | 1 | 2", "y |  | 3")[-1] == ["y", "", "3"]


def test_a_row_across_the_table_heads_those_below() -> None:
    rows = grid_of(passage("a | b", "at 1 | ", "x | 1", "at 2 | ", "y | 2"))
    assert [(row[0].text, row[0].group) for row in rows[1:]] == [("x", "at 1"), ("y", "at 2")]


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        (("a | CE | Overpotential", " | (%) | (mV)"), ["a", "CE (%)", "Overpotential (mV)"]),
        (("a | CE | Overpotential", " | % | mV"), ["a", "CE (%)", "Overpotential (mV)"]),
        (("a | Half | ", " | CE (%) | Overpotential (mV)"), ["a", "Half CE (%)", "Half Overpotential (mV)"]),
    ],
)
def test_a_head_of_two_rows(rows: tuple[str, ...], head: list[str]) -> None:
    assert texts(*rows, "x | 1 | 2") == [head, ["x", "1", "2"]]


def test_a_row_of_numbers_is_no_head() -> None:
    assert len(texts("a |  | c", "x | 1 | 2", " | 3 | 4")) == 3


def test_footnotes() -> None:
    assert find_notes(["a At 60 °C. b After 100 cycles.", "* Calculated."]) == {
        "a": "At 60 °C. ",
        "b": "After 100 cycles.",
        "*": "Calculated.",
    }
    assert find_notes(["After it, a LiF layer was found.", "A cell."]) == {}


@pytest.mark.parametrize(("cell", "marks"), [("98.4*", ("*",)), ("98.4 a", ("a",)), ("98.4 b", ()), ("Li", ())])
def test_marks_are_taken_off_where_there_is_such_a_note(cell: str, marks: tuple[str, ...]) -> None:
    row = grid_of(passage("s | v", f"x | {cell}"), {"a"})[1]
    assert row[1].marks == marks
    assert row[1].text == (cell[:4].strip() if marks else cell)


def test_columns_that_name_a_sample_are_filled_together() -> None:
    head, *body = grid_of(passage("No. | Filler | Polymer | v", "1 | A | B | 1", "2 |  |  | 2", "3 |  | C | 3"))
    assert len(head) == 4
    assert [[c.text for c in row] for row in with_labels(body, [1, 2], -1)] == [
        ["1", "A", "B", "1"],
        ["2", "A", "B", "2"],
        ["3", "", "C", "3"],
    ]


def test_a_table_on_its_side_is_turned_and_takes_its_units() -> None:
    rows = grid_of(passage("Quantity | Unit | A | B", "Overpotential | mV | 1 | 2", "Lifespan | h | 3 | 4"))
    assert on_its_side(rows)
    assert [[c.text for c in row] for row in transposed(rows)] == [
        ["Quantity", "Overpotential (mV)", "Lifespan (h)"],
        ["A", "1", "3"],
        ["B", "2", "4"],
    ]


@pytest.mark.parametrize("rows", [("Sample | CE (%)", "CE film | 98"), ("Sample | Year", "A | 2019")])
def test_a_table_that_stands_upright(rows: tuple[str, ...]) -> None:
    assert not on_its_side(grid_of(passage(*rows)))
