"""Describes a snapshot as a Frictionless Data Package: ``datapackage.json``, version 1 of the standard.

References
----------
https://specs.frictionlessdata.io/data-package, /tabular-data-resource, /table-schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.snapshot.tables import Field, Listing
from kb.snapshot.withholding import Source

FILE = "datapackage.json"
# What a column of this name says of another table of the package.
_REFERS = {"paper_id": "papers", "document_id": "documents"}
_MEDIA = {
    ".sqlite": "application/vnd.sqlite3", ".csv": "text/csv", ".parquet": "application/vnd.apache.parquet",
    ".bib": "application/x-bibtex", ".json": "application/json", "": "text/plain",
}  # fmt: skip


def media_type(name: str) -> str:
    """Give the media type of a file of a snapshot by its name.

    Examples
    --------
    >>> media_type("tables/papers.csv"), media_type("SHA256SUMS")
    ('text/csv', 'text/plain')
    """
    return _MEDIA["." + name.rpartition(".")[2] if "." in name else ""]


def datapackage(
    about: Mapping[str, Any],
    sources: Iterable[Source],
    files: Mapping[str, tuple[int, str]],
    tables: Mapping[str, Listing],
) -> dict[str, Any]:
    """Give the description, JSON-ready.

    Parameters
    ----------
    about : what ``snapshot.json`` holds
    sources : the documents of the base
    files : name in the folder -> size in bytes, SHA-256
    tables : name of a CSV file -> what is in it
    """
    public = about["public"]
    return {
        "profile": "data-package",
        "name": "lithium-anode-kb-snapshot",
        "title": about["title"],
        "description": about["description"],
        "version": about["base"],
        "created": f"{about['date']}T00:00:00Z",
        "sources": [_source(s, public) for s in sources],
        "resources": [
            {
                "name": name.lower().replace("/", "-").replace(".", "-").replace("_", "-"),
                "path": name,
                **(_tabular(tables[name]) if name in tables else {"format": name.rpartition(".")[2], "type": "file"}),
                "mediatype": media_type(name),
                "encoding": "utf-8",
                "bytes": size,
                "hash": f"sha256:{digest}",
            }
            for name, (size, digest) in files.items()
        ],
    }


def _source(source: Source, public: bool) -> dict[str, Any]:
    kept_back = public and not source.terms.allowed
    return {
        "title": source.title or source.file,
        **({"path": f"https://doi.org/{source.doi}"} if source.doi else {}),
        "file": source.file,
        "licence": source.terms.name or source.licence or "unknown",
        **({"licence_url": source.terms.url} if source.terms.url else {}),
        "text": "left out" if kept_back else "included",
        **({"reason": source.terms.reason} if kept_back else {}),
    }


def _tabular(listing: Listing) -> dict[str, Any]:
    names = [field.name for field in listing.fields]
    schema: dict[str, Any] = {"fields": [_described(field) for field in listing.fields], "missingValues": [""]}
    if names[0] == "id":
        schema["primaryKey"] = ["id"]
    keys = [
        {"fields": [name], "reference": {"resource": f"tables-{table}-csv", "fields": ["id"]}}
        for name, table in _REFERS.items()
        if name in names
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource", "type": "table", "format": "csv", "description": listing.meaning,
        "dialect": {"lineTerminator": "\n"}, "schema": schema,
    }  # fmt: skip


def _described(field: Field) -> dict[str, Any]:
    truth = {"trueValues": ["1"], "falseValues": ["0"]} if field.type == "boolean" else {}
    return {"name": field.name, "type": field.type, "description": field.meaning, "unit": field.unit, **truth}
