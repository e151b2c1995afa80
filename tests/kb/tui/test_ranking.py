"""The screen of a ranking, by its keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.studies import read_study
from kb.synthetic import fill
from kb.tui.app import Browser
from kb.tui.looks import InASCII
from kb.tui.ranking import Ranking

from .conftest import LARGE, Play, on_screen, press, write


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for what would turn a ranking without waiting for a rest."""
    monkeypatch.setattr("kb.tui.ranking.REST_SECONDS", 0.01)
    monkeypatch.setattr("kb.tui.ranking.LONG_REST_SECONDS", 0.01)
    # As a study is made of blocks of 500 draws, one is enough.
    monkeypatch.setattr("kb.weighing.MOST_RANKS", 1)


def screen_of(app: Browser) -> Ranking:
    assert isinstance(app.frame, Ranking)
    return app.frame


def hangs(app: Browser) -> str:
    return "\n".join(block.text.plain for block in screen_of(app).query_one("#hangs")._blocks)


def test_weights_move_and_the_table_follows(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        screen = screen_of(app)
        before = {row["key"]: row["p_top"] for row in screen.standings.rows}
        assert screen.weights.shares == pytest.approx((1 / 3,) * 3)
        await press(app, pilot, "right", "right", "right")
        assert screen.weights.shares == pytest.approx((0.45, 0.275, 0.275))
        await press(app, pilot, "down", "left", "comma")
        assert screen.weights.shares[1] == pytest.approx(0.24)
        after = {row["key"]: row["p_top"] for row in screen.standings.rows}
        assert before.keys() == after.keys()
        assert before != after
        with KnowledgeBase(corpus_base) as base:
            anew = base.weighing(screen.study).answer
        assert [row["key"] for row in screen.standings.rows] == [anew.comparison.candidates[i].key for i in anew.order]
        await press(app, pilot, "full_stop", "equals_sign")
        assert screen.weights.shares == pytest.approx((1 / 3,) * 3)

    play(corpus_base, scene)


def test_what_would_turn_it_is_said(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        said = hangs(app)
        assert "of the weight on" in said or "No weights were found" in said
        assert "The experiment that would tell most" in said
        assert "compared within" in said

    play(corpus_base, scene, LARGE)


def test_a_row_says_what_stands_behind_it_and_abstains(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        shown = on_screen(app)
        assert "behind it" in shown
        assert "1p 1m" in shown
        assert "evidence to name a winner" in shown or "is first in" in shown

    play(corpus_base, scene, LARGE)


def test_criteria_are_added_turned_and_removed(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "a")
        await write(app, pilot, "capacity_ret")
        await press(app, pilot, "enter")
        screen = screen_of(app)
        assert [c.metric for c in screen.study.criteria][-1] == "capacity_retention"
        assert screen.weights.shares == pytest.approx((0.25,) * 4, abs=1e-3)
        await press(app, pilot, "m")
        assert screen.study.criteria[0].direction == "min"
        await press(app, pilot, "d", "d", "d")
        assert [c.metric for c in screen.study.criteria] == ["capacity_retention"]
        await press(app, pilot, "d")
        assert "needs a criterion" in screen.status.message
        await press(app, pilot, "right")
        assert "all the weight" in screen.status.message

    play(corpus_base, scene)


def test_a_filter_narrows_the_ranking(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        whole = len(screen_of(app).standings.rows)
        await press(app, pilot, "slash")
        await write(app, pilot, "substrate = Cu")
        await press(app, pilot, "enter")
        assert 0 < len(screen_of(app).standings.rows) < whole
        await press(app, pilot, "slash")
        await write(app, pilot, " AND (")
        await press(app, pilot, "enter")
        assert "no ranking" in on_screen(app)
        assert screen_of(app).standings.rows == ()

    play(corpus_base, scene)


def test_why_top_across_method_axes_and_plot(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "tab", "down", "w")
        assert "Why" in on_screen(app)
        await press(app, pilot, "escape", "plus", "plus")
        screen = screen_of(app)
        assert screen.study.top == 7
        assert "in top 7" in on_screen(app)
        await press(app, pilot, "minus")
        assert screen.study.top == 6
        within = len(screen.standings.rows)
        await press(app, pilot, "b")
        assert screen.study.across
        assert len(screen.standings.rows) >= within
        await press(app, pilot, "t")
        assert screen.study.method == "topsis"
        await press(app, pilot, "p", "x")
        front = screen.query_one("#front")
        assert front.display
        assert front.chart.x_label == "coulombic efficiency [ln]"
        assert front.chart.y_label == "overpotential [ln]"
        await press(app, pilot, "p")
        assert not screen.query_one("#front-part").display

    play(corpus_base, scene)


def test_the_chosen_candidate_is_opened_copied_and_simulated(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "tab", "down", "y")
        screen = screen_of(app)
        row = screen.standings.chosen
        assert row["sample"] in screen.status.message
        await press(app, pilot, "enter")
        assert app.frame.NAME == "Candidate"
        await press(app, pilot, "escape", "i")
        assert app.frame.NAME == "Simulation"

    play(corpus_base, scene)


def test_a_study_is_saved_and_opened(corpus_base: Path, play: Play, tmp_path: Path) -> None:
    kept = tmp_path / "mine.toml"

    async def scene(app, pilot):
        await press(app, pilot, "5", "right", "u")
        app.screen.query_one("#path").value = str(kept)
        await press(app, pilot, "enter")
        assert "saved" in screen_of(app).status.message
        study = screen_of(app).study
        assert read_study(kept)[0] == study
        await press(app, pilot, "d", "o")
        app.screen.query_one("#path").value = str(tmp_path / "none.toml")
        await press(app, pilot, "enter")
        assert "there is no file" in on_screen(app)
        app.screen.query_one("#path").value = str(kept)
        await press(app, pilot, "enter")
        assert screen_of(app).study == study

    play(corpus_base, scene)


def test_the_ranking_is_exported(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        export = screen_of(app).exported()
        rows = list(export.rows(None))
        assert len(rows) == len(screen_of(app).standings.rows)
        assert {"position", "p_top", "coulombic_efficiency", "coulombic_efficiency_measurement"} <= rows[0].keys()

    play(corpus_base, scene)


def test_an_empty_base_says_what_to_do(empty_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "right", "tab", "down", "w", "enter", "i", "y", "x", "plus")
        assert "nothing to compare" in on_screen(app)
        assert "a adds a criterion" in on_screen(app)
        assert screen_of(app).exported() is None

    play(empty_base, scene)


def test_a_base_without_controls(tmp_path: Path, play: Play) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    fill(db, 400, seed=5)
    db.execute("UPDATE experiments SET is_control = 0")
    db.commit()
    db.close()

    async def scene(app, pilot):
        await press(app, pilot, "5")
        rows = screen_of(app).standings.rows
        assert all(row["controls"] == 0 for row in rows)
        assert "0c" in on_screen(app) or "nothing to compare" in on_screen(app)

    play(path, scene, LARGE)


def test_one_candidate_has_nothing_to_be_compared_with(small_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "right")
        assert "nothing to compare" in on_screen(app)

    play(small_base, scene)


def test_more_values_than_can_be_compared(corpus_base: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.weighing.MOST_VALUES", 2)

    async def scene(app, pilot):
        await press(app, pilot, "5")
        assert "narrow what counts" in " ".join(on_screen(app).split())

    play(corpus_base, scene)


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (60, 20)])
def test_a_small_terminal(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5", "right", "p", "tab", "down")

    play(corpus_base, scene, size)


def test_in_ascii(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "5")
        table = [line for line in on_screen(app).splitlines() if "1p 1m" in line]
        assert table
        (in_ascii,) = (one for one in app.get_line_filters() if isinstance(one, InASCII))
        drawn = "".join(segment.text for line in table for segment in in_ascii.apply([Segment(line)], Color(0, 0, 0)))
        assert drawn.isascii()
        assert "#" in drawn  # of a bar
        assert drawn.count("?") <= len(table)  # too little evidence; no sign is left without its stand-in

    play(corpus_base, scene, ascii=True)
