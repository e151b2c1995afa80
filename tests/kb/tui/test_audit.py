"""The screen of audits and curation: gone through, decided on and undone by its keys; what it shows where nothing is.

``pytest tests/kb/tui/test_audit.py --snapshot-update`` takes the pictures anew.
"""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.tui.app import Browser
from kb.tui.audit import Audit
from kb.tui.correcting import AskText, Correct
from kb.tui.dialogs import Choose
from kb.tui.findings import read_records

PAPER = Path(__file__).parents[3] / "corpus" / "pmma_pvdf_cu.md"
DOI = "10.1039/d1ma00121c"
ADA = "Ada Byron <ada@example.org>"
MADE_WITH = "8.2.8"
Scene = Callable[[Audit, Pilot], Awaitable[None]]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    shutil.copy(PAPER, folder)
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as base:
        base.ingest([folder / PAPER.name])
    return folder / "kb.sqlite"


@pytest.fixture
def path(made, tmp_path):
    return Path(shutil.copy(made, tmp_path / "kb.sqlite"))


@pytest.fixture(autouse=True)
def ada(monkeypatch):
    monkeypatch.setenv("KB_AUTHOR", ADA)


def drive(path, use: Scene, edit: bool = True, size=(100, 30)) -> None:
    async def run() -> None:
        app = Browser(path, edit=edit, ascii=False)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press("7")
            await settled(app.frame, pilot)
            await use(app.frame, pilot)

    asyncio.run(run())


async def settled(screen, pilot) -> None:
    for _ in range(1000):
        await pilot.pause(0.02)
        if not screen._open:
            break
    await pilot.pause(0.05)


async def press(screen, pilot, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(screen, pilot)


async def write(screen, pilot, line: str, text: str) -> None:
    screen.app.screen.query_one(f"#{line}", Input).value = text
    await pilot.pause()


def shown(screen) -> str:
    return "\n".join(line.plain for _, line in screen.pane._laid.lines)


def progress(screen) -> str:
    return str(screen.query_one("#progress", Static).render())


def log(path) -> list[dict]:
    with KnowledgeBase(path) as base:
        return base.curation.history()


# Looking --------------------------------------------------------------------------------------------------------------


def test_the_gravest_comes_first_with_arithmetic_repair_and_passages(path):
    with KnowledgeBase(path) as base:
        findings = base.audit.findings()

    async def use(screen, pilot):
        assert screen.table.total == len(findings)
        assert screen.table.chosen["said"] == findings[0].said
        text = " ".join(shown(screen).split())
        assert findings[0].said in text
        assert f"might mend it: {findings[0].repair}" in text
        assert [r["id"] for r in screen._records] == list(findings[0].measurements)
        marked = [line.plain[s.start : s.end] for _, line in screen.pane._laid.lines
                  for s in line.spans if getattr(s.style, "meta", {}).get("mark") == 0]  # fmt: skip
        assert f"#{findings[0].measurements[0]}" in marked
        assert screen._records[0]["value_reported"] in marked
        assert f"0 of {len(findings)} looked at" in progress(screen)

    drive(path, use, size=(100, 60))


def test_the_facts_of_a_finding_are_gone_through(path):
    async def use(screen, pilot):
        ids = [r["id"] for r in screen._records]
        assert len(ids) > 1
        for key, at in (("n", 1), ("N", 0), ("N", len(ids) - 1), ("n", 0)):
            await press(screen, pilot, key)
            assert screen.record["id"] == ids[at]
            assert f"#{ids[at]}" in screen.query_one("#about").border_title

    drive(path, use)


def test_words_narrow_the_queue(path):
    async def use(screen, pilot):
        whole = screen.table.total
        await press(screen, pilot, "slash", *"tafel")
        assert 0 < screen.table.total < whole
        assert screen.table.chosen["rule"] == "tafel_against_impedance"
        await press(screen, pilot, *"xyz")
        assert screen.table.total == 0
        assert "nothing has the words" in shown(screen)
        await press(screen, pilot, "enter")
        assert screen.table.has_focus

    drive(path, use)


@pytest.mark.parametrize("key", ["enter", "p"])
def test_the_paper_is_opened_at_the_number(path, key):
    async def use(screen, pilot):
        record = screen.record
        await press(screen, pilot, key)
        assert screen.browser.frame.NAME == "Paper"
        assert screen.browser.frame.subject == (record["paper_id"], record["id"])
        await settled(screen.browser.frame, pilot)
        await pilot.press("escape")
        assert screen.browser.frame is screen

    drive(path, use)


def test_the_doi_is_opened(path, monkeypatch):
    opened = []

    async def use(screen, pilot):
        monkeypatch.setattr(screen.app, "open_url", lambda url, **_: opened.append(url))
        await press(screen, pilot, "d")
        assert opened == [f"https://doi.org/{DOI}"]

    drive(path, use)


def test_a_fact_is_taken_with_the_mouse(path):
    async def use(screen, pilot):
        ids = [r["id"] for r in screen._records]
        row = next(n for n, (_, line) in enumerate(screen.pane._laid.lines) if line.plain.startswith(f"#{ids[1]} "))
        await pilot.click("#finding", offset=(2, row - screen.pane.scroll_offset.y))
        assert screen.record["id"] == ids[1]

    drive(path, use, size=(160, 48))


def test_colours_follow_the_theme(path):
    async def use(screen, pilot):
        def colour() -> str:
            return str(screen.table.columns[0].draw(screen.table.chosen).spans[0].style)

        await press(screen, pilot, "n")
        record, before = screen.record, colour()
        assert before == screen.app.current_theme.error
        await press(screen, pilot, "ctrl+t")
        assert before != colour() == screen.app.current_theme.error
        assert screen.record is record
        assert screen.pane.mark == 1

    drive(path, use)


def test_views_are_gone_through(path):
    async def use(screen, pilot):
        titles = []
        for key in "vvvvV":
            await press(screen, pilot, key)
            titles.append(screen.query_one("#queue").border_title)
        assert titles == ["All findings", "Decisions", "Removed papers", "Open findings", "Removed papers"]
        assert "no paper is removed" in shown(screen)
        await press(screen, pilot, "V")
        assert "nobody has decided" in shown(screen)

    drive(path, use)


def test_what_is_shown_is_copied_and_exported(path, tmp_path):
    async def use(screen, pilot):
        await press(screen, pilot, "y")
        assert screen.table.chosen["said"] in screen.app.clipboard
        await press(screen, pilot, "e")
        await write(screen, pilot, "path", str(tmp_path / "found.jsonl"))
        await press(screen, pilot, "enter")
        rows = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text().splitlines()]
        assert [r["id"] for r in rows] == list(screen.table._held.keys)

    drive(path, use)


