"""Synthetic papers are like mined ones, and the same ones for the same seed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from kb.connection import bulk, open_base
from kb.query import count
from kb.store import ingest_document
from kb.synthetic import EXTRACTOR, fill, synthetic_documents
from schema.vocabulary import vocabulary


def test_every_measurement_may_stand_in_a_base(db: sqlite3.Connection) -> None:
    assert fill(db, 500, seed=2) == 500
    assert db.execute("SELECT count(*) FROM rejections").fetchone()[0] == 0
    units = {row["metric"]: row["unit"] for row in db.execute("SELECT DISTINCT metric, unit FROM measurements")}
    assert units == {name: vocabulary().metrics[name].unit for name in units}


def test_another_seed_makes_other_papers() -> None:
    one, two = (list(synthetic_documents(50, seed)) for seed in (1, 2))
    assert one != two


def test_the_shares_are_those_of_mined_papers() -> None:
    facts = [m for d in synthetic_documents(5000, seed=4) for m in d.measurements]
    qualifiers = Counter(m.qualifier for m in facts)
    assert qualifiers["="] / len(facts) == pytest.approx(288 / 425, abs=0.03)
    assert sum(m.metric == "coulombic_efficiency" for m in facts) / len(facts) == pytest.approx(37 / 340, abs=0.02)


def test_much_at_once_makes_the_same_base_as_one_after_the_other(tmp_path: Path) -> None:
    def dump(path: Path, at_once: bool) -> list[str]:
        db = open_base(path, read_only=False)
        if at_once:
            fill(db, 300, seed=3)
        else:
            for mined in synthetic_documents(300, seed=3):
                ingest_document(db, mined, path=mined.document.source, extractor_version=EXTRACTOR)
        assert count(db, "text MATCHES lithium") > 0
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.execute("INSERT INTO passages_text (passages_text, rank) VALUES ('integrity-check', 1)")
        skipped = ("passages_text", "sqlite_", "ANALYZE", "PRAGMA")
        lines = sorted(line for line in db.iterdump() if not any(word in line for word in skipped))
        db.close()
        return lines

    assert dump(tmp_path / "one.sqlite", at_once=True) == dump(tmp_path / "two.sqlite", at_once=False)


def test_much_at_once_that_fails_leaves_nothing_and_the_indexes(db: sqlite3.Connection) -> None:
    before = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    with pytest.raises(KeyboardInterrupt), bulk(db):
        for mined in synthetic_documents(50):
            ingest_document(db, mined, path=mined.document.source, extractor_version=EXTRACTOR)
        raise KeyboardInterrupt
    assert db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == before
    assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == 0
    assert db.execute("PRAGMA ignore_check_constraints").fetchone()[0] == 0
