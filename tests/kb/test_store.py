"""Documents go in whole or not at all, and what does not change keeps its ids."""

from __future__ import annotations

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.store import Outcome, finish_run, ingest_document, log_failure, open_base, standing, start_run
from kb.testing import BARE, COATED, HALF_CELL, Said, bare, coated, compose, layer
from schema.records import Mined, Reference, Rejection, Repair, Subject
from schema.vocabulary import vocabulary

ROOT = Path(__file__).parents[2]
FACTS = ("papers", "documents", "passages", "materials", "systems", "system_components", "experiments", "measurements",
         "evidence", "coatings", "traits", "coating_measurements", "citations", "rejections", "repairs")  # fmt: skip


def put(db: sqlite3.Connection, mined: Mined, path: str | None = None, version: str = "1", **more: Any) -> Outcome:
    return ingest_document(db, mined, path=path or mined.document.source, extractor_version=version, **more)


def dump(db: sqlite3.Connection, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    return {t: [tuple(r) for r in db.execute(f"SELECT * FROM {t} ORDER BY 1, 2")] for t in tables or FACTS}  # noqa: S608


def ids(db: sqlite3.Connection) -> dict[str, int]:
    return {r["value_reported"]: r["id"] for r in db.execute("SELECT value_reported, id FROM measurements")}


def size(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_the_same_document_twice_changes_nothing(db: sqlite3.Connection) -> None:
    rejected = (Rejection(0, 3, "The", "no number"),)
    coatings = (layer(("process", "electrospinning"), ("product", "LiF"), ("mechanism", "elasticity")),)
    mined = compose(coated(), bare(), rejections=rejected, coatings=coatings, title="Polymer layers on copper foil")
    first = put(db, mined)
    before = dump(db)
    second = put(db, mined)
    assert (first.outcome, first.measurements, first.rejections) == ("new", 2, 1)
    assert second == dataclasses.replace(first, outcome="unchanged")
    assert dump(db) == before


def test_a_changed_document_keeps_the_ids_of_what_did_not_change(db: sqlite3.Connection) -> None:
    put(db, compose(coated(), bare("91.2"), bare("90.1")))
    before, passages = ids(db), dump(db, "passages")
    offsets = dict(db.execute("SELECT measurement_id, start_offset FROM evidence").fetchall())
    new_first = Said("An overpotential of 20 mV is seen.", "20", COATED, "overpotential", "mV", HALF_CELL)
    outcome = put(db, compose(new_first, coated(), bare("90.1")))
    after = ids(db)
    assert outcome.outcome == "changed"
    assert after["98.3"] == before["98.3"]
    assert after["90.1"] == before["90.1"]
    assert "91.2" not in after
    assert after["20"] > max(before.values()), "an id that was given stays with what had it"
    moved = dict(db.execute("SELECT measurement_id, start_offset FROM evidence").fetchall())
    assert moved[before["98.3"]] > offsets[before["98.3"]]
    kept = {row[0]: row for row in passages["passages"]}
    same = [row for row in dump(db, "passages")["passages"] if row[0] in kept]
    assert {row[-1] for row in same} == {coated().text, bare("90.1").text}


def test_coatings_are_replaced_with_their_document(db: sqlite3.Connection) -> None:
    first = layer(("product", "LiF"), ("product", "Li3N"), ("mechanism", "host"))
    put(db, compose(coated(), bare(), coatings=(first,)))
    other = (layer(("product", "Li3N")), layer(("process", "sputtering"), components=("Ag",)))
    put(db, compose(coated(), bare("90.1"), coatings=other))
    assert [tuple(r) for r in db.execute("SELECT kind, name, ordinal FROM traits ORDER BY id")] == [
        ("product", "Li3N", 0),
        ("process", "sputtering", 0),
    ]
    names = "SELECT m.value_reported FROM measurements AS m JOIN coating_measurements AS c ON c.measurement_id = m.id"
    assert [r[0] for r in db.execute(names)] == ["98.3"], "the control has no coating, and nothing was measured on Ag"
    assert {r[0] for r in db.execute("SELECT name FROM materials")} == {"PMMA", "PVDF", "Cu", "Li3N"}
    put(db, compose(coated()))
    assert size(db, "coatings") == size(db, "traits") == size(db, "coating_measurements") == 0
    assert {r[0] for r in db.execute("SELECT name FROM materials")} == {"PMMA", "PVDF", "Cu"}


def test_equal_facts_are_told_apart_by_their_order(db: sqlite3.Connection) -> None:
    put(db, compose(coated(), coated(), bare()))
    before = [r[0] for r in db.execute("SELECT id FROM measurements ORDER BY ordinal")]
    put(db, compose(bare(), coated(), coated()))
    after = [r[0] for r in db.execute("SELECT id FROM measurements ORDER BY ordinal")]
    assert after == [before[2], before[0], before[1]]


def test_a_newer_extractor_or_vocabulary_replaces_the_facts(db: sqlite3.Connection) -> None:
    mined = compose(coated(), bare())
    put(db, mined)
    before = ids(db)
    assert put(db, mined, version="2").outcome == "changed"
    other_words = dataclasses.replace(vocabulary(), fingerprint="other")
    assert put(db, mined, version="2", words=other_words).outcome == "changed"
    assert put(db, mined, version="2", words=other_words).outcome == "unchanged"
    assert ids(db) == before


def test_what_no_document_states_any_more_is_gone(db: sqlite3.Connection) -> None:
    put(db, compose(coated(), source="a.txt", doi="10.1/a"))
    put(db, compose(bare(), source="b.txt", doi="10.1/b"))
    put(db, compose(bare("88.8"), source="a.txt", doi="10.1/c"))
    assert [r[0] for r in db.execute("SELECT name FROM materials")] == ["Cu"]
    assert [r[0] for r in db.execute("SELECT label FROM systems")] == ["Cu"]
    assert sorted(r[0] for r in db.execute("SELECT doi FROM papers")) == ["10.1/b", "10.1/c"]
    assert size(db, "experiments") == 2


def test_the_same_content_under_another_path_is_said(db: sqlite3.Connection) -> None:
    put(db, compose(coated()), path="one/a.txt")
    outcome = put(db, compose(coated()), path="two/b.txt")
    assert (outcome.outcome, outcome.source) == ("unchanged", "b.txt")
    assert "one/a.txt" in outcome.message
    assert size(db, "documents") == 1
    newer = put(db, compose(coated()), path="two/b.txt", version="2")
    assert (newer.outcome, newer.source) == ("changed", "b.txt")
    assert [tuple(r) for r in db.execute("SELECT path, source FROM documents")] == [("one/a.txt", "a.txt")]


def test_a_file_that_becomes_the_copy_of_another_loses_its_own_facts(db: sqlite3.Connection) -> None:
    put(db, compose(coated()), path="a.txt")
    put(db, compose(bare()), path="b.txt")
    outcome = put(db, compose(coated()), path="b.txt")
    assert outcome.outcome == "changed"
    assert "a.txt" in outcome.message
    assert list(ids(db)) == ["98.3"]


def test_a_moved_file_is_known_under_its_new_path(db: sqlite3.Connection, tmp_path: Path) -> None:
    put(db, compose(coated()), path="old/a.txt", sha256="0" * 64)
    asked: dict[str, Any] = {"path": "new/b.txt", "sha256": "0" * 64, "extractor_version": "1"}
    outcome = standing(db, **asked, folder=tmp_path)
    assert outcome is not None
    assert (outcome.outcome, outcome.measurements) == ("unchanged", 1)
    assert "old/a.txt" in outcome.message
    assert [tuple(r) for r in db.execute("SELECT path, source FROM documents")] == [("new/b.txt", "b.txt")]
    assert standing(db, **{**asked, "sha256": "1" * 64}) is None
    assert standing(db, **{**asked, "extractor_version": "2"}) is None


def test_two_files_with_one_name_are_two_documents(db: sqlite3.Connection) -> None:
    put(db, compose(coated(), source="paper.txt"), path="one/paper.txt")
    put(db, compose(bare(), source="paper.txt"), path="two/paper.txt")
    assert size(db, "documents") == size(db, "papers") == 2


TITLE = "A blend of two polymers on copper"


@pytest.mark.parametrize(
    ("first", "second", "papers"),
    [
        ({"doi": "10.1/A"}, {"doi": "10.1/a"}, 1),
        ({"doi": "10.1/a"}, {"doi": "10.1/b"}, 2),
        ({"title": TITLE}, {"title": TITLE.upper() + "."}, 1),
        ({"title": TITLE, "doi": "10.1/a"}, {"title": TITLE}, 1),
        ({"title": TITLE}, {"title": TITLE, "doi": "10.1/a"}, 1),
        ({"title": TITLE, "doi": "10.1/a"}, {"title": TITLE, "doi": "10.1/b"}, 2),
        ({"title": "Supporting information"}, {"title": "Supporting information"}, 2),
        ({}, {}, 2),
    ],
)
def test_formats_of_one_paper_share_it(
    db: sqlite3.Connection, first: dict[str, Any], second: dict[str, Any], papers: int
) -> None:
    put(db, compose(coated(), source="a.txt", **first))
    put(db, compose(coated(), coated("97.1"), source="a.md", **second))
    assert size(db, "papers") == papers
    known = {d["doi"].lower() for d in (first, second) if "doi" in d}
    assert {r[0] for r in db.execute("SELECT doi FROM papers") if r[0]} == known
    if papers == 1:
        assert size(db, "experiments") == 1, "one test, told by two files"


def test_a_paper_is_left_when_its_document_says_otherwise(db: sqlite3.Connection) -> None:
    put(db, compose(coated(), source="a.txt", title=TITLE))
    put(db, compose(coated(), bare(), source="a.md", title=TITLE, doi="10.1/a", year=2020))
    other = "Quite another paper on lithium"
    put(db, compose(coated(), bare(), bare("90.0"), source="a.md", title=other, doi="10.1/b"))
    papers = [tuple(r) for r in db.execute("SELECT title, doi, year FROM papers ORDER BY id")]
    assert papers == [(TITLE, None, None), (other, "10.1/b", None)]
    assert not db.execute("PRAGMA foreign_key_check").fetchall()


def test_a_number_that_its_evidence_does_not_show_is_rejected(db: sqlite3.Connection) -> None:
    mined = compose(coated(), bare())
    first, second = mined.measurements
    off = dataclasses.replace(first, evidence=dataclasses.replace(first.evidence, start=0, end=4))
    outcome = put(db, dataclasses.replace(mined, measurements=(off, second)))
    assert (outcome.measurements, outcome.rejections) == (1, 1)
    row = db.execute("SELECT * FROM rejections").fetchone()
    assert "do not show the number '98.3'" in row["reason"]
    assert "coulombic_efficiency" in row["text"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"value": float("nan")}, "finite"), ({"value": float("inf")}, "finite"), ({"qualifier": "about"}, "qualifier"),
     ({"provenance": "guessed"}, "provenance"), ({"confidence": 1.2}, "confidence"), ({"value_max": 1.0}, "range")],
)  # fmt: skip
def test_a_record_outside_the_rules_is_rejected_and_the_rest_stands(
    db: sqlite3.Connection, change: dict[str, Any], reason: str
) -> None:
    outcome = put(db, compose(coated(**change), bare()))
    assert (outcome.measurements, outcome.rejections) == (1, 1)
    assert reason in db.execute("SELECT reason FROM rejections").fetchone()[0]