def test_nothing_else_sorts_a_queue(path):
    async def use(screen, pilot):
        assert "Sort" not in [meaning for _, meaning, _ in screen.known_keys()]
        before = screen.table.chosen
        await press(screen, pilot, "s")
        assert screen.table.chosen == before

    drive(path, use)


# Deciding -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a", "x", "c", "L", "u", "R"])
def test_without_edit_the_keys_say_what_they_need(path, key):
    async def use(screen, pilot):
        await press(screen, pilot, key)
        assert "kb browse --edit kb.sqlite" in screen.status.message
        assert screen.app.screen is screen
        assert "read-only" in progress(screen)

    drive(path, use, edit=False)
    assert log(path) == []


def test_a_fact_is_accepted_and_that_is_undone(path):
    async def use(screen, pilot):
        total, id = screen.table.total, screen.record["id"]
        await press(screen, pilot, "a")
        assert f"#{id} is accepted; logged as Ada Byron" in screen.status.message
        assert screen.table.total < total
        assert "1 of " in progress(screen)
        await press(screen, pilot, "v")
        decided = [r for r in screen.table._held.pages[0] if r["decided"]]
        assert [r["measurements"][0] for r in decided] == [id]
        assert "decided: accept by Ada Byron" in shown(screen)
        await press(screen, pilot, "u")
        assert f"took back: accept of #{id}" in screen.status.message
        assert "(undone)" in shown(screen)
        assert "0 of " in progress(screen)

    drive(path, use)
    assert [(row["action"], row["author"]) for row in log(path)] == [("accept", ADA), ("undo", ADA)]


