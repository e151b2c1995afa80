"""The overview: figures, coverage, newest documents, findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.tui.app import Browser
from kb.tui.heatmap import HeatMap
from kb.tui.table import PagedTable

from .conftest import LARGE, SMALL, Play, on_screen, press


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_figures_are_those_of_the_base(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        shown = on_screen(app)
        assert f"{papers} papers" in shown
        assert f"{measurements} measurements" in shown
        assert "surface" in shown

    with KnowledgeBase(corpus_base) as base:
        papers, measurements = base.count(level="paper"), base.count()
    play(corpus_base, scene, size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_cell_leads_to_what_it_counts(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        heat = app.frame.query_one(HeatMap)
        assert heat.has_focus
        await press(app, pilot, "down", "right", "left", "up")
        said = str(app.frame.query_one("#cell").content)  # type: ignore[attr-defined]
        assert said == "surface coating, cycle count: 3 papers, 5 measurements"
        await press(app, pilot, "enter")
        assert app.frame.KEY == "2"
        await press(app, pilot, "v", "x")
        assert app.frame.query_one(PagedTable).total == 5

    play(corpus_base, scene, size)


def test_the_newest_come_first_and_open(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "tab", "down", "enter")
        assert app.frame.KEY == "4"
        with KnowledgeBase(corpus_base) as base:
            assert base.browsing.newest(2)[1]["title"] in on_screen(app)

    play(corpus_base, scene)


def test_findings_are_shown_where_there_are_any(small_base: Path, play: Play) -> None:
    db = open_base(small_base, read_only=False)
    db.execute("CREATE TABLE IF NOT EXISTS findings (id INTEGER PRIMARY KEY, rule TEXT, severity TEXT,"
               " paper_id INTEGER, said TEXT, repair TEXT, ratio REAL)")  # fmt: skip
    db.execute("CREATE TABLE IF NOT EXISTS finding_measurements (measurement_id INTEGER, finding_id INTEGER,"
               " ordinal INTEGER)")  # fmt: skip
    db.execute("INSERT INTO findings (id, rule, severity, paper_id, said, repair) VALUES (1, 'r', 'amber', 1,"
               " 'a lesser doubt', 'look'), (2, 'r', 'red', 1, '98.3 does not fit 91.2', 'look')")  # fmt: skip
    db.execute("INSERT INTO finding_measurements (measurement_id, finding_id, ordinal) VALUES (1, 2, 0)")
    db.close()

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        shown = on_screen(app)
        assert shown.index("98.3 does not fit 91.2") < shown.index("a lesser doubt")
        await press(app, pilot, "tab", "tab", "home", "enter")
        assert app.frame.subject == (1, 1)

    play(small_base, scene, LARGE)
