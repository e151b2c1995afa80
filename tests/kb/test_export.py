"""What goes in comes out: a record leaves the base as the miner made it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from array import array
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.export import COLUMNS, FORMATS, export_records, flat, write_csv, write_json, write_jsonl
from kb.store import ingest_document, open_base
from kb.testing import bare, coated, compose
from schema.records import (
    PROVENANCES,
    QUALIFIERS,
    Conditions,
    Document,
    Evidence,
    Measurement,
    Mined,
    Passage,
    Subject,
    from_export,
    to_export,
)

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
names = words.filter(bool)
amounts = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10_000)
NUMBERS = ("current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "at_cycle", "c_rate", "temperature_C",
           "time_h", "np_ratio")  # fmt: skip
known = {name: st.none() | amounts for name in NUMBERS}
conditions = st.builds(
    Conditions, **known, cycle_range=st.none() | st.tuples(counts, counts), electrolyte=st.none() | names,
    electrolyte_class=st.none() | names, cell=st.none() | names, conditions_far=st.lists(names, max_size=3).map(tuple),
)  # fmt: skip
subjects = st.builds(Subject, names, st.lists(names, max_size=3).map(tuple), st.none() | names, names)


@st.composite
def mined_documents(draw: st.DrawFn) -> Mined:
    facts, original = [], ""
    for n in range(draw(st.integers(0, 4))):
        reported = str(draw(counts))
        original += draw(words)
        start = len(original)
        original += reported
        low, high = sorted((draw(amounts), draw(amounts)))
        facts.append(
            Measurement(
                metric=draw(names), value=low, unit=draw(words), subject=draw(subjects),
                evidence=Evidence(draw(words), start, len(original), draw(words), draw(st.none() | counts), n),
                value_max=draw(st.none() | st.just(high)), qualifier=draw(st.sampled_from(QUALIFIERS)),
                value_reported=reported, unit_reported=draw(words), is_control=draw(st.booleans()),
                conditions=draw(conditions), provenance=draw(st.sampled_from(PROVENANCES)),
                cited_ref=draw(st.none() | names), confidence=draw(st.floats(0, 1)),
                flags=tuple(draw(st.lists(names.filter(lambda f: not f.startswith("conflicts_with:")), max_size=2))),
            )
        )  # fmt: skip
    passages = (Passage(original, array("I", range(len(original) + 1))),)
    return Mined(Document("a b.txt", original, "text", passages, doi=draw(st.none() | st.just("10.1/x"))), tuple(facts))


@settings(max_examples=60, deadline=None)
@given(mined=mined_documents())
def test_a_record_leaves_the_base_as_it_was_mined(tmp_path_factory: pytest.TempPathFactory, mined: Mined) -> None:
    db = open_base(tmp_path_factory.mktemp("base") / "kb.sqlite", read_only=False)
    try:
        outcome = ingest_document(db, mined, path="a b.txt", extractor_version="1")
        records = list(export_records(db))
    finally:
        db.close()
    assert outcome.rejections == 0
    assert [r["id"] for r in records] == list(range(1, len(mined.measurements) + 1))
    expected = [
        to_export(m, id=n, source="a b.txt", doi=mined.document.doi) for n, m in enumerate(mined.measurements, start=1)
    ]
    assert records == [{**record, "findings": []} for record in expected]  # the rules look at it later
    assert [from_export(r) for r in records] == [from_export(r) for r in expected]


@pytest.fixture
def records(db: sqlite3.Connection) -> list[dict[str, Any]]:
    ingest_document(db, compose(bare(), source="b.txt"), path="x/b.txt", extractor_version="1")
    spread = coated(value_max=99.0, qualifier="range", flags=("out_of_range", "odd"))
    mined = compose(spread, coated("97,5", value=97.5))
    ingest_document(db, mined, path="a.txt", extractor_version="1")
    return list(export_records(db))


def test_the_order_is_that_of_the_documents_whenever_they_came(records: list[dict[str, Any]]) -> None:
    assert [(r["source"], r["value"]) for r in records] == [("a.txt", 98.3), ("a.txt", 97.5), ("b.txt", 91.2)]


def test_every_format_says_how_many(records: list[dict[str, Any]]) -> None:
    for write in FORMATS.values():
        assert write(records, io.StringIO()) == 3
        assert write([], io.StringIO()) == 0


def test_json_and_json_lines_are_read_back(records: list[dict[str, Any]]) -> None:
    lines, whole, none = io.StringIO(), io.StringIO(), io.StringIO()
    write_jsonl(records, lines)
    write_json(records, whole)
    write_json([], none)
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == records
    assert json.loads(whole.getvalue()) == records
    assert json.loads(none.getvalue()) == []


def test_a_table_has_every_key_and_is_read_back(records: list[dict[str, Any]]) -> None:
    table = io.StringIO()
    write_csv(records, table)
    rows = list(csv.DictReader(io.StringIO(table.getvalue())))
    assert list(rows[0]) == list(COLUMNS)
    first = rows[0]
    assert (first["value"], first["value_max"], first["components"], first["flags"]) == (
        "98.3", "99.0", "PMMA; PVDF", "out_of_range; odd")  # fmt: skip
    assert (first["cycles"], first["temperature_C"], first["cell"]) == ("260.0", "", "Li|Cu half")
    assert rows[1]["value_reported"] == "97,5"


def test_no_key_of_a_record_is_lost_in_a_table(records: list[dict[str, Any]]) -> None:
    def leaves(value: Any) -> list[Any]:
        return [x for v in value.values() for x in leaves(v)] if isinstance(value, dict) else [value]

    for record in records:
        row = list(flat(record).values())
        for leaf in leaves(record):
            assert ("; ".join(leaf) if isinstance(leaf, list) else leaf) in row


def test_an_empty_table_has_its_head() -> None:
    table = io.StringIO()
    assert write_csv([], table) == 0
    assert table.getvalue() == ",".join(COLUMNS) + "\n"