def test_every_stored_number_stands_where_its_offsets_say(db: sqlite3.Connection) -> None:
    wide = Said("In Ω·cm² − “so” 𝛼: 12.5 was read.", "12.5", BARE, "interfacial_resistance", "ohm cm^2")
    put(db, compose(wide, coated()))
    shown = db.execute(
        "SELECT m.value_reported, substr(d.original, e.start_offset + 1, e.end_offset - e.start_offset)"
        " FROM evidence AS e JOIN measurements AS m ON m.id = e.measurement_id"
        " JOIN documents AS d ON d.id = m.document_id"
    ).fetchall()
    assert len(shown) == 2
    assert all(reported == text for reported, text in shown)


def test_conflicts_are_named_by_id(db: sqlite3.Connection) -> None:
    put(db, compose(bare("80.0")), path="earlier.txt")
    mined = compose(coated("x.1", value=1.0), coated("98.3", flags=("conflicts_with:2",)), coated("97.0"))
    lost = dataclasses.replace(mined.measurements[0], value_reported="7")
    put(db, dataclasses.replace(mined, measurements=(lost, *mined.measurements[1:])))
    by_number = ids(db)
    flags = db.execute("SELECT flags FROM measurements WHERE value_reported = '98.3'").fetchone()[0]
    assert flags == f'["conflicts_with:{by_number["97.0"]}"]'


