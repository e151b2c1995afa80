"""What another format of one paper says of a record: the PDF beside the XML, the text beside the Markdown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from kb.claims import of_record, same_sample, same_value
from schema.statements import statement

ALIKE, OTHERWISE, NOT_THERE = "alike", "another sample", "not there"
READINGS = (ALIKE, OTHERWISE, NOT_THERE)


def found_alike(record: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any] | None]:
    """Find a record among those of another format of its paper.

    Parameters
    ----------
    record, others : as they are exported (``schema.records.to_export``)

    Returns
    -------
    tuple
        One of READINGS and the record that says so: the same metric, number and unit on the same sample, or only on
        another one; nothing where no record has the number for that metric.
    """
    mine, elsewhere = of_record(record), None
    for other in others:
        theirs = of_record(other)
        if same_value(mine, theirs):
            if same_sample(mine, theirs):
                return ALIKE, other
            elsewhere = elsewhere or other
    return (OTHERWISE, elsewhere) if elsewhere else (NOT_THERE, None)


def reading_of(record: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> str:
    """Say what the records of another format say of a record: one of READINGS.

    Examples
    --------
    >>> def reads(value, *parts, control=False):
    ...     return {"metric": "overpotential", "value": value, "unit": "mV", "subject": {"components": parts},
    ...             "is_control": control}
    >>> others = [reads(20.0, "PVDF"), reads(32.0, "Cu", control=True)]
    >>> [reading_of(r, others) for r in (reads(20.0, "PVDF"), reads(32.0, "PVDF"), reads(7.0, "PVDF"))]
    ['alike', 'another sample', 'not there']
    """
    return found_alike(record, others)[0]


def other_formats(db: sqlite3.Connection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Say what the other files of a paper, its supporting information aside, say of a measurement.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    row : of ``measurement_view``

    Returns
    -------
    list of dict
        For each file ``source``, ``format``, ``reading`` (one of READINGS) and ``id``, of the measurement that says
        so, or None; empty where the base has no other file of the paper.
    """
    told = []
    for document in db.execute(statement("other_formats"), {"document": row["document_id"]}):
        asked = {"document": document["id"], "metric": row["metric"]}
        others = [_record(other) for other in db.execute(statement("metric_in_document"), asked)]
        reading, found = found_alike(_record(row), others)
        place = {"source": document["source"], "format": document["format"]}
        told.append({**place, "reading": reading, "id": found["id"] if found else None})
    return told


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a row is compared in the form in which it is exported."""
    columns = ("id", "metric", "value", "value_max", "unit", "is_control")
    return {**{name: row[name] for name in columns}, "subject": {"components": json.loads(row["components"])}}
