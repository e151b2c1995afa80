"""The graph's screen: walked by its keys."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from kb.base import KnowledgeBase
from kb.tui.app import Browser
from kb.tui.graph import BASE, Graph
from kb.walk import Node

CORPUS = Path(__file__).parents[3] / "corpus"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("graph") / "kb.sqlite"
    with KnowledgeBase(found, read_only=False) as base:
        base.ingest([CORPUS])
    return found


def drive(path, use: Callable[[Graph, Pilot], Awaitable[None]], size=(100, 30)) -> None:
    async def run() -> None:
        app = Browser(path)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press("9")
            await settled(app.frame, pilot)
            await use(app.frame, pilot)

    asyncio.run(run())


async def settled(screen, pilot) -> None:
    for _ in range(500):
        await pilot.pause(0.02)
        if not screen._open:
            break
    await pilot.pause()


async def begin_at(screen, pilot, words: str) -> None:
    await pilot.press("slash")
    line = screen.query_one("#filter")
    line.value = words
    await pilot.press("enter")
    await settled(screen, pilot)


def way(screen) -> str:
    return str(screen.query_one("#way", Static).render())


def labels(screen) -> list[str]:
    return [row["label"] for row in screen.exported().rows(None)]


def test_begins_at_the_base(path):
    async def use(screen, pilot):
        assert [c.data.name for c in screen.walked.root.children] == [
            "materials", "mechanisms", "ways of making", "failure modes", "papers",
        ]  # fmt: skip

    drive(path, use)


def test_walked_from_a_material_to_what_was_measured(path):
    async def use(screen, pilot):
        await begin_at(screen, pilot, "PVDF")
        assert screen.subject.label == "PVDF"
        await pilot.press("down", "down", "enter")
        await settled(screen, pilot)
        assert "PVDF › (part of) › " in way(screen)
        assert "PMMA" in labels(screen)
        await pilot.press("o")
        await settled(screen, pilot)
        assert screen.browser.frame.NAME == "Candidate"
        await pilot.press("escape")
        assert screen.browser.frame is screen

    drive(path, use)


def test_begins_anew_at_a_node_and_goes_back(path):
    async def use(screen, pilot):
        await begin_at(screen, pilot, "PVDF")
        await pilot.press("down", "down", "c")
        await settled(screen, pilot)
        assert screen.subject.kind == "system"
        await pilot.press("escape")
        await settled(screen, pilot)
        assert screen.subject.label == "PVDF"
        await pilot.press("backspace")
        await settled(screen, pilot)
        assert screen.subject == BASE

    drive(path, use)


@pytest.mark.parametrize(("words", "screen_name"), [("PVDF", "Candidates"), ("host", "Candidates")])
def test_o_lists_the_samples_of_a_material_or_mechanism(path, words, screen_name):
    async def use(screen, pilot):
        await begin_at(screen, pilot, words)
        await pilot.press("o")
        await settled(screen.browser.frame, pilot)
        assert screen_name == screen.browser.frame.NAME
        assert screen.browser.frame.query_one("#candidates").total

    drive(path, use)


def test_ways_to_a_failure(path):
    async def use(screen, pilot):
        await pilot.press("w")
        assert "material first" in screen.status.message
        await begin_at(screen, pilot, "ZnO")
        await pilot.press("w")
        await pilot.pause()
        await pilot.press(*"dendr", "enter")
        await settled(screen, pilot)
        assert "from ZnO to dendrite growth" in screen.status.message
        assert labels(screen)[0] == "ZnO"
        assert "dendrite growth" in labels(screen)

    drive(path, use)


def test_never_met(path):
    async def use(screen, pilot):
        await pilot.press("m")
        await settled(screen, pilot)
        with KnowledgeBase(path) as base:
            assert len(screen.walked.root.children) == max(len(base.never_met()), 1)

    drive(path, use)


def test_a_name_that_nothing_has(path):
    async def use(screen, pilot):
        await begin_at(screen, pilot, "unobtainium")
        assert "nothing has the name 'unobtainium'" in screen.status.message
        assert screen.subject == BASE

    drive(path, use)


def test_an_empty_base_says_so(tmp_path):
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False):
        pass

    async def use(screen, pilot):
        assert [c.data.name for c in screen.walked.root.children] == ["failure modes"]
        await pilot.press("m")
        await settled(screen, pilot)
        assert "0 pairs" in screen.status.message

    drive(tmp_path / "kb.sqlite", use)


def test_a_node_that_is_gone(path):
    async def use(screen, pilot):
        screen.browser.go("9", Node("system", 10**9, "gone"))
        await settled(screen, pilot)
        await pilot.press("o")
        await settled(screen, pilot)
        assert "any more" in screen.status.message

    drive(path, use, size=(40, 8))
