"""What is one thing under two names is found with its evidence, and can be taken back."""

from __future__ import annotations

import sqlite3

import pytest

from kb.graph import read_graph
from kb.query import find
from kb.resolution import find_merges, merges, redo, resolve, undo
from kb.store import ingest_document
from kb.testing import Said, compose
from schema.errors import UnknownMerge
from schema.records import Subject

TITLE = "A robust artificial interphase of copper nitride for lithium anodes"


def of(*components: str) -> Said:
    return Said("It keeps 98.3 % for long.", "98.3", Subject(" / ".join(components), components, "Cu"))


def put(db: sqlite3.Connection, number: int, *components: str, **front: object) -> None:
    said = [of(name) for name in components]
    ingest_document(db, compose(*said, source=f"{number}.txt", **front), path=f"{number}.txt", extractor_version="1")


@pytest.fixture
def spelled(db: sqlite3.Connection) -> sqlite3.Connection:
    put(db, 1, "PVDF", "Cu3N", doi="10.1/a")
    put(db, 2, "poly(vinylidene fluoride)", "Cu₃N", "NCu3", "CO", "Co", doi="10.1/b")
    return db


def told(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    return {(m.kept, m.merged, m.rule) for m in find_merges(db)}


def test_materials_in_several_spellings_are_one(spelled: sqlite3.Connection) -> None:
    assert told(spelled) == {
        ("PVDF", "poly(vinylidene fluoride)", "listed name"),
        ("Cu3N", "Cu₃N", "listed name"),
        ("Cu3N", "NCu3", "same formula"),
    }


def test_filters_take_both_names_for_one_until_it_is_undone(spelled: sqlite3.Connection) -> None:
    def asked(name: str) -> int:
        return len(find(spelled, f'components HAS "{name}"'))

    assert asked("NCu3") == 1
    resolve(spelled)
    assert asked("Cu3N") == asked("NCu3") == 3
    number = next(m["id"] for m in merges(spelled) if m["merged"] == "NCu3")
    assert next(m["evidence"] for m in merges(spelled) if m["id"] == number) == {"formula": "Cu3 N1"}
    undo(spelled, number)
    assert asked("Cu3N") == 2
    resolve(spelled)
    assert asked("Cu3N") == 2, "what was undone stays undone"
    with pytest.raises(UnknownMerge, match="kb resolve --list"):
        undo(spelled, number)
    redo(spelled, number)
    assert asked("Cu3N") == 3
    with pytest.raises(UnknownMerge):
        redo(spelled, number)


def test_the_graph_joins_their_nodes_and_can_leave_them_apart(spelled: sqlite3.Connection) -> None:
    resolve(spelled)
    joined, apart = read_graph(spelled), read_graph(spelled, merged=False)
    labels = {d["label"] for _, d in joined.nodes(data=True) if d["kind"] == "material"}
    assert labels == {"PVDF", "Cu3N", "CO", "Co", "Cu"}
    copper = next(d for _, d in joined.nodes(data=True) if d["label"] == "Cu3N" and d["kind"] == "material")
    assert sorted(copper["also"]) == ["Cu₃N", "NCu3"]
    assert apart.number_of_nodes() == joined.number_of_nodes() + 3
    assert all("kind" in data for _, data in joined.nodes(data=True)), "no edge leads to a node that was joined"


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, True),
        ({"title": TITLE + " in carbonate electrolytes"}, False),
        ({"authors": ("Dora Else",)}, False),
        ({"year": 2010}, False),
        ({"doi": "10.1/other"}, False),
    ],
)
def test_a_preprint_is_its_article(db: sqlite3.Connection, other: dict[str, object], found: bool) -> None:
    article = {"doi": "10.1/article", "title": TITLE, "year": 2021, "authors": ("Ada Berg", "Carl Öst")}
    preprint = {**article, "doi": "10.26434/chemrxiv-1", "year": 2020, "authors": ("Berg, A.", "C. Ost"), **other}
    put(db, 1, "Cu3N", **article)
    put(db, 2, "Cu3N", "LiF", **preprint)
    assert ({("10.1/article", "10.26434/chemrxiv-1", "preprint of the article")} == told(db)) is found
    resolve(db)
    papers = sum(d["kind"] == "paper" for _, d in read_graph(db).nodes(data=True))
    assert papers == (1 if found else 2)
