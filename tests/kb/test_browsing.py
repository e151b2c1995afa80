"""What the screens ask of a base."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import bare, coated, compose, layer
from schema.records import Reference

ROOT = Path(__file__).parents[2]


@pytest.fixture
def base(base_path: Path) -> KnowledgeBase:
    db = open_base(base_path, read_only=False)
    mined = compose(coated(), coated("97.0", provenance="cited", cited_ref="1"), bare(), title="A coating", year=2021,
                    doi="10.1000/one", references=(Reference("1", "Somebody else"),), licence="CC BY 4.0",
                    coatings=(layer(("mechanism", "self-healing"), ("process", "electrospinning")),))  # fmt: skip
    ingest_document(db, mined, path="a.txt", extractor_version="1")
    ingest_document(db, compose(bare("80.0"), source="si.txt"), path="si.txt", extractor_version="1")
    db.close()
    return KnowledgeBase(base_path)


def test_the_base_is_counted(base: KnowledgeBase) -> None:
    assert base.browsing.counts() == {"papers": 2, "documents": 2, "systems": 2, "measurements": 4, "rejections": 0}
    assert base.browsing.metrics() == {"coulombic_efficiency": 4}
    assert base.browsing.extents(["coulombic_efficiency", "cycling_hours"]) == {"coulombic_efficiency": (80.0, 98.3)}


def test_coverage_counts_neither_controls_nor_what_is_cited(base: KnowledgeBase) -> None:
    assert base.browsing.coverage() == [
        {"strategy": "surface coating", "metric": "coulombic_efficiency", "papers": 1, "measurements": 1}
    ]


def test_the_newest_come_first(base: KnowledgeBase) -> None:
    assert [row["source"] for row in base.browsing.newest(5)] == ["si.txt", "a.txt"]
    assert len(base.browsing.newest(1)) == 1


def test_a_base_that_was_not_audited_has_no_findings(base: KnowledgeBase) -> None:
    assert base.browsing.findings(5) == []


def test_a_candidate_is_told_with_its_controls(base: KnowledgeBase) -> None:
    own, cited, _, _ = base.find(sort=["id"])
    found = base.browsing.candidate(own["paper_id"], own["system_id"])
    assert found["system"] == "PMMA/PVDF on Cu"
    assert [(p["name"], p["role"]) for p in found["parts"]] == [
        ("PMMA", "component"), ("PVDF", "component"), ("Cu", "substrate")
    ]  # fmt: skip
    assert {t["name"] for t in found["traits"]} == {"self-healing", "electrospinning"}
    by_id = {row["id"]: row for row in found["measurements"]}
    assert by_id.keys() == {own["id"], cited["id"]}
    assert by_id[own["id"]]["control"]["value"] == 91.2
    assert by_id[own["id"]]["control_alike"]
    assert by_id[own["id"]]["effect"].startswith("loss x")
    assert by_id[cited["id"]]["control"] is None  # of another work
    assert base.browsing.candidate(own["paper_id"], 999) != found
    assert base.browsing.candidate(999, 999) == {}


def test_a_paper_is_told_with_its_text(base: KnowledgeBase) -> None:
    row = base.find()[0]
    paper = base.browsing.paper(row["paper_id"])
    assert (paper["doi"], paper["licence"]) == ("10.1000/one", "CC BY 4.0")
    assert [(d["source"], d["measurements"]) for d in paper["documents"]] == [("a.txt", 3)]
    text = base.browsing.text(paper["documents"][0]["id"])
    assert [n["shown"] for n in text["numbers"]] == ["98.3", "97.0", "91.2"]
    assert text["citations"][0]["text"] == "Somebody else"
    assert (text["original"], len(text["passages"])) == ("", 3)
    assert base.browsing.paper(999) == {}
    assert base.browsing.text(999)["passages"] == []


def test_papers_and_candidates_are_found_by_parts_of_their_names(base: KnowledgeBase) -> None:
    assert {(row["name"], row["system_id"] is None) for row in base.browsing.named("pvdf", 5)} == {
        ("PMMA/PVDF on Cu", False)
    }
    assert [row["name"] for row in base.browsing.named("coat", 5)] == ["A coating"]
    assert base.browsing.named("100%_", 5) == []


def test_a_question_can_be_interrupted(base: KnowledgeBase) -> None:
    import sqlite3

    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    failed: list[Exception] = []

    def ask() -> None:
        try:
            base._reader.execute(endless).fetchall()
        except sqlite3.OperationalError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.2)
    base.browsing.interrupt()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert str(failed[0]) == "interrupted"
