"""The table over the filter language: rows, order, facets, columns, filter line."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, SelectionList

from kb.base import KnowledgeBase
from kb.tui.app import Browser
from kb.tui.candidates import Candidates
from kb.tui.facets import Facets
from kb.tui.querying import Suggestions
from kb.tui.simulation import Simulating
from kb.tui.table import PagedTable

from .conftest import LARGE, Play, on_screen, press, settled, write


def screen(app: Browser) -> Candidates:
    assert isinstance(app.frame, Candidates)
    return app.frame


def total(app: Browser) -> int | None:
    return app.frame.query_one(PagedTable).total


def test_the_total_is_that_of_the_base(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        assert total(app) == expected["candidate"]
        assert f"{expected['candidate']} candidates" in on_screen(app)
        await press(app, pilot, "x")
        assert total(app) == expected["with controls"]
        await press(app, pilot, "v")
        assert total(app) == expected["measurement"]

    with KnowledgeBase(corpus_base) as base:
        expected = {
            "candidate": base.count("NOT is_control", level="candidate"),
            "with controls": base.count(level="candidate"),
            "measurement": base.count(),
        }
    play(corpus_base, scene)


def test_values_stand_with_their_sign_beside_the_control(small_base: Path, corpus_base: Path, play: Play) -> None:
    async def small(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        assert "98.3 vs 91.2" in on_screen(app)
        assert "1 candidate;" in on_screen(app)

    async def corpus(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        shown = on_screen(app)
        assert "> 1400 vs ~ 400" in shown
        assert "━▶" in shown

    play(small_base, small)
    play(corpus_base, corpus, LARGE)


def test_a_filter_is_typed_completed_and_asked(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "slash")
        await press(app, pilot, *"coulombic_eff")
        assert app.frame.query_one(Suggestions).is_open
        await press(app, pilot, "tab")
        line = app.frame.query_one("#filter", Input)
        assert line.value == "coulombic_efficiency "
        await write(app, pilot, ">= 98")
        await press(app, pilot, "enter")
        assert total(app) == expected
        assert app.frame.query_one(PagedTable).has_focus
        await press(app, pilot, "slash")
        await write(app, pilot, "  ")
        await press(app, pilot, "escape")
        assert app.frame.KEY == "2"

    with KnowledgeBase(corpus_base) as base:
        expected = base.count("coulombic_efficiency >= 98 AND NOT is_control", level="candidate")
    play(corpus_base, scene)


def test_a_mistake_is_shown_below_its_place_and_the_rows_stay(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        before = total(app)
        await press(app, pilot, "slash")
        await write(app, pilot, "cell = full AND overpotental < 30")
        await press(app, pilot, "enter")
        lines = on_screen(app).splitlines()
        assert lines[1].index("overpotental") == lines[2].index("^")
        assert "did you mean 'overpotential'" in lines[3]
        assert "PMMA/PVDF" in on_screen(app)
        await press(app, pilot, "slash", "end", "ctrl+u", "enter")
        assert total(app) == before
        assert "^" not in on_screen(app).splitlines()[2]

    play(corpus_base, scene)


def test_rows_are_sorted_by_sql_over_all_of_them(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "right", "s")
        table = app.frame.query_one(PagedTable)
        assert screen(app).listing.sort == "-coulombic_efficiency"
        values = [table.row(i)["best"].get("coulombic_efficiency") for i in range(total(app) or 0)]  # type: ignore[index]
        known = [v["value"] for v in values if v is not None]
        assert known == sorted(known, reverse=True)
        assert all(v is None for v in values[len(known) :])
        await press(app, pilot, "s")
        assert screen(app).listing.sort == "coulombic_efficiency"
        await press(app, pilot, "s")
        assert screen(app).listing.sort == ""

    play(corpus_base, scene)


def test_a_facet_narrows_by_a_condition_that_can_be_read(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "f")
        facets = app.frame.query_one(Facets)
        assert facets.has_focus
        await press(app, pilot, "enter")
        assert screen(app).listing.filter_text == 'strategy = "surface coating"'
        with KnowledgeBase(corpus_base) as base:
            assert total(app) == base.count(screen(app).listing.filter_text + " AND NOT is_control", level="candidate")
        await press(app, pilot, "enter")
        assert screen(app).listing.filter_text == ""
        screen(app).post_message(Facets.Toggled("class", "polymer"))
        await press(app, pilot, "f")
        assert "class polymer" in on_screen(app)

    play(corpus_base, scene)


def test_columns_can_be_chosen(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "c")
        listed = app.screen.query_one(SelectionList)
        listed.deselect_all()
        listed.select("ionic_conductivity")
        listed.select("strategy")
        await press(app, pilot, "enter")
        assert [c.name for c in app.frame.query_one(PagedTable).columns] == ["system", "ionic_conductivity", "strategy"]
        assert "σ_i [S/cm]" in on_screen(app)

    play(corpus_base, scene)


def test_a_candidate_opens_at_the_measurement_that_was_asked_for(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "slash")
        await write(app, pilot, "overpotential < 30")
        await press(app, pilot, "enter", "enter")
        paper, system, shown = app.frame.subject
        with KnowledgeBase(corpus_base) as base:
            own = base.browsing.candidate(paper, system)["measurements"]
            found = base.find("overpotential < 30", limit=100)
        assert own[0]["metric"] != "overpotential"
        assert shown in {row["id"] for row in found} & {row["id"] for row in own}

    play(corpus_base, scene)


def test_the_metric_that_is_asked_for_has_the_first_column(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "slash")
        await write(app, pilot, "ionic_conductivity > 0")
        await press(app, pilot, "enter")
        table = app.frame.query_one(PagedTable)
        assert [c.name for c in table.columns][:3] == ["system", "ionic_conductivity", "coulombic_efficiency"]
        assert (total(app) or 0) > 0
        assert "ionic_conductivity" in table.row(0)["best"]  # type: ignore[index]
        exported = app.frame.exported()
        assert exported is not None
        assert "ionic_conductivity" in exported.columns
        await press(app, pilot, "slash", "end", "ctrl+u", "enter")
        assert [c.name for c in table.columns][:2] == ["system", "coulombic_efficiency"]

    play(corpus_base, scene)


@pytest.mark.parametrize("keys", [["i"], ["v", "i"], ["enter", "i"]])
def test_the_candidate_of_a_row_can_be_simulated(corpus_base: Path, play: Play, keys: list[str]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        row = app.frame.query_one(PagedTable).row(0)
        await press(app, pilot, *keys)
        frame = app.frame
        assert isinstance(frame, Simulating)
        assert frame.trial.known is not None
        assert row is not None
        assert frame.trial.known.name == row["system"] or "v" in keys

    play(corpus_base, scene)


def test_the_way_back_leads_to_the_filter_that_was_left(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "slash")
        await write(app, pilot, "cycling_hours > 500")
        await press(app, pilot, "enter", "down", "enter")
        assert app.frame.KEY == "3"
        await press(app, pilot, "escape")
        assert screen(app).listing.filter_text == "cycling_hours > 500"
        assert screen(app).query_one(PagedTable).cursor == 1

    play(corpus_base, scene)


def test_the_row_is_copied(small_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "y")
        assert app.clipboard == "PMMA/PVDF on Cu, 10.1000/one"
        await press(app, pilot, "v", "y")
        assert app.clipboard.startswith("#1 coulombic_efficiency 98.3 %")

    play(small_base, scene)


def test_saved_filters_are_in_the_palette(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        (command,) = (c for c in screen(app).commands() if c.name == "Filter @own_results")
        command.run()
        await press(app, pilot, "down")
        assert screen(app).listing.filter_text == "@own_results"

    play(corpus_base, scene)


def test_what_is_typed_right_after_the_slash_goes_into_the_line(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        for key in "/cell=full/":
            name = {"/": "slash", "=": "equals_sign"}.get(key, key)
            app.post_message(Key(name, key))  # as a terminal gives a burst of keys: all at once
        await settled(app, pilot)
        assert app.frame.query_one("#filter", Input).value == "cell=full/"

    play(corpus_base, scene)
