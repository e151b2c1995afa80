"""The table over many rows: what is read, what is drawn, how it is gone through."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kb.base import KnowledgeBase
from kb.tui.app import Browser
from kb.tui.candidates import Candidates
from kb.tui.places import Place
from kb.tui.table import PAGE, PAGES_KEPT, Begun, Column, PagedTable

from .conftest import Play, on_screen, press

MILLION = 1_000_000


class Numbers:
    """A million rows that are counted, not held."""

    def __init__(self, total: int = MILLION) -> None:
        self.total = total
        self.pages: list[int] = []

    def keys(self, base: KnowledgeBase, begun: Begun) -> array[int]:
        begun(range(min(200, self.total)))
        return array("q", range(self.total))

    def page(self, base: KnowledgeBase, keys: Sequence[int]) -> list[dict[str, Any]]:
        self.pages.append(keys[0] if keys else -1)
        return [{"n": key, "square": key * key, "doi": None, "source": "s"} for key in keys]


COLUMNS = [Column("n", "n", 10, lambda row: str(row["n"]), "right")] + [
    Column(f"c{i}", f"c{i}", 14, lambda row: str(row["square"])) for i in range(10)
]


@pytest.fixture
def on_a_table(corpus_base: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Play a scene on a table of numbers."""

    def run(rows: Numbers, scene: Any) -> None:
        async def with_rows(app: Browser, pilot: Pilot[None]) -> None:
            await press(app, pilot, "2")
            table = app.frame.query_one(PagedTable)
            table.show(COLUMNS, rows)
            await press(app, pilot, "down", "up")
            await scene(app, pilot, table)

        play(corpus_base, with_rows)

    return run


def test_of_a_million_rows_only_the_pages_shown_are_read(on_a_table: Any) -> None:
    rows = Numbers()

    async def scene(app: Browser, pilot: Pilot[None], table: PagedTable) -> None:
        assert table.total == MILLION
        await press(app, pilot, "end")
        assert "999999" in on_screen(app)
        assert table.chosen is not None
        assert table.chosen["n"] == MILLION - 1
        await press(app, pilot, "home", "pagedown", "pagedown")
        assert table.cursor == 2 * (table.size.height - 2)
        assert f"{table.cursor:>10}" in on_screen(app)
        assert len(rows.pages) <= 4

    on_a_table(rows, scene)


def test_pages_that_were_left_long_ago_are_forgotten(on_a_table: Any) -> None:
    async def scene(app: Browser, pilot: Pilot[None], table: PagedTable) -> None:
        for page in range(PAGES_KEPT + 5):
            table._go(page * PAGE)
            await press(app, pilot, "down")
        assert len(table._held.pages) <= PAGES_KEPT

    on_a_table(Numbers(), scene)


def test_the_first_column_stays_when_the_others_scroll(on_a_table: Any) -> None:
    async def scene(app: Browser, pilot: Pilot[None], table: PagedTable) -> None:
        await press(app, pilot, *["right"] * 10)
        assert table.scroll_offset.x > 0
        head = table.render_line(0).text
        assert head.startswith("         n")
        assert head.rstrip().endswith("c9")
        await press(app, pilot, *["left"] * 10)
        assert table.scroll_offset.x == 0

    on_a_table(Numbers(50), scene)


@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 200, 201])
def test_any_number_of_rows_is_drawn(on_a_table: Any, total: int) -> None:
    async def scene(app: Browser, pilot: Pilot[None], table: PagedTable) -> None:
        await press(app, pilot, "end")
        assert table.total == total
        assert table.cursor == max(total - 1, 0)
        assert (table.chosen or {}).get("n") == (total - 1 if total else None)

    on_a_table(Numbers(total), scene)


def test_the_mouse_does_what_the_keys_do(on_a_table: Any) -> None:
    async def scene(app: Browser, pilot: Pilot[None], table: PagedTable) -> None:
        await pilot.click(PagedTable, offset=(3, 4))
        assert table.cursor == 3

    on_a_table(Numbers(50), scene)


def test_a_place_names_its_screen() -> None:
    assert Place("2", "Candidates", "Find", "kb.tui.candidates:Candidates").load() is Candidates
