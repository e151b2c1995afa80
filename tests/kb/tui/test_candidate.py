"""One candidate: what it is made of, its measurements, the passage with the number."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import coated, compose, layer
from kb.tui.app import Browser
from kb.tui.text import MARK, TextPane

from .conftest import LARGE, SMALL, Play, on_screen, press, settled, write


def highlighted(app: Browser) -> str:
    """Give the characters of the chosen mark, as they are drawn."""
    pane = app.frame.query_one(TextPane)
    lines = [pane.render_line(y) for y in range(pane.size.height)]
    return "".join(
        s.text for line in lines for s in line if s.style is not None and s.style.meta.get(MARK) == pane.mark
    )


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_candidate_is_told_with_its_evidence(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        shown = on_screen(app)
        for said in ("PMMA (polymer), PVDF (polymer)", "surface coating", "electrospinning", "> 260 vs 70", ">= x3.7"):
            assert said in shown
        assert highlighted(app) == "260"
        await press(app, pilot, "n")
        assert highlighted(app) == "−49"
        await press(app, pilot, "N", "N")
        assert app.frame.subject[2] == app.frame._listed[-1]["id"]  # type: ignore[attr-defined]

    play(corpus_base, scene, size)


def test_what_is_not_stated_is_said_to_be_so(small_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        shown = on_screen(app)
        assert "thickness  not stated" in shown
        assert "works by   not stated" in shown
        assert "sample and conditions not" in shown

    play(small_base, scene, LARGE)


def test_the_measurements_are_filtered_and_copied(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "slash")
        await write(app, pilot, "symmetric")
        assert app.frame.query_one(OptionList).option_count == 3  # the experiment, hours, overpotential
        await press(app, pilot, "enter", "y")
        assert "cycling_hours > 1400 h" in app.clipboard
        assert "10.1039/d1ma00121c" in app.clipboard
        await press(app, pilot, "slash", *["backspace"] * 9)
        await write(app, pilot, "nothing such")
        assert "no measurement has these words" in on_screen(app)
        await press(app, pilot, "escape", "escape")
        assert app.frame.KEY == "2"

    play(corpus_base, scene)


def test_the_doi_is_opened_and_the_paper_at_the_number(
    corpus_base: Path, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Browser, "open_url", lambda self, url, new_tab=True: opened.append(url))

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "d", "n", "p")
        assert opened == ["https://doi.org/10.1039/d1ma00121c"]
        assert app.frame.KEY == "4"
        assert highlighted(app) == "−49"
        await press(app, pilot, "enter")
        assert app.frame.KEY == "3"
        assert highlighted(app) == "−49"

    play(corpus_base, scene)


def test_both_formats_of_a_paper_can_be_seen(tmp_path: Path, play: Play) -> None:
    path = tmp_path / "two.sqlite"
    db = open_base(path, read_only=False)
    for source in ("a.txt", "b.xml"):
        mined = compose(coated(), source=source, title="One and the same coating", doi="10.1000/two",
                        coatings=(layer(("mechanism", "self-healing"), ("product", "LiF")),))  # fmt: skip
        if source == "b.xml":  # another file of the paper, in other words
            mined = compose(
                coated(), coated("97.0"), source=source, title="One and the same coating", doi="10.1000/two"
            )
        ingest_document(db, mined, path=source, extractor_version="1")
    db.close()

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        shown = on_screen(app)
        assert "works by   self-healing" in shown
        assert "turns into LiF" in shown
        assert "read alike" in shown
        before = app.frame._shown["source"]  # type: ignore[attr-defined]
        await press(app, pilot, "o")
        assert app.frame._shown["source"] != before  # type: ignore[attr-defined]
        assert highlighted(app) == "98.3"

    play(path, scene, LARGE)


def test_a_candidate_that_is_gone_is_said_to_be(small_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        db = open_base(small_base, read_only=False)
        db.execute("DELETE FROM documents")
        db.execute("DELETE FROM experiments")
        db.execute("DELETE FROM papers")
        db.close()
        app.frame.query_one(OptionList).highlighted = 1
        await press(app, pilot, "r")
        await settled(app, pilot)
        assert "no longer in the base" in on_screen(app)

    play(small_base, scene)


def test_every_measurement_of_a_candidate_is_listed(corpus_base: Path, play: Play) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        paper, system, _ = app.frame.subject
        with KnowledgeBase(corpus_base) as base:
            ids = {row["id"] for row in base.find(f"paper_id = {paper} AND system_id = {system}")}
        listed = app.frame._listed  # type: ignore[attr-defined]
        assert {row["id"] for row in listed if row is not None} == ids

    play(corpus_base, scene)