def test_a_fact_is_rejected_with_a_reason_and_comes_back(path):
    async def use(screen, pilot):
        id = screen.record["id"]
        await press(screen, pilot, "x")
        assert isinstance(screen.app.screen, AskText)
        await press(screen, pilot, "enter")
        assert "a reason" in str(screen.app.screen.query_one("#said", Static).render())
        await write(screen, pilot, "text", "  of another  cell ")
        await press(screen, pilot, "enter")
        assert f"#{id} is rejected" in screen.status.message
        await press(screen, pilot, "v", "v")
        assert screen.table.chosen["reason"] == "of another cell"
        assert f"#{id}" in shown(screen)
        assert ", rejected" in shown(screen)
        await press(screen, pilot, "a")
        assert "set aside; u takes that back" in screen.status.message
        await press(screen, pilot, "u")
        assert screen.table.total == 2
        assert screen.table.chosen["action"] == "undo"
        await press(screen, pilot, "u")
        assert "cannot be taken back here" in screen.status.message

    drive(path, use)
    with KnowledgeBase(path) as base:
        assert base.curation.set_aside() == []


def test_escape_rejects_nothing(path):
    async def use(screen, pilot):
        for key in ("x", "c", "R"):
            await press(screen, pilot, key)
            assert screen.app.screen is not screen
            await press(screen, pilot, "escape")
            assert screen.app.screen is screen

    drive(path, use)
    assert log(path) == []


def test_a_correction_is_checked_while_it_is_typed(path):
    async def use(screen, pilot):
        record = screen.record
        await press(screen, pilot, "c")
        dialog = screen.app.screen
        assert isinstance(dialog, Correct)
        said = dialog.query_one("#said", Static)
        await press(screen, pilot, *"abc")
        assert "'abc' is no number" in str(said.render())
        await press(screen, pilot, "enter")
        assert screen.app.screen is dialog
        await write(screen, pilot, "value", "35")
        await write(screen, pilot, "unit", "mV")
        assert said.has_class("-wrong")
        await write(screen, pilot, "unit", "day")
        assert "would be  cycling hours > 840 h" in str(said.render())
        await write(screen, pilot, "more", "cycle=3")
        assert "'cycle' cannot be set" in str(said.render())
        await write(screen, pilot, "more", "sample='PMMA on Cu")
        assert "quotation mark" in str(said.render())
        await write(screen, pilot, "more", "sample='PMMA on Cu' areal_capacity=2")
        assert "PMMA on Cu" in str(said.render())
        assert "2 mAh/cm²" in str(said.render())
        await press(screen, pilot, "down", "up", "down")
        await write(screen, pilot, "reason", "see Fig. 3")
        await press(screen, pilot, "enter")
        assert f"#{record['id']} is > 840 h now" in screen.status.message

    drive(path, use)
    (made,) = log(path)
    change = {"value": "35", "unit": "day", "sample": "PMMA on Cu", "areal_capacity": "2"}
    assert (made["action"], made["reason"], made["change"]) == ("set", "see Fig. 3", change)


def test_a_value_outside_the_plausible_range_is_said(path):
    async def use(screen, pilot):
        await press(screen, pilot, "c")
        await write(screen, pilot, "value", "1e9")
        assert "outside the plausible range" in str(screen.app.screen.query_one("#said", Static).render())

    drive(path, use)


def test_a_control_is_picked(path):
    async def use(screen, pilot):
        record = screen.record
        await press(screen, pilot, "L")
        picker = screen.app.screen
        assert isinstance(picker, Choose)
        with KnowledgeBase(path) as base:
            controls = base.review.controls(record["id"], record["metric"])
        assert [text.split()[0] for text in picker._texts[:-1]] == [f"#{id}" for id in controls]
        await press(screen, pilot, "enter")
        assert f"#{record['id']} is compared with #{controls[0]}" in screen.status.message
        await press(screen, pilot, "v")
        assert f"compared with #{controls[0]}" in shown(screen)

    drive(path, use)
    assert [row["action"] for row in log(path)] == ["link"]


def test_a_control_has_none(path):
    async def use(screen, pilot):
        await press(screen, pilot, "slash", *"bare", "enter")
        assert screen.record["is_control"]
        await press(screen, pilot, "L")
        assert "a control itself" in screen.status.message

    drive(path, use)


