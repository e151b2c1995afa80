"""Findings in a base: kept at ingestion, made anew when a paper changes, asked for in filters."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.audit import RULES, SEVERITIES, broken_evidence
from kb.audit.comparing import WIDE
from kb.audit.keeping import check_base, kept, refresh
from kb.audit.rules import PLACES
from kb.base import KnowledgeBase
from kb.store import ingest_document
from kb.testing import bare, coated, compose
from schema.errors import ReadOnly, UnknownName, UnknownPaper
from schema.records import Mined

ROOT = Path(__file__).parents[3]
PAPER = ROOT / "corpus" / "pmma_pvdf_cu.md"
DOI = "10.1039/d1ma00121c"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[KnowledgeBase]:
    shutil.copy(PAPER, tmp_path)
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as made:
        made.ingest([tmp_path / PAPER.name])
        yield made


def marks(db: sqlite3.Connection) -> list[tuple[str, tuple[int, ...]]]:
    return [(f.rule, f.measurements) for f in kept(db)]


def test_an_ingestion_keeps_what_a_check_finds(base: KnowledgeBase) -> None:
    found = base.audit.check()
    assert found == base.audit.findings()
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=SEVERITIES.index)
    assert {"ce_against_life", "tafel_against_impedance"} <= {f.rule for f in found}


def test_a_row_shows_what_is_found_of_it(base: KnowledgeBase) -> None:
    (life,) = base.find("cycling_hours > 1000")
    assert life["findings"] == ["ce_against_life:red"]
    shown = base.show(life["id"])
    assert shown["audits"] == [f.record() for f in base.audit.findings() if life["id"] in f.measurements]
    assert {r["id"] for r in base.export() if r["findings"]} == {
        i for f in base.audit.findings() for i in f.measurements
    }


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("cycling_hours > 100", 2), ("cycling_hours > 100 AND findings HAS ce_against_life", 2),
        ("cycling_hours > 100 AND findings HAS red", 1), ("cycling_hours > 100 AND NOT findings HAS red", 1),
        ("cycling_hours > 100 AND NOT findings HAS ANY (red, amber)", 0), ("findings HAS duplicate", 0),
        ("cycling_hours > 100 AND findings IS KNOWN", 2),
    ],
)  # fmt: skip
def test_filters_ask_for_findings(base: KnowledgeBase, asked: str, number: int) -> None:
    assert base.count(asked) == len(base.find(asked)) == number


def test_a_rule_that_there_is_none_of_is_told(base: KnowledgeBase) -> None:
    with pytest.raises(UnknownName, match="did you mean 'ce_against_life'"):
        base.find("findings HAS ce_against_live")
    with pytest.raises(UnknownName, match="did you mean 'ce_against_life'"):
        base.audit.findings(rules=["ce_against_live"])
    with pytest.raises(UnknownName, match="there are red, amber, note"):
        base.audit.findings(severity="bad")


def test_findings_are_chosen(base: KnowledgeBase) -> None:
    everything = base.audit.findings()
    assert [f.severity for f in base.audit.findings("red")] == ["red"]
    assert {f.rule for f in base.audit.findings(rules=["ce_against_life"])} == {"ce_against_life"}
    for name in (DOI, DOI.upper(), PAPER.name, "Gel fibres", "#1"):
        assert base.audit.findings(paper=name) == everything
    with pytest.raises(UnknownPaper):
        base.audit.findings(paper="10.1000/none")
    with pytest.raises(UnknownPaper):
        base.audit.findings(paper=" ")


def test_a_base_that_is_read_is_checked_and_nothing_is_kept(base: KnowledgeBase) -> None:
    with KnowledgeBase(base.path) as reading:
        assert reading.audit.check() == base.audit.check()
        with pytest.raises(ReadOnly):
            reading.audit.check(keep_found=True)
        with pytest.raises(ReadOnly):
            reading.audit.refresh()


def test_checking_keeps_the_same_again(base: KnowledgeBase) -> None:
    before = base.audit.findings()
    base.audit.check(keep_found=True)
    base.audit.refresh()
    assert base.audit.findings() == before


def contradicting(first: str, again: str, source: str = "a.txt", doi: str = "10.1000/a") -> Mined:
    later = coated(again)
    return compose(
        coated(first), replace(later, text=later.text.replace("keeps", "kept")), bare("70.2"), source=source, doi=doi
    )


def put(db: sqlite3.Connection, mined: Mined) -> None:
    ingest_document(db, mined, path=mined.document.source, extractor_version="1")


def test_a_paper_is_checked_again_when_it_changes_and_only_then(db: sqlite3.Connection) -> None:
    put(db, contradicting("98.3", "98.1"))
    put(db, contradicting("97.3", "97.1", "b.txt", "10.1000/b"))
    assert not kept(db)
    refresh(db)
    both = marks(db)
    assert [rule for rule, _ in both] == ["contradiction"] * 2
    put(db, contradicting("98.3", "98.3"))
    assert marks(db) == both[1:], "what was found of facts that are gone is gone at once"
    refresh(db)
    assert [rule for rule, _ in marks(db)] == ["contradiction", "duplicate"]
    assert marks(db)[0] == both[1]


def test_a_run_that_was_cut_short_is_made_up_for(base: KnowledgeBase, tmp_path: Path) -> None:
    writer = base._writing()
    whole = base.audit.findings()
    writer.execute("DELETE FROM findings")
    writer.execute("DELETE FROM audited")
    base.ingest([tmp_path / PAPER.name])
    assert base.audit.findings() == whole


def test_other_rules_check_everything_again(base: KnowledgeBase) -> None:
    writer = base._writing()
    whole = base.audit.findings()
    writer.execute("DELETE FROM findings")
    base.audit.refresh()
    assert not base.audit.findings()
    writer.execute("UPDATE audited SET rules = 'older'")
    base.audit.refresh()
    assert base.audit.findings() == whole


def test_part_of_a_base_is_checked_like_the_whole(db: sqlite3.Connection) -> None:
    for n in range(5):
        put(db, contradicting(f"9{n}.3", f"9{n}.1", f"{n}.txt", f"10.1000/{n}"))
    refresh(db)
    put(db, contradicting("89.5", "89.1", "new.txt", "10.1000/new"))
    refresh(db)
    assert kept(db) == check_base(db)
    assert len(kept(db)) == 6


def test_a_document_that_leaves_takes_its_findings_along(db: sqlite3.Connection) -> None:
    put(db, contradicting("98.3", "98.1"))
    refresh(db)
    db.execute("DELETE FROM documents")
    refresh(db)
    assert db.execute("SELECT count(*) FROM finding_measurements").fetchone()[0] == 0


def test_broken_evidence_is_found_and_kept_by_a_check(base: KnowledgeBase) -> None:
    assert broken_evidence(base._reader) == []
    base._writing().execute("UPDATE evidence SET start_offset = start_offset + 3, end_offset = end_offset + 3 "
                            "WHERE measurement_id = 5")  # fmt: skip
    (found,) = broken_evidence(base._reader)
    assert (found.rule, found.severity, found.measurements) == ("broken_evidence", "red", (5,))
    assert found in base.audit.check(keep_found=True)
    assert base.find("findings HAS broken_evidence")[0]["id"] == 5


def test_an_import_is_checked(tmp_path: Path) -> None:
    table = tmp_path / "cells.csv"
    table.write_text("sample,coulombic_efficiency [percent]\nPVDF,140\n")
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.import_table(table)
        assert [f.rule for f in base.audit.findings()] == ["impossible"]


def test_the_lists_of_rules_agree() -> None:
    assert {*WIDE, *PLACES} <= {*RULES}
