"""Readers and miners of other packages, found by the entry points that these declare.

``lithium_anode_kb.readers``: a suffix (``.org``) and a function that reads the file at a path into a Document.
``lithium_anode_kb.miners``: a name and a function of a Document, and of the main text that it supplements (or None),
that gives a Mined.  What the package has itself cannot be replaced so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from schema.errors import BadExtension, UnknownMetric, UnreadableDocument
from schema.records import Document, Mined
from schema.vocabulary import vocabulary

READERS = "lithium_anode_kb.readers"
MINERS = "lithium_anode_kb.miners"


@lru_cache(maxsize=2)
def declared(group: str) -> Mapping[str, EntryPoint]:
    """Give what installed packages declare in a group, by name; nothing of it is imported.

    Raises
    ------
    BadExtension
        Where two packages declare one name.
    """
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        name = entry.name.lower() if group == READERS else entry.name
        if name in found and found[name].value != entry.value:
            raise BadExtension(entry.name, f"both {found[name].value} and {entry.value} declare it; uninstall one")
        found[name] = entry
    return found


def _load(group: str, name: str) -> Callable[..., Any]:
    entry = declared(group)[name]
    try:
        work = entry.load()
    except (ImportError, AttributeError) as error:
        raise BadExtension(name, f"{entry.value} cannot be loaded ({error}); mend or uninstall its package") from error
    if not callable(work):
        raise BadExtension(name, f"{entry.value} is no function; mend or uninstall its package")
    return work


def read_with(suffix: str, path: Path) -> Document:
    """Read a file by the reader declared for its suffix.

    Raises
    ------
    BadExtension
        Where that cannot be loaded, or gives no Document whose passages point into its original.
    UnreadableDocument
        Where it cannot read the file.
    """
    try:
        document = _load(READERS, suffix)(path)
    except UnreadableDocument:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableDocument(path.name, f"cannot be read ({error}); check the file") from error
    if not isinstance(document, Document):
        raise BadExtension(suffix, f"its reader gives a {type(document).__name__}, not a Document")
    ends = (passage.offsets[-1] for passage in document.passages)
    if any(len(p.offsets) != len(p.text) + 1 for p in document.passages) or max(ends, default=0) > len(
        document.original
    ):
        raise BadExtension(suffix, "its reader gives passages whose offsets do not point into the original")
    return document


def mine_with(name: str, document: Document, main: Document | None) -> Mined:
    """Mine a document by the miner declared under a name.

    Raises
    ------
    BadExtension
        Where that cannot be loaded, or gives a record of an unknown metric, in another unit than the metric's, or that
        points at nothing in the document.
    """
    mined = _load(MINERS, name)(document, main)
    if not isinstance(mined, Mined):
        raise BadExtension(name, f"its miner gives a {type(mined).__name__}, not a Mined")
    for m in mined.measurements:
        try:
            unit = vocabulary().metric(m.metric).unit
        except UnknownMetric as error:
            raise BadExtension(name, str(error)) from error
        if m.unit not in (unit, "fold"):
            raise BadExtension(name, f"a {m.metric} in {m.unit!r}; its unit is {unit!r}")
        if not 0 <= m.evidence.start < m.evidence.end <= len(mined.document.original):
            raise BadExtension(name, f"a {m.metric} whose evidence does not lie in {mined.document.source}")
    return mined
