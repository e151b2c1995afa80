"""What all screens share: going about, help, copy, export, filter, themes, palette; bases that vanish or change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import coated, compose
from kb.tui.app import Browser
from kb.tui.dialogs import AskPath, Keys
from kb.tui.looks import DARK, LIGHT
from kb.tui.places import PLACES

from .conftest import LARGE, Play, on_screen, press, settled, write


async def leave_editor(app: Browser, pilot: Pilot[None]) -> None:
    """Where letters are written, escape goes to where they are keys."""
    if isinstance(app.focused, TextArea):
        await press(app, pilot, "escape")


def test_each_place_has_a_key_and_the_way_back_is_remembered(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        for place in PLACES:
            await press(app, pilot, place.key)
            assert place.key == app.frame.KEY
            assert place.name == app.frame.NAME
            await leave_editor(app, pilot)
        for place in reversed(PLACES[:-1]):
            await press(app, pilot, "escape")
            await leave_editor(app, pilot)
            assert place.key == app.frame.KEY
        await pilot.press("q")
        assert not app.is_running or app._exit

    play(corpus_base, scene)


def test_a_key_without_a_screen_says_so(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        free = next(key for key in "987654321" if key not in {p.key for p in PLACES})
        await press(app, pilot, free)
        assert f"there is no screen {free}" in on_screen(app)

    if len(PLACES) < 9:
        play(corpus_base, scene)


@pytest.mark.parametrize("place", [p.key for p in PLACES])
def test_the_question_mark_tells_of_the_keys_of_the_screen(corpus_base: Path, play: Play, place: str) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, place)
        await leave_editor(app, pilot)
        told = {action: meaning for _, meaning, action in app.frame.known_keys()}
        assert {"filter", "copy", "export", "back", "keys", "reload", "theme"} <= told.keys()
        await press(app, pilot, "question_mark")
        assert isinstance(app.screen, Keys)
        shown = on_screen(app)
        assert f"Keys: {app.frame.NAME}" in shown
        for meaning in told.values():
            assert meaning in shown or meaning.startswith("Go to screen"), meaning
        await press(app, pilot, "escape")
        assert app.screen is app.frame

    play(corpus_base, scene, LARGE)


def test_the_theme_changes_between_dark_and_light(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        assert app.theme == DARK.name
        await press(app, pilot, "ctrl+t")
        assert app.theme == LIGHT.name

    play(corpus_base, scene)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_what_is_shown_is_exported_and_it_is_said_where(
    corpus_base: Path, play: Play, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"candidates.{suffix}"

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "e")
        assert isinstance(app.screen, AskPath)
        app.screen.query_one(Input).value = str(path)
        await press(app, pilot, "enter")
        assert f"rows written to {path}"[:40] in app.frame.status.message
        path.with_suffix(".txt").write_text("kept")
        await press(app, pilot, "e")
        line = app.screen.query_one(Input)
        for wrong, said in (("x.txt", "end the name in"), ("/no/folder/x.csv", "there is no folder"),
                            (str(path), "enter again replaces it")):  # fmt: skip
            line.value = wrong
            await press(app, pilot, "enter")
            assert said in on_screen(app)
        await press(app, pilot, "enter")
        assert app.screen is app.frame

    play(corpus_base, scene)
    lines = path.read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines)) if suffix == "csv" else [json.loads(line) for line in lines]
    with KnowledgeBase(corpus_base) as base:
        assert len(rows) == base.count("NOT is_control", level="candidate")
    (row,) = (r for r in rows if r["doi"] == "10.1039/d1ma00121c" and r["system"] == "PMMA/PVDF on Cu" and r["process"])
    assert float(row["cycling_hours"]) == 1400
    assert row["cycling_hours_qualifier"] == ">"
    assert float(row["cycling_hours_control"]) == 400


def test_the_palette_goes_to_a_paper_by_its_name(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "ctrl+p")
        await write(app, pilot, "separator of polyvinyl")
        await pilot.pause(0.5)
        await press(app, pilot, "enter")
        assert app.frame.KEY == "4"
        assert "porous separator" in on_screen(app)

    play(corpus_base, scene)


def test_an_empty_base_says_how_to_fill_it(empty_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        assert "kb ingest FOLDER" in on_screen(app)
        await press(app, pilot, "2")
        assert "nothing found" in on_screen(app)
        assert "0 candidates" in on_screen(app)
        await press(app, pilot, "down", "enter", "s", "y", "p", "end")
        assert app.frame.KEY == "2"
        await press(app, pilot, "3")
        assert "choose a candidate first" in on_screen(app)
        await press(app, pilot, "4", "n", "u", "o", "d", "e", "enter")
        assert "choose a paper first" in on_screen(app)

    play(empty_base, scene)


def test_a_base_that_vanishes_is_an_error_in_a_line(small_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        app._look()
        for file in small_base.parent.glob("small.sqlite*"):
            file.unlink()
        app._look()
        assert "is gone" in app.frame.status.message
        await press(app, pilot, "r")
        assert "no base at" in app.frame.status.message
        assert "1" in on_screen(app)
        await press(app, pilot, "2")
        assert app.frame.KEY == "2"

    play(small_base, scene)


def test_a_base_that_changes_is_told_and_read_anew(small_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        app._look()
        db = open_base(small_base, read_only=False)
        ingest_document(db, compose(coated("91.1"), source="b.txt", title="Another coating of lithium, told anew"),
                        path="b.txt", extractor_version="1")  # fmt: skip
        db.close()
        app._look()
        assert "r reads it anew" in app.frame.status.message
        await press(app, pilot, "r")
        assert "2 papers" in app.counts

    play(small_base, scene)


def test_a_file_that_takes_the_place_of_the_base_is_opened(small_base: Path, empty_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        assert app.counts.startswith("1 paper ")
        empty_base.replace(small_base)
        await press(app, pilot, "r")
        assert app.counts.startswith("0 papers")

    play(small_base, scene)


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (8, 3), (300, 100)])
def test_any_size_of_terminal_is_survived(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "2", "end", "right", "right", "enter", "n", "p", "n", "1")
        await pilot.resize_terminal(100, 30)
        await settled(app, pilot)
        await press(app, pilot, "2", "3", "4")

    play(corpus_base, scene, size)


def test_ascii_alone_is_drawn_where_that_is_wanted(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        for key in ("1", "2", "3", "4"):
            await press(app, pilot, key)
            assert on_screen(app).isascii()

    play(corpus_base, scene, LARGE, ascii=True)


def test_without_colour_everything_stands_in_characters(
    corpus_base: Path, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        colours = set()
        for key in ("1", "2"):
            await press(app, pilot, key)
            for line in app.screen._compositor.render_strips():
                for segment in line:
                    for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                        if colour is not None and colour.triplet is not None:
                            colours.add(len(set(colour.triplet)))
        assert colours == {1}  # greys

    play(corpus_base, scene)
