"""Questions that go by a name: those of the project can be asked, those of users are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kb.filters import parse
from kb.named import FILTER, SQL, all_named, named, save
from kb.sql import named_or_plain, run
from schema.errors import BadQueryName, UnknownQuery
from schema.statements import FOLDER

OURS = sorted((path.stem, path.suffix[1:]) for path in (FOLDER / "queries").iterdir())


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_QUERIES", str(tmp_path / "mine"))
    return tmp_path / "mine"


@pytest.mark.parametrize(("name", "kind"), OURS)
def test_each_of_ours_says_what_it_asks_and_can_be_asked(db: sqlite3.Connection, name: str, kind: str) -> None:
    question = named(name, kind)
    assert question.meaning.endswith(".")
    if kind == FILTER:
        parse(question.text)
    else:
        text, defaults = named_or_plain(f"@{name}")
        assert run(db, text, defaults).columns


def test_a_filter_of_one_s_own_is_kept_and_replaced(own: Path) -> None:
    save("mine", "is_control", "Controls.")
    assert (named("mine", FILTER).text, named("mine", FILTER).meaning) == ("is_control", "Controls.")
    save("mine", "NOT is_control")
    assert named("mine", FILTER).text == "NOT is_control"
    assert named("mine", FILTER).own
    assert [p.name for p in own.iterdir()] == ["mine.filter"]


@pytest.mark.parametrize(
    ("name", "message"), [("two words", "is no name"), ("../up", "is no name"), ("demanding", "of the project")]
)
def test_names_that_cannot_be_taken(name: str, message: str) -> None:
    with pytest.raises(BadQueryName, match=message):
        save(name, "is_control")


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownQuery, match="did you mean 'demanding'"):
        named("demandin", FILTER)
    with pytest.raises(UnknownQuery):
        named("coverage", FILTER)
    assert ("coverage", SQL) in all_named()
