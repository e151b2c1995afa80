"""What another file of one paper says of a record, and how kb show tells it."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.formats import ALIKE, NOT_THERE, OTHERWISE, READINGS, found_alike, reading_of
from kb.store import ingest_document, open_base
from kb.supplements import main_text
from kb.testing import BARE, Said, bare, coated, compose
from schema.records import Conditions

DOI = "10.1000/one"
records = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["overpotential", "voltage_hysteresis"]),
        "value": st.sampled_from([20.0, 32.0]),
        "unit": st.just("mV"),
        "subject": st.fixed_dictionaries({"components": st.sampled_from([["PVDF"], ["Cu"], ["PVDF", "LiF"]])}),
        "is_control": st.booleans(),
    }
)


@given(records, st.lists(records, max_size=4))
def test_what_is_said_in_both_is_alike_and_more_records_never_undo_it(
    record: dict[str, object], others: list[dict[str, object]]
) -> None:
    assert reading_of(record, []) == NOT_THERE
    assert reading_of(record, [*others, record]) == ALIKE
    reading, found = found_alike(record, others)
    assert reading in READINGS
    assert (found is None) == (reading == NOT_THERE)
    if found is not None:
        assert (found["metric"], found["value"]) == (record["metric"], record["value"])


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Hold one paper as text and as Markdown; the second misses a number and gives another to the control."""
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    swapped = replace(coated("97.0"), subject=BARE, more={"is_control": True})
    first = compose(coated(), bare(), coated("97.0"), doi=DOI)
    second = compose(coated(), swapped, source="a.md", doi=DOI)
    other = compose(coated(), source="b.txt", doi="10.1000/two")
    for mined, name in ((first, "a.txt"), (second, "a.md"), (other, "b.txt")):
        ingest_document(db, mined, path=name, extractor_version="t", sha256=name)
    db.close()
    return path


def test_each_measurement_is_looked_for_in_the_other_file_of_its_paper(base: Path) -> None:
    with KnowledgeBase(base) as opened:
        told = {(row["source"], row["value"]): opened.show(row["id"])["formats"] for row in opened.find()}
        ids = {(row["source"], row["value"]): row["id"] for row in opened.find()}
    assert [f["reading"] for f in told["a.txt", 98.3]] == [ALIKE]
    assert told["a.txt", 98.3][0]["id"] == ids["a.md", 98.3]
    assert told["a.txt", 91.2] == [{"source": "a.md", "format": "text", "reading": NOT_THERE, "id": None}]
    assert [f["reading"] for f in told["a.md", 97.0]] == [OTHERWISE]
    assert told["b.txt", 98.3] == []  # another paper


def test_the_card_says_so_and_the_confidence_stays(base: Path) -> None:
    def card(source: str, value: float) -> str:
        with sqlite3.connect(base) as db:
            sql = "SELECT id FROM measurement_view WHERE source = ? AND value = ?"
            (id,) = db.execute(sql, (source, value)).fetchone()
        return CliRunner().invoke(cli, ["show", str(id), "--db", str(base)], prog_name="kb").stdout

    assert re.search(r"also in +a\.md, read alike \(#\d+\)", card("a.txt", 98.3))
    assert "careful" not in card("a.txt", 98.3)
    assert re.search(r"careful +not read in a\.md, the same paper", card("a.txt", 91.2))
    assert re.search(r"careful +a\.txt gives it to another sample \(#\d+\)", card("a.md", 97.0))
    assert "also in" not in card("b.txt", 98.3)
    with KnowledgeBase(base) as opened:
        assert {row["confidence"] for row in opened.find()} == {coated_confidence()}


def coated_confidence() -> float:
    return compose(coated()).measurements[0].confidence


def test_supporting_information_is_no_other_format(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated(), doi=DOI), path="a.txt", extractor_version="t")
    beside = compose(Said("It has 41 % pores.", "41", BARE, "porosity", "percent", Conditions()), source="a_si.txt")
    ingest_document(db, beside, path="a_si.txt", extractor_version="t", main=main_text("a.txt", tmp_path))
    db.close()
    with KnowledgeBase(path) as opened:
        assert [opened.show(row["id"])["formats"] for row in opened.find()] == [[], []]
