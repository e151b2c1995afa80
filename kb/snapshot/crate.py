"""Describes a snapshot as a Research Object Crate: ``ro-crate-metadata.json``, version 1.1.

References
----------
https://w3id.org/ro/crate/1.1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.snapshot.datapackage import media_type
from kb.snapshot.withholding import Source

FILE = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.1"
# The context of version 1.1 is older than this term of schema.org.
_TERMS = {"sha256": "http://schema.org/sha256"}
_SOFTWARE = "#lithium-anode-kb"
_LICENCES = "#licences"
_MADE = "#made"


def crate(
    about: Mapping[str, Any],
    sources: Iterable[Source],
    files: Mapping[str, tuple[int, str]],
    meanings: Mapping[str, str],
) -> dict[str, Any]:
    """Give the description, JSON-ready.

    Parameters
    ----------
    about : what ``snapshot.json`` holds
    sources : the documents of the base
    files : name in the folder -> size in bytes, SHA-256
    meanings : name in the folder -> what the file is
    """
    cited = _papers(sources)
    parts = [_file(name, size, digest, meanings[name]) for name, (size, digest) in files.items()]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about["title"],
        "description": about["description"],
        "datePublished": about["date"],
        "version": about["base"],
        "license": {"@id": _LICENCES},
        "hasPart": [{"@id": part["@id"]} for part in parts],
        "citation": [{"@id": paper["@id"]} for paper in cited],
    }
    return {
        "@context": [f"{VERSION}/context", _TERMS],
        "@graph": [
            {"@id": FILE, "@type": "CreativeWork", "conformsTo": {"@id": VERSION}, "about": {"@id": "./"}},
            root,
            *parts,
            {
                "@id": _LICENCES,
                "@type": "CreativeWork",
                "name": "Licences of the sources",
                "description": "No licence is granted for the collection as a whole.  The text of each source is under "
                "the licence of that source, which datapackage.json names.",
            },
            {
                "@id": _SOFTWARE,
                "@type": "SoftwareApplication",
                "name": "lithium-anode-kb",
                "version": about["program"],
                "softwareVersion": about["program"],
            },
            {
                "@id": _MADE,
                "@type": "CreateAction",
                "name": "kb snapshot --public" if about["public"] else "kb snapshot",
                "instrument": {"@id": _SOFTWARE},
                "result": {"@id": "./"},
            },
            *cited,
        ],
    }


def _file(name: str, size: int, digest: str, meaning: str) -> dict[str, Any]:
    return {
        "@id": name, "@type": "File", "name": name, "description": meaning, "encodingFormat": media_type(name),
        "contentSize": str(size), "sha256": digest,
    }  # fmt: skip


def _papers(sources: Iterable[Source]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for source in sources:
        number = f"https://doi.org/{source.doi}" if source.doi else f"#paper-{source.paper}"
        paper = found.setdefault(number, {"@id": number, "@type": "ScholarlyArticle"})
        paper["name"] = source.title or source.file
        if source.terms.url:
            paper["license"] = source.terms.url
    return list(found.values())
