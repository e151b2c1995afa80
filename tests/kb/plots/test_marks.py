"""Marks as they are drawn: one a row, an arrow for each bound, a bar for each range, hollow what is second-hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.plots.kinds import Asked
from kb.plots.marks import Mark, Scatter, Span, write_table
from kb.plots.metric import picture
from kb.plots.style import CONTROLS, look, styled
from kb.store import ingest_document, open_base
from kb.testing import bare, coated, compose
from schema.records import Reference
from schema.vocabulary import vocabulary


def drawn(figure, *but: str):
    """The points of each collection of the first panel, by its gid; without pairs and ranges, which are lines."""
    from matplotlib.collections import PathCollection

    found = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    return {c.get_gid(): c for c in found if c.get_gid() not in but}


@pytest.fixture
def small(tmp_path: Path):
    """Two papers: a range, a bound and the control of one; what a review tells of a third work."""
    db = open_base(tmp_path / "kb.sqlite", read_only=False)
    own = compose(
        coated("98.3", qualifier=">="), coated("97.1", value=97.1, value_max=98.0, qualifier="range"), bare("91.2"),
        source="a.txt", doi="10.1000/a",
    )  # fmt: skip
    told = compose(coated("96.5", provenance="cited", cited_ref="7"), source="b.txt", doi="10.1000/b",
                   references=(Reference("7", "A work", title="A work", doi="10.1000/c"),))  # fmt: skip
    for mined in (own, told):
        ingest_document(db, mined, path=mined.document.source, extractor_version="1")
    db.close()
    with KnowledgeBase(tmp_path / "kb.sqlite") as base:
        yield base


def test_points_arrows_bars_and_pairs_are_those_of_the_rows(small: KnowledgeBase) -> None:
    with styled():
        made = picture(Asked(small, small._reader, metric="coulombic_efficiency"))
        marks = drawn(made.figure, "bounds")
    assert sum(len(c.get_offsets()) for c in marks.values()) == len(made.rows) == 4
    assert {name: len(c.get_offsets()) for name, c in marks.items()} == {
        "control": 1, "surface coating": 2, "surface coating, second-hand": 1,
    }  # fmt: skip
    assert marks["surface coating, second-hand"].get_facecolor()[0].tolist() == [1, 1, 1, 1]
    assert marks["control"].get_urls() == ["https://doi.org/10.1000/a"]
    assert drawn(made.figure)["bounds"].get_offsets()[:, 1].tolist() == [98.3]
    lines = {c.get_gid(): c.get_segments() for c in made.figure.axes[0].collections if hasattr(c, "get_segments")}
    assert [s[:, 1].tolist() for s in lines["ranges"]] == [[97.1, 98.0]]
    assert sorted(s[:, 1].tolist() for s in lines["pairs"]) == [[97.1, 91.2], [98.3, 91.2]]
    named = [text.get_text() for text in made.figure.legends[0].get_texts()]
    assert named == ["surface coating (3)", "control (1)", "second-hand", "bound, not a value", "range",
                     "joined to its control"]  # fmt: skip


def test_the_row_of_a_point_says_where_it_is_from(small: KnowledgeBase, tmp_path: Path, table) -> None:
    rows = table(small.plot("metric", tmp_path / "f.svg", metric="coulombic_efficiency").table)
    (bound,) = (row for row in rows if row["qualifier"] == ">=")
    (control,) = (row for row in rows if row["is_control"] == "1")
    assert (bound["doi"], bound["value"], bound["unit"]) == ("10.1000/a", "98.3", "percent")
    assert bound["control"] == control["measurements"]
    assert "https://doi.org/10.1000/b" in (tmp_path / "f.svg").read_text("utf-8")


def test_text_categories_are_drawn_side_by_side(small: KnowledgeBase, tmp_path: Path, texts) -> None:
    made = small.plot("metric", tmp_path / "f.svg", metric="coulombic_efficiency", against="cell")
    assert made.points == 4 and "Li|Cuhalf" in texts(made.figure)


def test_each_strategy_has_a_look_of_its_own() -> None:
    names = [*vocabulary().strategies, "other", CONTROLS]
    assert len({look(name) for name in names}) == len(names)
    assert len({look(name)[1] for name in names}) == len(names), "shape alone tells them apart in grey"
    assert look("no such strategy") == look("other")


def test_pale_marks_stand_behind() -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    front = Mark(Span(1.0), Span(2.0), "3D host", {"doi": None})
    Scatter([front, Mark(Span(1.0), Span(2.0), "3D host", {"doi": None}, pale=True)]).draw(axes)
    solid, pale = axes.collections[-2:]
    assert pale.get_zorder() < solid.get_zorder() and pale.get_alpha() < 1
    assert front.url is None


def test_a_table_takes_its_place_whole(tmp_path: Path, table) -> None:
    write_table([{"a": [1, 2], "b": "x, y"}, {"c": None, "a": []}], tmp_path / "t.csv")
    assert table(tmp_path / "t.csv") == [{"a": "1; 2", "b": "x, y", "c": ""}, {"a": "", "b": "", "c": ""}]
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
