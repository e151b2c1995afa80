"""What differs between two bases: facts by fingerprint and place, papers, and the places in a study's ranking."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.differences import Change, base_file, compared
from kb.ranking_differences import Move, moves, other_strata
from kb.store import ingest_document, open_base
from kb.studies import Study
from kb.synthetic import fill, synthetic_documents
from schema.errors import BadBase
from schema.records import Mined

ROOT = Path(__file__).parents[2]


def made(path: Path, documents: list[Mined]) -> Path:
    db = open_base(path, read_only=False)
    for mined in documents:
        ingest_document(db, mined, path=mined.document.source, extractor_version="1")
    db.close()
    return path


def changed(path: Path, copy: Path, *statements: str, ids: Iterable[int] = ()) -> Path:
    """Change a copy of a base; a statement with a :id is run for each of the ids."""
    shutil.copy(path, copy)
    db = sqlite3.connect(copy)
    db.execute("PRAGMA foreign_keys = ON")
    for statement in statements:
        db.executemany(statement, [{"id": number} for number in ids] if ":id" in statement else [{}])
    db.commit()
    db.close()
    return copy


def changes(before: Path, after: Path) -> list[Change]:
    with compared(before, after) as differences:
        return list(differences.changes())


@pytest.fixture(scope="module")
def papers() -> list[Mined]:
    return list(synthetic_documents(120, seed=4))


@pytest.fixture
def base(tmp_path: Path, papers: list[Mined]) -> Path:
    return made(tmp_path / "a.sqlite", papers)


def test_a_base_does_not_differ_from_itself(base: Path) -> None:
    with compared(base, base) as differences:
        assert list(differences.changes()) == differences.papers == []
        assert differences.counts == {"before": 120, "after": 120, "added": 0, "gone": 0, "changed": 0}


def test_numbers_of_rows_do_not_matter(base: Path, tmp_path: Path, papers: list[Mined]) -> None:
    other = made(tmp_path / "b.sqlite", papers[::-1])
    assert changes(base, other) == []


def test_papers_that_came_and_went(base: Path, tmp_path: Path, papers: list[Mined]) -> None:
    less = made(tmp_path / "b.sqlite", papers[1:])
    gone, added = changes(base, less), changes(less, base)
    assert len(gone) == len(added) == len(papers[0].measurements)
    assert {(c.kind, c.source, c.after) for c in gone} == {("gone", papers[0].document.source, None)}
    assert {(c.kind, c.before) for c in added} == {("added", None)}
    assert [c.was for c in gone] == [c.now for c in added]
    with compared(base, less) as differences:
        (row,) = differences.papers
        assert (row["paper"], row["gone"]) == (papers[0].document.doi, len(gone))


@pytest.mark.parametrize(
    ("statement", "groups", "columns"),
    [
        ("UPDATE measurements SET confidence = 0.25, confidence_strict = 0.1 WHERE id = 5", ("confidence",),
         {"confidence", "confidence_strict"}),
        ("UPDATE experiments SET cell = 'Na|Na' WHERE id = (SELECT experiment_id FROM measurements WHERE id = 5)",
         ("conditions",), {"cell"}),
        ("UPDATE systems SET substrate = 'Ni' WHERE id = (SELECT e.system_id FROM measurements AS m "
         "JOIN experiments AS e ON e.id = m.experiment_id WHERE m.id = 5)", ("sample",), {"substrate"}),
        ("UPDATE measurements SET flags = '[\"agreed\"]' WHERE id = 5", ("flags",), {"flags"}),
        ("UPDATE measurements SET provenance = 'estimated' WHERE id = 5", ("credit",), {"provenance"}),
        # Read otherwise by another extractor: the fingerprint differs with what the fact says, its place does not.
        ("UPDATE measurements SET value = 1e-7, value_max = NULL, fingerprint = 'x'"
         " WHERE id = 5", ("value",), {"value"}),
        ("UPDATE measurements SET metric = 'other', fingerprint = 'x' WHERE id = 5", ("metric",), {"metric"}),
    ],
)  # fmt: skip
def test_what_a_fact_says_otherwise(
    base: Path, tmp_path: Path, statement: str, groups: tuple[str, ...], columns: set[str]
) -> None:
    found = {c.before: c for c in changes(base, changed(base, tmp_path / "b.sqlite", statement))}
    change = found[5]
    assert (change.kind, change.before, change.after) == ("changed", 5, 5)
    assert set(groups) <= set(change.groups)
    row = change.row()
    assert columns <= set(row["now"])
    assert all(row["was"][name] != row["now"][name] for name in row["now"])


def test_a_conflict_is_the_same_whatever_number_it_names(base: Path, tmp_path: Path) -> None:
    one = changed(base, tmp_path / "b.sqlite", "UPDATE measurements SET flags = '[\"conflicts_with:7\"]' WHERE id = 5")
    two = changed(base, tmp_path / "c.sqlite", "UPDATE measurements SET flags = '[\"conflicts_with:9\"]' WHERE id = 5")
    assert changes(one, two) == []


def test_a_document_that_was_written_anew_keeps_the_facts_it_still_states(
    base: Path, tmp_path: Path, papers: list[Mined]
) -> None:
    first = papers[0]
    document = replace(first.document, original=first.document.original + "\n\nPrinted again.\n")
    fewer = replace(first, document=document, measurements=first.measurements[1:])
    other = made(tmp_path / "b.sqlite", [fewer, *papers[1:]])
    (change,) = changes(base, other)
    assert (change.kind, change.source) == ("gone", document.source)


def test_a_public_snapshot_says_the_same(base: Path, tmp_path: Path) -> None:
    with KnowledgeBase(base) as whole:
        whole.snapshot(tmp_path / "out", public=True)
    assert changes(base, tmp_path / "out") == []
    assert base_file(tmp_path / "out") == tmp_path / "out" / "kb.sqlite"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (lambda folder: folder, "folder without kb.sqlite"),
        (lambda folder: folder / "nowhere.sqlite", "no base at"),
        (lambda folder: folder / "text.sqlite", "not an SQLite file"),
    ],
)
def test_what_is_no_base_is_said_so(base: Path, tmp_path: Path, path: Callable[[Path], Path], message: str) -> None:
    (tmp_path / "text.sqlite").write_text("words, and more of them")
    with pytest.raises(BadBase, match=message), compared(base, path(tmp_path)):
        pass


def test_neither_base_is_changed(base: Path, tmp_path: Path) -> None:
    other = changed(base, tmp_path / "b.sqlite", "DELETE FROM documents WHERE id = 1")
    before = base.read_bytes(), other.read_bytes()
    assert changes(base, other)
    assert (base.read_bytes(), other.read_bytes()) == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dropped=st.sets(st.integers(1, 120)), doubted=st.sets(st.integers(1, 120)))
def test_each_fact_is_told_once(base: Path, tmp_path: Path, dropped: set[int], doubted: set[int]) -> None:
    other = changed(
        base,
        tmp_path / "b.sqlite",
        "UPDATE measurements SET confidence = 0.001 WHERE id = :id",
        ids=doubted,
    )
    changed(other, tmp_path / "c.sqlite", "DELETE FROM measurements WHERE id = :id", ids=dropped).replace(other)
    there, back = changes(base, other), changes(other, base)
    assert {c.before for c in there if c.kind == "gone"} == dropped
    assert {c.before for c in there if c.kind == "changed"} == doubted - dropped
    assert {c.after for c in back if c.kind == "added"} == dropped
    assert len(there) == len(back) == len(dropped | doubted)


@pytest.mark.slow
def test_a_hundred_thousand_measurements_take_seconds(tmp_path: Path) -> None:
    db = open_base(tmp_path / "a.sqlite", read_only=False)
    fill(db, 100_000)
    db.close()
    other = changed(
        tmp_path / "a.sqlite", tmp_path / "b.sqlite", "UPDATE measurements SET confidence = 0.25 WHERE id % 100 = 0"
    )
    begun = time.process_time()
    assert len(changes(tmp_path / "a.sqlite", other)) == 1000
    assert time.process_time() - begun < 10


# The ranking of a study -----------------------------------------------------------------------------------------------

STUDY = Study(("coulombic_efficiency", "cycling_hours"), across=True, draws=400)


def ranked(before: Path, after: Path) -> dict[str, Move]:
    with KnowledgeBase(before) as old, KnowledgeBase(after) as new, compared(before, after) as differences:
        told = moves((old, old.study(STUDY)), (new, new.study(STUDY)), differences)
    return {move.sample: move for move in told}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "a.sqlite"
    with KnowledgeBase(path, read_only=False) as base:
        base.ingest([ROOT / "corpus"])
    return path


def test_nothing_moves_in_a_base_that_is_the_same(corpus: Path, tmp_path: Path) -> None:
    for move in ranked(corpus, changed(corpus, tmp_path / "b.sqlite")).values():
        assert move.move == 0
        assert move.because == ()


def test_a_fact_that_changed_names_itself_as_the_reason(corpus: Path, tmp_path: Path) -> None:
    with KnowledgeBase(corpus) as base:
        first = next(row for row in base.find("coulombic_efficiency > 98 AND components HAS PVDF AND NOT is_control"))
    statement = "UPDATE measurements SET value = 80 WHERE id = :id"
    other = changed(corpus, tmp_path / "b.sqlite", statement, ids=[first["id"]])
    move = ranked(corpus, other)["PMMA/PVDF"]
    reasons = {(r.kind, r.before) for r in move.because}
    assert ("changed", first["id"]) in reasons or ("another", first["id"]) in reasons
    assert move.before is not None and move.after is not None
    assert move.move == move.before - move.after


def test_who_is_gone_is_told_with_the_facts_that_are(corpus: Path, tmp_path: Path) -> None:
    other = changed(corpus, tmp_path / "b.sqlite", "DELETE FROM documents WHERE source = 'pmma_pvdf_cu.md'")
    gone = ranked(corpus, other)["PMMA/PVDF"]
    assert gone.after is None and gone.before is not None
    assert {r.kind for r in gone.because} == {"gone"}
    back = ranked(other, corpus)["PMMA/PVDF"]
    assert back.before is None and {r.kind for r in back.because} == {"added"}
    assert all(r.now and not r.was for r in back.because)


def test_other_strata_are_told(corpus: Path, tmp_path: Path) -> None:
    within = replace(STUDY, across=False)
    other = changed(
        corpus, tmp_path / "b.sqlite", "UPDATE experiments SET cell = 'full LFP', current_density_mA_cm2 = 9"
    )
    with KnowledgeBase(corpus) as old, KnowledgeBase(other) as new:
        told = other_strata(old.study(within), new.study(within))
        assert other_strata(old.study(within), old.study(within)) == []
    assert {row["metric"] for row in told} == set(within.by)
    assert all("full LFP" in row["now"] for row in told)
