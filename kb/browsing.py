"""What the screens of ``kb browse`` ask of a base: counts, coverage, what is new, pages of candidates, texts.

No database operations but reading; each method is one question, small enough to be interrupted.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from schema.statements import statement


class Browsing:
    """Questions for people who look around.

    Parameters
    ----------
    connection : from :func:`kb.connection.open_base`
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def interrupt(self) -> None:
        """Stop the question that another thread asks on this base."""
        self._db.interrupt()

    def counts(self) -> dict[str, int]:
        """Count papers, documents, systems, measurements, rejections."""
        return dict(self._db.execute(statement("counts")).fetchone())

    def coverage(self) -> list[dict[str, Any]]:
        """Count the papers that report a metric on samples of a strategy, controls aside.

        Returns
        -------
        list of dict
            ``strategy``, ``metric``, ``papers``, ``measurements``; only pairs that occur, unordered.
        """
        return [dict(row) for row in self._db.execute(statement("coverage"))]

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """Give the documents that came in last, the newest first.

        Returns
        -------
        list of dict
            ``document_id``, ``paper_id``, ``source``, ``title``, ``doi``, ``year``, ``measurements``, ``ingested_at``
            (ISO 8601; None where no ingestion tells of it).
        """
        return [dict(row) for row in self._db.execute(statement("newest_documents"), {"limit": limit})]
