"""Numbers on which two formats of one paper do not agree."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from kb.audit.findings import Finding
from kb.audit.told import Row, Told, in_words
from kb.formats import ALIKE, NOT_THERE, found_alike


def formats_disagree(told: Told) -> Iterator[Finding]:
    """Find numbers that another format of the paper does not have, or has for another sample (``kb.formats``).

    Supporting information says other things than its paper, and is not compared.
    """
    documents: dict[int, list[Row]] = defaultdict(list)
    for row in told.rows:
        if row["supplement_of"] is None:
            documents[row["document_id"]].append(row)
    if len(documents) < 2:
        return
    records = {document: _by_metric(rows) for document, rows in documents.items()}
    seen: set[frozenset[int]] = set()
    for document, rows in documents.items():
        for row in rows:
            for other in documents:
                if other == document:
                    continue
                reading, found = found_alike(_record(row), records[other].get(row["metric"], ()))
                pair = frozenset((row["id"], found["id"] if found else -other))
                if reading == ALIKE or pair in seen:
                    continue
                seen.add(pair)
                yield _finding(row, found, documents[other][0]["source"], reading)


def _finding(row: Row, found: Any, source: str, reading: str) -> Finding:
    if reading == NOT_THERE:
        said = f"{in_words(row)} stands in {row['source']}, and is not read in {source}"
        return Finding("formats_disagree", "note", row["paper_id"], (row["id"],), said, f"look for it in {source}")
    said = (
        f"{in_words(row)} is of {row['subject']!r} in {row['source']}, of another sample in {source} (#{found['id']})"
    )
    return Finding(
        "formats_disagree", "amber", row["paper_id"], (row["id"], found["id"]), said,
        "see in the paper whose number it is",
    )  # fmt: skip


def _by_metric(rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        out[row["metric"]].append(_record(row))
    return out


def _record(row: Row) -> dict[str, Any]:
    columns = ("id", "metric", "value", "value_max", "unit", "is_control")
    return {**{name: row[name] for name in columns}, "subject": {"components": json.loads(row["components"])}}
