"""The browser played on bases: of the corpus, empty, with one measurement."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import bare, coated, compose
from kb.tui.app import Browser
from kb.tui.frame import Frame

ROOT = Path(__file__).parents[3]
SMALL, LARGE = (80, 24), (160, 48)
Scene = Callable[[Browser, Pilot[None]], Awaitable[None]]
Play = Callable[..., None]


@pytest.fixture(scope="session")
def corpus_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digests of the corpus, mined."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.sqlite"
    with KnowledgeBase(path, read_only=False) as base:
        base.ingest([ROOT / "corpus"])
    return path


@pytest.fixture
def empty_base(tmp_path: Path) -> Path:
    path = tmp_path / "empty.sqlite"
    open_base(path, read_only=False).close()
    return path


@pytest.fixture
def small_base(tmp_path: Path) -> Path:
    """One paper with one measurement of a coated electrode and one of its control."""
    path = tmp_path / "small.sqlite"
    db = open_base(path, read_only=False)
    mined = compose(coated(), bare(), title="A coating", doi="10.1000/one", year=2021)
    ingest_document(db, mined, path="a.txt", extractor_version="1")
    db.close()
    return path


async def settled(app: Browser, pilot: Pilot[None]) -> None:
    """Wait until every question is answered and everything is drawn."""
    for _ in range(1000):
        await pilot.pause()
        if not any(isinstance(screen, Frame) and screen.is_asking for screen in app.screen_stack):
            break
        await asyncio.sleep(0.01)
    else:
        raise AssertionError("a question was not answered in ten seconds")
    await pilot.pause()


async def press(app: Browser, pilot: Pilot[None], *keys: str) -> None:
    """Press keys, waiting for what each leads to."""
    for key in keys:
        await pilot.press(key)
        await settled(app, pilot)


async def write(app: Browser, pilot: Pilot[None], text: str) -> None:
    """Put a text in at once where the cursor is; letter by letter it would take a tenth of a second each."""
    assert app.screen.focused is not None
    app.screen.focused.post_message(Paste(text))
    await settled(app, pilot)


def on_screen(app: Browser) -> str:
    """Give what is drawn, as text."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)


@pytest.fixture
def play() -> Play:
    """Run a scene in a terminal of a size."""

    def run(path: Path, scene: Scene, size: tuple[int, int] = SMALL, **options: object) -> None:
        async def main() -> None:
            app = Browser(path, ascii=bool(options.get("ascii", False)), edit=bool(options.get("edit", False)))
            async with app.run_test(size=size) as pilot:
                await settled(app, pilot)
                await scene(app, pilot)

        asyncio.run(main())

    return run
