"""Records out of a base: the measurement record of each document, written as JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TextIO

from schema.records import Conditions, Evidence, Measurement, Subject, to_export
from schema.statements import statement

_RANGE = "cycle_range"
_FAR = "conditions_far"
_CONDITIONS = tuple(f.name for f in fields(Conditions))
_STORED = tuple(c for c in _CONDITIONS if c not in (_RANGE, _FAR))

# A flat record: the keys of the measurement record, with those of its objects in their place.
COLUMNS = (
    "id", "source", "doi", "metric", "value", "value_max", "qualifier", "unit", "value_reported", "unit_reported",
    "subject", "components", "substrate", "strategy", "is_control", *_CONDITIONS, "provenance", "cited_ref",
    "evidence", "evidence_start", "evidence_end", "section", "page", "confidence", "flags", "status", "mined",
    "findings",
)  # fmt: skip


def measurement_of(row: Mapping[str, Any]) -> Measurement:
    """Read a measurement from a row of the statement ``export_records``."""
    span = None if row["cycle_first"] is None else (row["cycle_first"], row["cycle_last"])
    stored = {name: row[name] for name in _STORED}
    return Measurement(
        metric=row["metric"],
        value=row["value"],
        value_max=row["value_max"],
        qualifier=row["qualifier"],
        unit=row["unit"],
        value_reported=row["value_reported"],
        unit_reported=row["unit_reported"],
        subject=Subject(row["subject"], tuple(json.loads(row["components"])), row["substrate"], row["strategy"]),
        is_control=bool(row["is_control"]),
        conditions=Conditions(**stored, cycle_range=span, conditions_far=tuple(json.loads(row["conditions_far"]))),
        provenance=row["provenance"],
        cited_ref=row["cited_ref"],
        evidence=Evidence(row["evidence_text"], row["start_offset"], row["end_offset"], row["section"], row["page"]),
        confidence=row["confidence"],
        flags=tuple(json.loads(row["flags"])),
    )


def export_records(db: sqlite3.Connection, min_confidence: float = 0.0) -> Iterator[dict[str, Any]]:
    """Give every measurement of a base as a record, as :func:`schema.records.to_export` shapes it, with its findings.

    They come by document (file name, then path) in the order in which each document states them, so that two bases
    with the same facts give the same records but for the ids.  On what somebody decided, ``status`` and ``mined`` are
    added: what was mined in place of what was corrected.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    min_confidence : records below it are left out
    """
    for row in db.execute(statement("export_records"), {"least": min_confidence}):
        record = to_export(measurement_of(row), id=row["id"], source=row["source"], doi=row["doi"])
        record["findings"] = json.loads(row["findings"])
        if row["status"] != "mined":
            record |= {"status": row["status"], "mined": json.loads(row["mined"] or "{}")}
        yield record


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a record flat for a table: objects give their keys, lists become text parted by "; ".

    Examples
    --------
    >>> subject = Subject("PMMA/PVDF layer", ("PMMA", "PVDF"), "Cu", "surface coating")
    >>> fact = Measurement("coulombic_efficiency", 98.3, "percent", subject, Evidence("98.3%", 0, 4))
    >>> row = flat(to_export(fact, id=1, source="a.txt", doi=None))
    >>> row["components"], row["substrate"], row["cycles"]
    ('PMMA; PVDF', 'Cu', None)
    """
    subject, conditions, evidence = record["subject"], record["conditions"], record["evidence"]
    row = {
        **{name: record.get(name) for name in COLUMNS},
        "subject": subject["name"],
        "components": subject["components"],
        "substrate": subject["substrate"],
        "strategy": subject["strategy"],
        **{name: conditions.get(name) for name in _CONDITIONS},
        "evidence": evidence["text"],
        "evidence_start": evidence["start"],
        "evidence_end": evidence["end"],
        "section": evidence["section"],
        "page": evidence["page"],
    }
    row |= {"status": record.get("status", "mined"), "mined": _line(record["mined"]) if record.get("mined") else None}
    row[_RANGE] = "-".join(map(str, row[_RANGE] or ()))
    return {name: "; ".join(value) if isinstance(value, list) else value for name, value in row.items()}


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def write_jsonl(records: Iterable[Mapping[str, Any]], stream: TextIO) -> int:
    """Write one JSON object a line; give how many."""
    number = 0
    for record in records:
        stream.write(_line(record) + "\n")
        number += 1
    return number


def write_json(records: Iterable[Mapping[str, Any]], stream: TextIO) -> int:
    """Write one JSON array, a record a line; give how many."""
    number = 0
    for record in records:
        stream.write((",\n" if number else "[\n") + _line(record))
        number += 1
    stream.write("\n]\n" if number else "[]\n")
    return number


def write_csv(records: Iterable[Mapping[str, Any]], stream: TextIO) -> int:
    """Write a table with the columns ``COLUMNS``, empty where not known; give how many rows."""
    table = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    table.writeheader()
    number = 0
    for record in records:
        table.writerow(flat(record))
        number += 1
    return number


FORMATS: Mapping[str, Callable[[Iterable[Mapping[str, Any]], TextIO], int]] = {
    "jsonl": write_jsonl,
    "json": write_json,
    "csv": write_csv,
}
