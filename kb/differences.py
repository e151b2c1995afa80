"""What differs between two bases, or snapshots of them: facts that were added, are gone, or say something else.

A fact is the same in both where its fingerprint is, whatever its number in either base; what says something else is
known by its place: the same characters of the same text.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.connection import explained, open_base, reading_uri
from schema.errors import BadBase
from schema.statements import split_statements, statement

KINDS = ("added", "gone", "changed")
_SNAPSHOT_BASE = "kb.sqlite"
# The columns of measurement_view that are compared, by what they are together; in the order of facts_before.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "metric": ("metric",),
    "value": ("value", "value_max", "qualifier", "unit"),
    "sample": ("subject", "components", "substrate", "strategy", "process", "is_control"),
    "conditions": (
        "current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "cycle_first", "cycle_last", "at_cycle", "c_rate",
        "temperature_C", "time_h", "np_ratio", "electrolyte", "electrolyte_class", "cell",
    ),
    "credit": ("provenance", "cited_ref"),
    "confidence": ("confidence", "confidence_strict"),
    "flags": ("flags",),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A fact that differs.

    Attributes
    ----------
    kind : "added", "gone" or "changed"
    paper : DOI, else title, else file name
    source : file name of the document
    before, after : its id in either base; None where it is not there
    was, now : its columns in either base, as ``measurement_view`` has them; {} where it is not there
    groups : of what is changed, which of GROUPS
    """

    kind: str
    paper: str
    source: str
    before: int | None
    after: int | None
    was: Mapping[str, Any]
    now: Mapping[str, Any]
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: sqlite3.Row) -> Change:
        """Read a row of the statements facts_changed, facts_gone, facts_added."""
        was, now = (json.loads(row[side]) if row[side] else {} for side in ("was", "now"))
        differs = tuple(g for g in GROUPS if was and now and was[g] != now[g])
        ids = (row["before_id"], row["after_id"])
        return cls(row["change"], row["paper"], row["source"], *ids, _columns(was), _columns(now), differs)

    def row(self) -> dict[str, Any]:
        """Give it JSON-ready; of what is changed the columns that differ, of what is not what is known."""

        def said(side: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
            if not side:
                return None
            if not other:
                return {name: value for name, value in side.items() if value is not None}
            return {name: value for name, value in side.items() if value != other[name]}

        return {
            "change": self.kind, "paper": self.paper, "source": self.source, "before": self.before, "after": self.after,
            "metric": (self.now or self.was)["metric"], "differs": list(self.groups),
            "was": said(self.was, self.now), "now": said(self.now, self.was),
        }  # fmt: skip


def _columns(said: Mapping[str, Any]) -> dict[str, Any]:
    if not said:
        return {}
    lists = {**said, "flags": [said["flags"]]}  # the one column of its group that is a list itself
    return {name: value for group, names in GROUPS.items() for name, value in zip(names, lists[group], strict=True)}


def _statement(name: str) -> str:
    return statement(name, "differences")


class Differences:
    """Two bases side by side; from :func:`compared`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def changes(self) -> Iterator[Change]:
        """Give the facts that differ: by what became of them, in the order of their ids."""
        for kind in KINDS:
            for row in self._db.execute(_statement(f"facts_{kind}")):
                yield Change.of(row)

    def pair(self, before: int | None = None, after: int | None = None) -> tuple[int | None, int | None]:
        """Give the ids in both bases of a fact whose id in one of them is given; None where it is not there."""
        asked = {"before_id": before, "after_id": after}
        row = self._db.execute(_statement("pair_of_fact"), asked).fetchone()
        return (row[0], row[1]) if row else (before, after)

    @cached_property
    def papers(self) -> list[dict[str, Any]]:
        """How many facts of each paper were added, are gone, changed, and in what; papers with most first."""
        found: dict[str, Counter[str]] = {}
        for change in self.changes():
            found.setdefault(change.paper, Counter()).update([change.kind, *change.groups])
        rows = [{"paper": paper, **{name: seen[name] for name in (*KINDS, *GROUPS)}} for paper, seen in found.items()]
        return sorted(rows, key=lambda row: (-sum(row[kind] for kind in KINDS), row["paper"]))

    @property
    def counts(self) -> dict[str, int]:
        """How many facts there are on either side, and how many were added, are gone, changed."""
        sides = {
            side: self._db.execute(f"SELECT count(*) FROM {side}.measurements").fetchone()[0]  # noqa: S608 - of this module
            for side in ("before", "after")
        }
        return {**sides, **{kind: sum(row[kind] for row in self.papers) for kind in KINDS}}


@contextmanager
def compared(before: str | Path, after: str | Path) -> Iterator[Differences]:
    """Hold two bases side by side, for the time of a block; neither is changed.

    Parameters
    ----------
    before, after : a base, or the folder of a snapshot

    Raises
    ------
    BadBase
        Where either is no base, or has another schema than this program.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     open_base(Path(folder, "kb.sqlite"), read_only=False).close()
    ...     with compared(Path(folder, "kb.sqlite"), folder) as differences:
    ...         differences.counts
    {'before': 0, 'after': 0, 'added': 0, 'gone': 0, 'changed': 0}
    """
    files = [base_file(before), base_file(after)]
    for file in files:
        open_base(file).close()  # says what is wrong with it
    # An empty name is a file of SQLite's own, which it keeps in memory as long as it is small.
    with closing(sqlite3.connect("", uri=True, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        for file, side in zip(files, ("before", "after"), strict=True):
            with explained(file):
                db.execute(f"ATTACH ? AS {side}", (reading_uri(file),))
        for name in ("pair_documents", "pair_facts"):
            for text in split_statements(_statement(name)):
                db.execute(text)
        view = _statement("facts_before")
        db.execute(view)
        db.execute(view.replace("before", "after"))  # the same of the other base
        yield Differences(db)


def base_file(path: str | Path) -> Path:
    """Give the file of a base: the path itself, or the base in the folder of a snapshot.

    Raises
    ------
    BadBase
        Where it is a folder without one.
    """
    path = Path(path)
    if not path.is_dir():
        return path
    if not (path / _SNAPSHOT_BASE).is_file():
        raise BadBase(f"{path} is a folder without {_SNAPSHOT_BASE}; name a base, or the folder of a snapshot")
    return path / _SNAPSHOT_BASE