def test_the_last_decision_of_the_session_is_undone_where_none_is_at_hand(path):
    async def use(screen, pilot):
        await press(screen, pilot, "u")
        assert "no decision is at hand" in screen.status.message
        id = screen.record["id"]
        await press(screen, pilot, "a", "u")
        assert f"took back: accept of #{id}" in screen.status.message
        await press(screen, pilot, "u")
        assert "no decision is at hand" in screen.status.message

    drive(path, use)


def test_a_paper_is_removed_and_comes_back(path):
    async def use(screen, pilot):
        await press(screen, pilot, "R")
        await write(screen, pilot, "text", "retracted by the journal")
        await press(screen, pilot, "enter")
        assert f"{DOI} is removed" in screen.status.message
        assert screen.table.total == 0
        await press(screen, pilot, "V")
        assert screen.table.chosen["by"]["reason"] == "retracted by the journal"
        assert "42 facts" in shown(screen)
        await press(screen, pilot, "R", "y", "d")
        assert screen.app.clipboard == DOI
        await press(screen, pilot, "u")
        assert f"{DOI} is in the views again" in screen.status.message
        await press(screen, pilot, "u")
        assert "is at hand" in screen.status.message

    drive(path, use)
    assert [row["action"] for row in log(path)] == ["remove", "undo"]


def test_who_decides_is_asked_where_nothing_says_so(path, monkeypatch):
    monkeypatch.delenv("KB_AUTHOR")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(path.parent)

    async def use(screen, pilot):
        await press(screen, pilot, "a")
        assert isinstance(screen.app.screen, AskText)
        await press(screen, pilot, "enter")
        assert "write it like" in str(screen.app.screen.query_one("#said", Static).render())
        await write(screen, pilot, "text", "Grace <grace@example.org>")
        await press(screen, pilot, "enter")
        assert "logged as Grace" in screen.status.message
        await press(screen, pilot, "a")
        assert screen.app.screen is screen

    drive(path, use)
    assert {row["author"] for row in log(path)} == {"Grace <grace@example.org>"}


def test_the_log_is_gone_through(path):
    with KnowledgeBase(path, read_only=False) as base:
        first, second = (f.measurements[0] for f in base.audit.findings()[:2])
        base.curation.accept(first, "the figure shows it", author="Grace <grace@example.org>")
        base.curation.reject(second, "of another cell", author=ADA)

    async def use(screen, pilot):
        await press(screen, pilot, "v", "v")
        assert [r["action"] for r in screen.table._held.pages[0]] == ["reject", "accept"]
        assert screen.doi == DOI
        await press(screen, pilot, "y")
        assert screen.app.clipboard == screen.table.chosen["id"]
        await press(screen, pilot, "slash", *"figure", "enter")
        assert screen.table.total == 1
        assert screen.record["id"] == first
        assert "the figure shows it" in shown(screen)
        await press(screen, pilot, "p")
        assert screen.browser.frame.subject == (screen.record["paper_id"], first)

    drive(path, use)


def test_an_earlier_decision_is_not_undone_before_a_later_one(path):
    with KnowledgeBase(path, read_only=False) as base:
        id = base.audit.findings()[0].measurements[0]
        base.curation.accept(id, author=ADA)
        base.curation.link_control(id, base.review.controls(id, "cycling_hours")[0], author=ADA)

    async def use(screen, pilot):
        await press(screen, pilot, "v", "v", "down", "u")
        assert "take the last one back" in screen.status.message
        await press(screen, pilot, "up", "u")
        assert f"took back: link of #{id}" in screen.status.message

    drive(path, use)


# Beside others --------------------------------------------------------------------------------------------------------


def test_a_fact_that_was_changed_meanwhile_is_not_decided_on(path):
    async def use(screen, pilot):
        id = screen.record["id"]
        with KnowledgeBase(path, read_only=False) as base:
            base.curation.set(id, {"value": 35}, "by another", author="Grace <grace@example.org>")
        await press(screen, pilot, "a")
        assert f"#{id} is no longer what is shown" in screen.status.message
        assert screen.status.wrong
        await press(screen, pilot, "r")
        assert not screen.status.wrong

    drive(path, use)
    assert [row["action"] for row in log(path)] == ["set"]