def test_materials_carry_their_chemistry(db: sqlite3.Connection) -> None:
    subject = Subject("layered anode", ("Cu3N", "PVDF", "MysteryMix"), "Cu", "artificial SEI", "electrospinning")
    put(db, compose(Said("It keeps 98.3 % for long.", "98.3", subject)))
    found = db.execute("SELECT name, material_class, formula, composition, elements FROM materials")
    rows = {r["name"]: tuple(r) for r in found}
    assert rows["Cu3N"][2:] == ("Cu3N", '{"Cu": 3.0, "N": 1.0}', '["Cu", "N"]')
    assert rows["PVDF"][1:] == ("polymer", None, None, "[]")
    assert rows["MysteryMix"][1:] == (None, None, None, "[]")
    assert tuple(db.execute("SELECT label, substrate, process FROM systems").fetchone()) == (
        "Cu3N/MysteryMix/PVDF on Cu", "Cu", "electrospinning")  # fmt: skip
    roles = db.execute(
        "SELECT name, role FROM system_components JOIN materials ON materials.id = material_id ORDER BY 2, 1"
    )
    assert [tuple(r) for r in roles] == [
        ("Cu3N", "component"), ("MysteryMix", "component"), ("PVDF", "component"), ("Cu", "substrate")]  # fmt: skip


