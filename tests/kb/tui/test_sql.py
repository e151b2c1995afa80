"""The SQL screen: written, completed, run, stopped, sorted, exported, through its keys."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from kb.base import KnowledgeBase
from kb.tui.app import Browser
from kb.tui.dialogs import Choose, Whole
from kb.tui.sql import FIRST, SQL

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT {} FROM n"
MILLION = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000) SELECT x, -x AS y FROM n"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sql")
    (folder / "paper.txt").write_text(
        "The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2."
    )
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as base:
        base.ingest([folder / "paper.txt"])
    return folder / "kb.sqlite"


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_QUERIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drive(path, use: Callable[[SQL, Pilot], Awaitable[None]]) -> None:
    async def run() -> None:
        app = Browser(path)
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            await pilot.press("8")
            await settled(app.frame, pilot)
            await use(app.frame, pilot)

    asyncio.run(run())


async def settled(screen, pilot, topics=("statement", "table rows", "table rows 0", "completion", "export")) -> None:
    for _ in range(400):
        await pilot.pause(0.02)
        if not any(screen.asks(topic) for topic in topics):
            break
    await pilot.pause()


async def ask(screen: SQL, pilot: Pilot, text: str) -> str:
    screen._write(text)
    await pilot.press("f5")
    await settled(screen, pilot)
    return said(screen)


def said(screen: SQL) -> str:
    return str(screen.query_one("#answered", Static).render())


def test_a_statement_is_run_and_its_rows_counted(path):
    async def use(screen, pilot):
        assert (await ask(screen, pilot, "SELECT metric, value FROM measurement_view;  -- all")).startswith(
            "2 rows, 2 c"
        )
        assert screen.table.has_focus
        assert screen.table.chosen["metric"] in ("coulombic_efficiency", "cycle_count")

    drive(path, use)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DELETE FROM papers", "more than read"),
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM paper", "did you mean 'papers'"),
        ("SELECT :least", ":least has no value"),
        ("SELECT 1; SELECT 2", "several statements"),
        ("@nowhere", "nowhere"),
        ("-- nothing", "is empty"),
    ],
)
def test_a_mistake_is_said_below_the_editor(path, text, words):
    async def use(screen, pilot):
        assert words in await ask(screen, pilot, text)
        assert screen.query_one("#answered").has_class("-wrong")
        assert screen.editor.has_focus

    drive(path, use)


def test_nothing_to_run_is_said(path):
    async def use(screen, pilot):
        await ask(screen, pilot, "  ")
        assert "no statement" in screen.status.message

    drive(path, use)


def test_what_never_ends_is_stopped(path):
    async def use(screen, pilot):
        for key in ("f8", "escape"):
            screen._write(ENDLESS.format("max(x)"))
            await pilot.press("f5")
            await pilot.pause(0.2)
            assert screen.has_open
            await pilot.press(key)
            await settled(screen, pilot)
            assert said(screen).startswith("stopped")
            assert not screen.has_open
        assert (await ask(screen, pilot, "SELECT 1")).startswith("1 row,")

    drive(path, use)


def test_endless_rows_are_shown_and_their_counting_stopped(path):
    async def use(screen, pilot):
        screen._write(ENDLESS.format("x"))
        await pilot.press("f5")
        await settled(screen, pilot, ("statement",))
        assert screen.table.total is None
        await pilot.press("f8")
        await settled(screen, pilot)
        assert "stopped" in said(screen)
        assert len(screen._statement.result.rows) == FIRST

    drive(path, use)


def test_of_a_million_rows_only_those_looked_at_are_read(path):
    async def use(screen, pilot):
        assert (await ask(screen, pilot, MILLION)).replace("\u202f", " ").startswith("1 000 000 rows")
        await pilot.press("G")
        await settled(screen, pilot, ("table rows 999900",))
        assert screen.table.chosen == {"x": 1_000_000, "y": -1_000_000}
        assert len(screen._statement.result.rows) == FIRST

    drive(path, use)


def test_sqlite_sorts_all_rows_by_a_column(path):
    async def use(screen, pilot):
        await ask(screen, pilot, "WITH t(x, y) AS (VALUES (2, NULL), (1, 5), (3, 4)) SELECT * FROM t")
        await pilot.press("right", "s")
        await settled(screen, pilot)
        assert [screen.table.row(i)["y"] for i in range(3)] == [5, 4, None]
        await pilot.press("s")
        await settled(screen, pilot)
        assert [screen.table.row(i)["y"] for i in range(3)] == [4, 5, None]

    drive(path, use)


def test_words_are_completed(path):
    async def use(screen, pilot):
        screen._write("SELECT * FROM measurement_v")
        await settled(screen, pilot)
        await pilot.press("tab")
        assert screen.editor.text.strip() == "SELECT * FROM measurement_view"
        assert screen.editor.has_focus

    drive(path, use)


def test_a_named_question_is_written_out(path):
    async def use(screen, pilot):
        screen._write("@best_against")
        await settled(screen, pilot)
        await pilot.press("tab")
        assert "SELECT" in screen.editor.text
        assert "rows" in await ask(screen, pilot, screen.editor.text)

    drive(path, use)


def test_parameters_come_from_comments(path):
    async def use(screen, pilot):
        await ask(screen, pilot, "-- :least = 98\nSELECT :least + 1 AS more")
        assert screen.table.chosen == {"more": 99}

    drive(path, use)


def test_earlier_statements_come_back(path, own):
    async def use(screen, pilot):
        await ask(screen, pilot, "SELECT 1")
        await ask(screen, pilot, "SELECT 2")
        screen.editor.focus()
        await pilot.press("up", "up")
        assert screen.editor.text == "SELECT 1"
        await pilot.press("down", "down")
        assert screen.editor.text == ""
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert isinstance(screen.app.screen, Choose)
        await pilot.press("1", "enter")
        assert screen.editor.text == "SELECT 1"

    drive(path, use)
    assert [json.loads(line) for line in (own / "history.jsonl").read_text().splitlines()] == ["SELECT 1", "SELECT 2"]


def test_a_row_is_shown_whole_and_a_cell_copied(path):
    async def use(screen, pilot):
        await ask(screen, pilot, "SELECT 1.5 AS a, NULL AS b, x'00ff' AS c")
        await pilot.press("y")
        assert screen.status.message == "copied: 1.5"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(screen.app.screen, Whole)
        await pilot.press("escape")
        assert screen.app.screen is screen

    drive(path, use)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet"])
def test_all_rows_are_exported(path, own, name):
    async def use(screen, pilot):
        await ask(screen, pilot, "SELECT x, y FROM (SELECT 1 AS x, 'α' AS y UNION ALL SELECT 2, NULL)")
        screen.table.focus()
        await pilot.press("e")
        await pilot.pause()
        line = screen.app.screen.query_one("#path")
        line.value = name
        await pilot.press("enter")
        await settled(screen, pilot)
        assert "2 rows written" in screen.status.message

    drive(path, use)
    if name.endswith("parquet"):
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_table(own / name).to_pylist() == [{"x": 1, "y": "α"}, {"x": 2, "y": None}]
    else:
        assert "α" in (own / name).read_text("utf-8")


def test_a_base_that_vanished_is_said(tmp_path, path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(path.read_bytes())

    async def use(screen, pilot):
        copy.unlink()
        assert "copy.sqlite" in await ask(screen, pilot, "SELECT 1")

    drive(copy, use)