def test_a_paper_that_was_mined_anew_meanwhile(path):
    text = PAPER.read_text().replace("1400", "1500")

    async def use(screen, pilot):
        assert screen.record["value"] == 1400
        (path.parent / PAPER.name).write_text(text)
        with KnowledgeBase(path, read_only=False) as base:
            base.ingest([path.parent / PAPER.name])
        await press(screen, pilot, "a")
        assert "no longer what is shown" in screen.status.message
        await press(screen, pilot, "n", "N", "c", "r")
        assert screen.record["value"] == 1500

    drive(path, use)
    assert log(path) == []


def test_what_was_decided_here_is_no_change_by_another(path):
    async def use(screen, pilot):
        screen.browser._look()
        await press(screen, pilot, "a")
        screen.browser._look()
        assert "is accepted" in screen.status.message
        with KnowledgeBase(path, read_only=False) as base:
            base.curation.remove(DOI, "retracted", ADA)
        screen.browser._look()
        assert "the base was changed" in screen.status.message

    drive(path, use)


def test_another_writer_is_waited_for(path):
    async def use(screen, pilot):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await pilot.press("a")
        await pilot.pause(0.3)
        assert screen.asks("decide")
        await pilot.press("a")
        assert "still being written" in screen.status.message
        await pilot.press("n")  # the screen goes on
        other.execute("ROLLBACK")
        other.close()
        await settled(screen, pilot)
        assert "is accepted" in screen.status.message

    drive(path, use)
    assert len(log(path)) == 1


def test_another_writer_that_does_not_end_is_said(path, monkeypatch):
    monkeypatch.setattr("kb.connection.BUSY_SECONDS", 0.2)

    async def use(screen, pilot):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await press(screen, pilot, "a")
        assert "held by another program that writes" in screen.status.message
        assert screen.status.wrong
        other.close()

    drive(path, use)
    assert log(path) == []


def test_a_base_that_vanishes_is_not_made_anew(path):
    async def use(screen, pilot):
        path.unlink()
        await press(screen, pilot, "a")
        assert screen.status.wrong
        assert "no base at" in screen.status.message

    drive(path, use)
    assert not path.exists()


def test_a_fact_that_is_gone_is_said_so(path):
    with KnowledgeBase(path) as base:
        (record,) = read_records(base, [10**9])
    assert record == {"id": 10**9, "aside": {}, "history": []}


# Nothing there --------------------------------------------------------------------------------------------------------


def test_an_empty_base(tmp_path):
    open_base(tmp_path / "kb.sqlite", read_only=False).close()

    async def use(screen, pilot):
        assert "the base is empty" in shown(screen)
        for key in "axcLuRnNpdy":
            await press(screen, pilot, key)
            assert not screen.status.wrong
            assert screen.app.screen is screen

    drive(tmp_path / "kb.sqlite", use, size=(40, 8))


def test_a_base_without_findings(tmp_path):
    said = "The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles."
    (tmp_path / "a.txt").write_text(said)
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([tmp_path / "a.txt"])
        assert base.audit.findings() == []

    async def use(screen, pilot):
        assert "nothing that speaks against" in shown(screen)
        assert "0 of 0 looked at" in progress(screen)

    drive(tmp_path / "kb.sqlite", use)


def test_a_base_that_was_not_audited(path):
    db = sqlite3.connect(path)
    db.executescript("DELETE FROM findings; DELETE FROM audited;")
    db.close()

    async def use(screen, pilot):
        assert "kb check --db kb.sqlite" in shown(screen)

    drive(path, use)


@pytest.mark.skipif(version("textual") != MADE_WITH, reason=f"the pictures are of textual {MADE_WITH}")
@pytest.mark.parametrize(
    ("size", "keys"),
    [((80, 24), ()), ((160, 48), ("n",)), ((160, 48), ("ctrl+t",)), ((80, 24), ("down", "c", *"2 d"))],
    ids=["small", "large", "large_light", "correcting"],
)
def test_it_looks_as_it_did(snap_compare, path, size, keys):
    async def play(pilot):
        await pilot.press("7")
        await settled(pilot.app.frame, pilot)
        await press(pilot.app.frame, pilot, *("space" if key == " " else key for key in keys))

    assert snap_compare(Browser(path, edit=True, ascii=False), terminal_size=size, run_before=play)