def test_references_and_repairs_are_kept(db: sqlite3.Connection) -> None:
    listed = (Reference("35", "A. Author, 2020", doi="10.1/ABC"),)
    mined = compose(coated(cited_ref="35", provenance="cited"), references=listed)
    passage = dataclasses.replace(mined.document.passages[0], repairs=(Repair(4, 5, "\ufffd", "−", "minus"),))
    mined = dataclasses.replace(mined, document=dataclasses.replace(mined.document, passages=(passage,)))
    put(db, mined)
    assert db.execute("SELECT doi FROM citations").fetchone()[0] == "10.1/abc"
    assert tuple(db.execute("SELECT before_text, after_text, rule FROM repairs").fetchone()) == ("\ufffd", "−", "minus")


def test_runs_note_every_document(db: sqlite3.Connection) -> None:
    run = start_run(db, "1")
    put(db, compose(coated()), run=run)
    log_failure(db, run, "sub/bad.txt", "bad.txt: empty")
    assert db.execute("SELECT finished_at FROM runs").fetchone()[0] is None
    finish_run(db, run)
    assert db.execute("SELECT finished_at >= started_at FROM runs").fetchone()[0] == 1
    rows = db.execute("SELECT source, outcome, measurements, message FROM run_documents ORDER BY path")
    assert [tuple(r) for r in rows] == [("a.txt", "new", 1, ""), ("bad.txt", "failed", 0, "bad.txt: empty")]


def test_an_error_in_the_middle_leaves_the_base_as_it_was(db: sqlite3.Connection) -> None:
    put(db, compose(coated()))
    before = dump(db)
    broken = compose(coated("97.7"), coated("96.6", metric=None))
    with pytest.raises(sqlite3.IntegrityError):
        put(db, broken)
    assert dump(db) == before
    assert put(db, compose(coated("97.7"))).outcome == "changed"


numbers = st.sampled_from(["98.3", "97.1", "91.2", "88.0"])
documents = st.lists(st.one_of(st.builds(coated, numbers), st.builds(bare, numbers)), max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["a.txt", "b.txt"]), documents), min_size=1, max_size=5))
def test_any_history_ends_in_the_facts_of_the_last_files(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[Said]]]
) -> None:
    """However the files changed, the base holds what the last ones say; nothing is left of what they said before."""
    worn, fresh = (open_base(tmp_path_factory.mktemp("base") / "kb.sqlite", read_only=False) for _ in range(2))
    try:
        last = {}
        for path, sentences in steps:
            last[path] = compose(*sentences, source=path)
            put(worn, last[path])
        for mined in last.values():
            put(fresh, mined)
        for mined in [*last.values()] * 2:
            # A file whose twin stood for it comes into its own when the twin has changed, once it is seen again.
            put(worn, mined)
        told = "SELECT value, subject, is_control, evidence FROM measurement_view ORDER BY 1, 2, 4"
        assert [tuple(r) for r in worn.execute(told)] == [tuple(r) for r in fresh.execute(told)]
        for table in ("documents", "papers", "systems", "experiments", "materials", "passages", "evidence"):
            assert size(worn, table) == size(fresh, table), table
        assert not worn.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        worn.close()
        fresh.close()


INGESTER = """
import sys
from kb.store import ingest_document, open_base
from kb.testing import coated, compose

db = open_base(sys.argv[1], read_only=False)
seen = 0

def pause(sql):
    # In the third document, after its measurements were written and before their evidence is.
    global seen
    seen += sql.startswith("INSERT INTO") and "evidence" in sql[:30]
    if seen == 2 * 20 + 1:  # a row of evidence a sentence
        print("inside", flush=True)
        sys.stdin.readline()

db.set_trace_callback(pause)
for n in range(5):
    sentences = [coated(f"{90 + n}.{i}") for i in range(20)]
    ingest_document(db, compose(*sentences, source=f"{n}.txt"), path=f"{n}.txt", extractor_version="1")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_inside_an_ingestion_only_whole_documents_stand(base_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", INGESTER, str(base_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "inside\n"
    reader = open_base(base_path)
    assert reader.execute("SELECT count(*) FROM documents").fetchone()[0] == 2, "readers see whole documents only"
    reader.close()
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    db = open_base(base_path, read_only=False)
    try:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        counts = db.execute(
            "SELECT d.path, count(m.id), count(e.measurement_id) FROM documents AS d LEFT JOIN measurements AS m"
            " ON m.document_id = d.id LEFT JOIN evidence AS e ON e.measurement_id = m.id GROUP BY d.id"
        )
        assert [tuple(r) for r in counts] == [("0.txt", 20, 20), ("1.txt", 20, 20)]
        sentences = [coated(f"92.{i}") for i in range(20)]
        assert put(db, compose(*sentences, source="2.txt")).outcome == "new", "it goes on where it stopped"
    finally:
        db.close()
