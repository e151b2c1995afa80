"""The findings that rest on many papers, kept up while papers come, change and leave.

What was compared last stands in the table ``compared``.  Where it and the base differ, the strata of what stood there
and of what stands there now are looked at again; of the others no finding can have changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb.audit.findings import Finding
from kb.audit.outliers import Compared, Far, tell
from schema.statements import statement

WIDE = ("outlier",)  # the rules whose findings rest on more than one paper
_WIDE = {"rules": json.dumps(WIDE)}


def find(db: sqlite3.Connection, compared: Compared) -> Iterator[Finding]:
    """Find what the facts of many papers have against each other, in the order of their ids.

    Parameters
    ----------
    compared : all of each stratum that is in it
    """
    far: dict[int, Far] = {value.id: value for value in compared.far_out()}
    for row in db.execute(statement("values_to_tell"), {"ids": json.dumps(sorted(far))}):
        yield tell(far[row["id"]], row)


def compare_all(db: sqlite3.Connection, packed: Mapping[int, bytes]) -> list[Finding]:
    """Compare the whole base, and keep what was compared; the caller holds the transaction.

    Parameters
    ----------
    packed : paper -> what is compared of it (:func:`kb.audit.outliers.pack`), of every paper
    """
    db.execute(statement("forget_compared"))
    _keep(db, packed)
    return list(find(db, Compared.of(packed)))


def compare_again(db: sqlite3.Connection, changed: Iterable[int], packed: Mapping[int, bytes]) -> list[Finding]:
    """Compare what was measured like the facts of some papers, and drop what was found of that before.

    The caller holds the transaction, and keeps what is found.

    Parameters
    ----------
    changed : papers; those that have left are found
    packed : as for :func:`compare_all`, of those papers
    """
    stood = {row["paper_id"]: row["facts"] for row in db.execute(statement("compared"))}
    left = stood.keys() - {row["id"] for row in db.execute(statement("ids_of_papers"))}
    before = {paper: stood.pop(paper) for paper in left.union(changed) & stood.keys()}
    db.execute(statement("drop_compared"), {"papers": json.dumps(list(before))})
    _keep(db, packed)
    touched = Compared.of({0: b"".join((*before.values(), *packed.values()))})
    compared = Compared.of(stood | dict(packed)).within(touched)
    told = {row["measurement_id"]: row["id"] for row in db.execute(statement("findings_of_rules"), _WIDE)}
    old = compared.among(told) | touched.among(told)
    db.execute(statement("drop_findings_of_ids"), {"ids": json.dumps([told[id] for id in old])})
    return list(find(db, compared))


def _keep(db: sqlite3.Connection, packed: Mapping[int, bytes]) -> None:
    rows: Iterator[dict[str, Any]] = ({"paper": paper, "facts": facts} for paper, facts in packed.items() if facts)
    db.executemany(statement("new_compared"), rows)
