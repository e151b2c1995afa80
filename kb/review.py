"""What people go through when they look at what the audits found: the queue, the log, the papers that were removed.

No database operations but reading; the decisions themselves are made through ``base.curation``.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from kb.audit.findings import RULES, SEVERITIES
from kb.candidates import STANDS_FOR
from kb.curation.applying import decisions_on, read_state
from kb.curation.decisions import in_force, of_row
from kb.curation.history import told
from schema.errors import BadDecision, UnknownFact
from schema.records import Measurement
from schema.statements import statement

FIRST = 200  # keys that are handed over before all are there
Begun = Callable[[Sequence[int]], None]


class Review:
    """Questions for people who go through findings and decisions.

    Lists are read as keys first, then the rows of some keys; a key that is gone by then gives a row of None.

    Parameters
    ----------
    connection : from :func:`kb.connection.open_base`
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def progress(self) -> dict[str, Any]:
        """Say how far people are.

        Returns
        -------
        dict
            ``decided`` (facts that somebody decided on), ``decisions`` (entries of the log), ``removed`` (papers),
            ``papers``, ``audited`` (papers that were), ``open`` (severity -> findings that nobody has decided on).
        """
        counted = {row["severity"]: row["number"] for row in self._db.execute(statement("review_open"))}
        told = dict(self._db.execute(statement("review_progress")).fetchone())
        return {**told, "open": {name: counted.get(name, 0) for name in SEVERITIES}}

    # Lists -----------------------------------------------------------------------------------------------------------

    def findings(self, decided: bool, words: str, begun: Begun) -> array[int]:
        """Read the ids of findings, the gravest first.

        Parameters
        ----------
        decided : also those of a fact that somebody decided on
        words : all of them stand in the finding, its paper or its samples
        begun : called with the first ids as soon as they are there
        """
        asked = {"decided": decided, "severities": json.dumps(SEVERITIES), "rules": json.dumps(list(RULES))}
        return self._keys("review_findings", words, begun, **asked)

    def findings_page(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Give findings with their paper, ``measurements`` (ids), and the value that is most in doubt."""
        rows = self._page("review_findings_page", ids)
        return [{**row, "measurements": json.loads(row["measurements"])} for row in rows]

    def decisions(self, words: str, begun: Begun) -> array[int]:
        """Read the keys of the decisions of the log, the latest first."""
        return self._keys("review_decisions", words, begun)

    def decisions_page(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """Give decisions: ``key``, ``id``, ``made_at``, ``author``, ``action``, ``reason``, ``paper``, ``in_force``."""
        rows = self._page("review_decisions_page", keys)
        names = json.dumps(sorted({row["paper"] for row in rows if row["id"] is not None}))
        known = self._db.execute(statement("decisions_of_papers"), {"papers": names})
        alive = {decision.id for decision in in_force(map(of_row, known))}
        return [{**row, "in_force": row["id"] in alive} for row in rows]

    def removed(self, words: str, begun: Begun) -> array[int]:
        """Read the ids of the papers that somebody removed."""
        return self._keys("review_removed", words, begun)

    def removed_page(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Give removed papers: ``id``, ``doi``, ``title``, ``year``, ``facts``, ``by`` (the decision)."""
        return [{**row, "by": self._removal(row["id"])} for row in self._page("review_removed_page", ids)]

    def _removal(self, paper: int) -> dict[str, Any] | None:
        made = [d for d in in_force(decisions_on(self._db, paper)) if d.action == "remove"]
        return made[-1].plain() | {"id": made[-1].id} if made else None

    def _keys(self, name: str, words: str, begun: Begun, **asked: Any) -> array[int]:
        given = {**asked, "words": json.dumps(words.casefold().split(), ensure_ascii=False)}
        cursor = self._db.execute(statement(name), given)
        keys = array("q", (row[0] for row in cursor.fetchmany(FIRST)))
        begun(keys[:])
        keys.extend(row[0] for row in cursor)
        return keys

    def _page(self, name: str, keys: Sequence[int]) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute(statement(name), {"ids": json.dumps(list(keys))})]

    # One of them -----------------------------------------------------------------------------------------------------

    def decision(self, id: str) -> dict[str, Any]:
        """Give a decision as :func:`kb.curation.history.told` does; an empty dict where the base has not its paper."""
        row = self._db.execute(statement("decision"), {"id": id}).fetchone()
        names = json.dumps([row["paper"]] if row is not None else [])
        for paper in self._db.execute(statement("papers_of_names"), {"names": names}).fetchall():
            for found in told(read_state(self._db, paper["id"])):
                if found["id"] == id:
                    return found
        return {}

    def fact(self, id: int) -> Measurement:
        """Give a measurement as it is in force, to try corrections on; UnknownFact where there is none of that id."""
        found = self._db.execute(statement("paper_of_fact"), {"id": id}).fetchone()
        if found is None:
            raise UnknownFact(id)
        return read_state(self._db, found["paper_id"]).outcomes[id].now

    def controls(self, id: int, metric: str) -> list[int]:
        """Give the ids of the controls of its paper that a measurement could be compared with."""
        wanted = json.dumps([metric, STANDS_FOR[metric]] if metric in STANDS_FOR else [metric])
        return [row["id"] for row in self._db.execute(statement("review_controls"), {"id": id, "metrics": wanted})]

    def last_on(self, id: int) -> str:
        """Give the id of the decision on a fact that an undoing would take back.

        Raises
        ------
        BadDecision
            Where none is in force.
        UnknownFact
            Where the base has no such measurement, not even set aside.
        """
        found = self._db.execute(statement("paper_of_fact"), {"id": id}).fetchone()
        if found is None:
            raise UnknownFact(id)
        made = in_force(read_state(self._db, found["paper_id"]).outcomes[id].decisions)
        if not made:
            raise BadDecision(f"no decision on #{id} is in force, so none can be undone")
        return made[-1].id
