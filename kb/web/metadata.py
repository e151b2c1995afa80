"""What Datasette is told of the base: meanings and units of columns, facets, full text, named queries, licences."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from kb.connection import open_base
from kb.named import SQL, Named, all_named
from kb.snapshot.withholding import sources
from schema.tables import Column, Table, tables

BASE = "kb"  # in addresses, whatever the file is called
# Columns to count rows by, those of JSON arrays by their items.
_ITEMS = {"components", "elements", "flags", "findings", "mechanisms", "products", "steps"}
_FACETS = {
    "measurement_view": ("metric", "strategy", "cell", "provenance", "findings"),
    "measurements": ("metric", "provenance", "status"),
    "experiments": ("cell", "electrolyte_class", "is_control"),
    "systems": ("strategy", "substrate"),
    "materials": ("material_class",),
    "papers": ("year", "journal", "licence"),
    "documents": ("format", "licence"),
    "passages": ("kind",),
    "traits": ("kind",),
    "findings": ("rule", "severity"),
    "rejections": ("reason",),
    "decisions": ("action", "author"),
    "citations": ("year",),
}
# The column whose passage the words of a row stand in.
_FULL_TEXT = {"passages": "id", "measurement_view": "passage_id", "evidence": "passage_id", "traits": "passage_id"}
_LABELS = {"papers": "title", "documents": "source", "systems": "label", "coatings": "name", "measurements": "metric"}
_HIDDEN = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")


def metadata(path: Path) -> dict[str, Any]:
    """Give Datasette's metadata for a base.

    Raises
    ------
    BadBase
        Where there is no base that can be read.
    """
    db = open_base(path)
    try:
        found = sources(db)
    finally:
        db.close()
    stated = Counter(source.terms.name or "none that is known" for source in found)
    licences = ", ".join(f"{name} ({number})" for name, number in stated.most_common())
    return {
        "title": "Lithium-anode knowledge base",
        "license": f"of the documents: {licences}" if found else "no documents yet",
        "license_url": "/sources",
        "source": "the papers it was mined from",
        "source_url": "/sources",
        "databases": {
            BASE: {
                "tables": {table.name: _of_table(table) for table in tables().values()}
                | {name: {"hidden": True} for name in _HIDDEN},
                "queries": {query.name: _of_query(query) for query in named_sql()},
            }
        },
    }


def named_sql() -> list[Named]:
    """Give the named questions in SQL: those of the project, and the user's own."""
    return [query for (_, kind), query in all_named().items() if kind == SQL]


def described(column: Column) -> str:
    """Say what a column means, with its unit.

    Examples
    --------
    >>> described(tables()["experiments"].columns[6])
    '[mA/cm^2] of plating or stripping'
    """
    return f"[{column.unit}] {column.meaning}"


def _of_table(table: Table) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": table.meaning,
        "columns": {column.name: described(column) for column in table.columns},
        "facets": [{"array": name} if name in _ITEMS else name for name in _FACETS.get(table.name, ())],
    }
    if table.name in _FULL_TEXT:
        told |= {"fts_table": "passages_text", "fts_pk": _FULL_TEXT[table.name]}
    if table.name in _LABELS:
        told["label_column"] = _LABELS[table.name]
    if table.name == "measurement_view":
        told["sort"] = "id"
    return told


def _of_query(query: Named) -> dict[str, Any]:
    return {"sql": query.text, "title": query.name.replace("_", " "), "description": query.meaning}
