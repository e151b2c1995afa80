"""The text of a paper: every mined number highlighted, what was not taken visible, sections, references, licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import bare, coated, compose
from kb.tui.app import Browser
from kb.tui.paper import COLOURS, marked
from kb.tui.text import Block, TextPane, laid
from schema.records import Reference, Rejection

from .conftest import LARGE, SMALL, Play, on_screen, press, write


def test_every_mined_number_of_the_corpus_is_marked_in_its_text(corpus_base: Path) -> None:
    with KnowledgeBase(corpus_base) as base:
        for row in base.browsing.newest(100):
            text = base.browsing.text(row["document_id"])
            colours = {n["metric"]: COLOURS[0] for n in text["numbers"]}
            out = marked(text, base.browsing.paper(row["paper_id"]), colours)
            assert len(out.mined) == row["measurements"]
            assert sum(mined for _, _, mined in out.sections) == row["measurements"]
            places = laid(out.blocks, 76).marks
            # Two numbers may share characters ("1 to 3 mAh"): the mark that is set last is the one that is found.
            spans = {(n["start_offset"], n["end_offset"]) for n in text["numbers"]}
            assert len(places.keys() & set(out.mined)) >= len(spans) - 1, row["source"]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_numbers_are_gone_through_and_told(corpus_base: Path, play: Play, size: tuple[int, int]) -> None:
    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "p")
        assert "42 numbers mined" in on_screen(app)
        assert "CC BY 3.0" in on_screen(app)
        await press(app, pilot, "n")
        assert "coating thickness" in on_screen(app)
        assert "~ 50 µm" in on_screen(app)
        await press(app, pilot, "u")
        assert "not taken: time of a process" in on_screen(app)
        await press(app, pilot, "end")
        assert "Licence" in on_screen(app)

    play(corpus_base, scene, size)


def test_sections_references_and_words_can_be_gone_to(tmp_path: Path, play: Play) -> None:
    path = tmp_path / "long.sqlite"
    db = open_base(path, read_only=False)
    said = [coated(f"9{i % 10}.{i:02}") for i in range(60)] + [bare("83.25")]
    references = tuple(Reference(str(n), f"A. Author, Journal of Work {n}") for n in range(1, 40))
    mined = compose(*said, title="A long paper", references=references,
                    rejections=(Rejection(42, 52, "260 cycles", "made up"),))  # fmt: skip
    ingest_document(db, mined, path="a.txt", extractor_version="1")
    db.close()

    async def scene(app: Browser, pilot: Pilot[None]) -> None:
        await press(app, pilot, "1", "tab", "enter")
        assert app.frame.KEY == "4"
        await press(app, pilot, "slash")
        await write(app, pilot, "bare copper")
        await press(app, pilot, "enter")
        assert "83.25" in on_screen(app)
        await press(app, pilot, "t")
        listed = app.frame.query_one("#sections", OptionList)
        assert listed.has_focus
        await press(app, pilot, "down", "enter")
        assert "Journal of Work 1" in on_screen(app)
        assert app.frame.query_one(TextPane).has_focus
        await press(app, pilot, "y")
        assert app.clipboard == "A long paper"
        await press(app, pilot, "o", "d")
        assert "no DOI is stated" in app.frame.status.message

    play(path, scene)


def test_a_page_is_wrapped_in_little_time() -> None:
    import time

    from rich.text import Text

    words = "lithium dendrites grow through the separator of 98.3 % "
    blocks = [Block(Text(words * 12)) for _ in range(2000)]  # 1.3 million characters: a thesis
    begin = time.process_time()
    assert len(laid(blocks, 80).lines) > 10_000
    assert time.process_time() - begin < 10
