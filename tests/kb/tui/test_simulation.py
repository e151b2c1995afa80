"""The screen of a simulation, by its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.connection import open_base
from kb.synthetic import fill
from kb.tui.app import Browser
from kb.tui.simulation import FINE, MOST, VIEWS, Simulating

from .conftest import LARGE, Play, on_screen, press, settled, write

CANDIDATE = ("PMMA/PVDF on Cu", "10.1039/d1ma00121c")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few draws, refined without waiting for a rest."""
    monkeypatch.setattr("kb.tui.simulation.REST_SECONDS", 0.01)
    monkeypatch.setattr("kb.tui.simulation.COARSE", 32)
    monkeypatch.setattr("kb.tui.simulation.FINE", 64)


def screen_of(app: Browser) -> Simulating:
    assert isinstance(app.frame, Simulating)
    return app.frame


def test_a_what_if_is_said_to_be_priors(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6")
        shown = on_screen(app)
        assert "What if" in shown
        assert "not calibrated; 27 of 27 inputs are priors" in shown
        assert "a prior" in shown
        assert "assumed" in shown

    play(corpus_base, scene)


def test_sliders_move_and_what_comes_of_them_follows(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6")
        screen = screen_of(app)
        before = screen.result.outcome.quantile(0.5)
        await press(app, pilot, "right", "right")
        assert screen.trial.told == {"current": "1.5 mA/cm^2"}
        assert screen.result.protocol.current == 1.5
        await press(app, pilot, "down", "left", "down", "left", "left")
        assert screen.trial.told["capacity"] == "0.8 mAh/cm^2"
        assert screen.trial.told["lithium"] == "2.5 mAh/cm^2"
        assert screen.result.outcome.quantile(0.5) != before
        assert screen.result.traces is not None
        await press(app, pilot, "backspace")
        assert "lithium" not in screen.trial.told
        await press(app, pilot, "x")
        assert screen.trial.told == {}
        assert screen.result.outcome.quantile(0.5) == before

    play(corpus_base, scene)


def test_a_quantity_is_typed_with_its_unit(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "down", "down", "down", "enter")
        await write(app, pilot, "5")
        await pilot.press("space", "V", "enter")
        await pilot.pause()
        assert "thickness" in on_screen(app)
        assert "'V' is no unit for a quantity in 'um'" in on_screen(app)
        app.screen.query_one("#quantity").value = "800 nm"
        await press(app, pilot, "enter")
        assert screen_of(app).sliders.chosen.words == "0.8 µm"
        assert screen_of(app).sliders.chosen.origin == "set"

    play(corpus_base, scene)


def test_a_candidate_is_picked_by_its_name(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "slash")
        await write(app, pilot, "pmma")
        assert "PMMA/PVDF" in screen_of(app).status.message
        await press(app, pilot, "enter")
        if not isinstance(app.screen, Simulating):
            await press(app, pilot, "enter")
        assert screen_of(app).trial.name.startswith("PMMA/PVDF")
        assert "reported #" in on_screen(app)
        await press(app, pilot, "f")
        assert screen_of(app).trial.name == "What if"
        await press(app, pilot, "slash")
        await write(app, pilot, "unobtainium")
        await press(app, pilot, "enter")
        assert "no candidate has 'unobtainium'" in screen_of(app).status.message

    play(corpus_base, scene, LARGE)


def test_observed_points_stand_in_the_charts(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        app.go("6", CANDIDATE)
        await settled(app, pilot)
        screen = screen_of(app)
        marks = screen.query_one("#survival").chart.points
        assert marks
        assert all("(#" in point.words for point in marks)
        assert screen.query_one("#efficiency").chart.points

    play(corpus_base, scene, LARGE)


def test_up_to_four_are_compared(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "c", "right", "c", "right", "c", "right", "c")
        screen = screen_of(app)
        assert len(screen.trials) == MOST
        assert "at most" in screen.status.message
        assert [trial.told.get("current") for trial in screen.trials] == [
            None, "1.2 mA/cm^2", "1.5 mA/cm^2", "2 mA/cm^2",
        ]  # fmt: skip
        assert len(screen.query_one("#survival").chart.curves) == MOST
        await press(app, pilot, "n")
        assert screen.place == 0
        await press(app, pilot, "N", "d", "d", "d", "d")
        assert len(screen.trials) == 1
        assert "the only one" in screen.status.message
        assert len(list(screen.exported().rows(None))) == 1

    play(corpus_base, scene)


def test_further_parameters_are_set(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "a")
        await write(app, pilot, "electrolyte_class")
        await press(app, pilot, "enter")
        await write(app, pilot, "ether")
        await press(app, pilot, "enter")
        screen = screen_of(app)
        assert screen.trial.told == {"electrolyte_class": "ether"}
        assert screen.result.study.classes == {"electrolyte": "ether"}
        await press(app, pilot, "end", *["down"] * 9, "right")
        assert "is a name" in screen.status.message

    play(corpus_base, scene)


def test_the_views_of_a_small_terminal(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6")
        for name in (*VIEWS[1:], VIEWS[0]):
            await press(app, pilot, "v")
            shown = [view for view in VIEWS if app.screen.query_one(f"#{view}-part").region.area]
            assert shown == [name]

    play(corpus_base, scene)


def test_all_are_seen_on_a_large_one(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "v", "v")
        assert all(app.screen.query_one(f"#{view}-part").region.area for view in VIEWS)

    play(corpus_base, scene, LARGE)


def test_inputs_copy_and_export(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "w")
        assert "dead bare" in on_screen(app)
        assert "judgement" in on_screen(app)
        await press(app, pilot, "escape", "y")
        assert "cycles" in screen_of(app).status.message
        (row,) = screen_of(app).exported().rows(None)
        assert row["draws"] == 64
        assert row["cycles_5%"] <= row["cycles_50%"] <= row["cycles_95%"]

    play(corpus_base, scene)


def test_a_superseded_simulation_is_not_shown(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6")
        await pilot.press(*["right"] * 6)
        await settled(app, pilot)
        screen = screen_of(app)
        assert screen.result.protocol.current == float(screen.trial.told["current"].split()[0])

    play(corpus_base, scene)


def test_a_candidate_that_is_not_there(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        app.go("6", ("unobtainium", "nowhere"))
        await settled(app, pilot)
        assert screen_of(app).status.wrong
        assert screen_of(app).trial.name == "What if"
        assert screen_of(app).result is not None

    play(corpus_base, scene)


def test_an_empty_base_has_what_ifs(empty_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "right", "slash")
        await write(app, pilot, "a")
        await press(app, pilot, "enter")
        assert "no candidate has" in screen_of(app).status.message
        assert screen_of(app).result is not None

    play(empty_base, scene)


def test_a_candidate_without_controls(tmp_path: Path, play: Play) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    fill(db, 200, seed=5)
    db.execute("UPDATE experiments SET is_control = 0")
    db.commit()
    label, doi = db.execute(
        "SELECT s.label, p.doi FROM systems AS s JOIN experiments AS e ON e.system_id = s.id "
        "JOIN papers AS p ON p.id = e.paper_id WHERE e.cited_ref IS NULL AND s.key LIKE '[[%' LIMIT 1"
    ).fetchone()
    db.close()

    async def scene(app, pilot):
        app.go("6", (label, doi))
        await settled(app, pilot)
        assert screen_of(app).result is not None

    play(path, scene)


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (60, 20)])
def test_a_small_terminal(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6", "right", "v", "c")

    play(corpus_base, scene, size)


def test_in_ascii(corpus_base: Path, play: Play) -> None:
    async def scene(app, pilot):
        await press(app, pilot, "6")
        chart = [line for line in on_screen(app).splitlines() if "***" in line]
        assert chart
        assert not any("\u2800" < sign <= "\u28ff" for sign in on_screen(app))

    play(corpus_base, scene, ascii=True)


def test_the_draws_of_an_answer_are_those_of_the_command() -> None:
    from kb.screening.outcome import Run

    assert Run().draws == FINE
