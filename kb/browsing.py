"""What the screens of ``kb browse`` ask of a base: counts, coverage, what is new, pages of candidates, texts.

No database operations but reading; each method is one question, small enough to be interrupted.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from kb import listing
from kb.candidates import Row
from kb.listing import Begun, Listing
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

    def findings(self, limit: int) -> list[dict[str, Any]]:
        """Give the gravest findings of the audits: their severity, rule, words, paper and first measurement."""
        return [dict(row) for row in self._db.execute(statement("gravest_findings"), {"limit": limit})]

    def named(self, words: str, limit: int) -> list[dict[str, Any]]:
        """Find papers by title, DOI or file name, and candidates by theirs; without regard to case.

        Returns
        -------
        list of dict
            ``name``, ``told`` (what it is), ``paper_id``, ``system_id`` (None for a paper).
        """
        pattern = "%" + "%".join(words.replace("%", "").replace("_", "\\_").split()) + "%"
        asked = {"pattern": pattern, "limit": limit}
        return [dict(row) for row in self._db.execute(statement("named_like"), asked)]

    # Lists -----------------------------------------------------------------------------------------------------------

    def keys(self, asked: Listing, begun: Begun) -> array[int]:
        """Read the keys of all that is listed; see :func:`kb.listing.read_keys`."""
        return listing.read_keys(self._db, asked, begun)

    def found(self, asked: Listing, paper_id: int, system_id: int) -> list[int]:
        """Give the measurements by which a candidate is listed; see :func:`kb.listing.read_found`."""
        return listing.read_found(self._db, asked, paper_id, system_id)

    def facets(self, asked: Listing) -> dict[str, list[tuple[str | int | None, int]]]:
        """Count what is listed by its facets; see :func:`kb.listing.read_facets`."""
        return listing.read_facets(self._db, asked)

    def candidates(self, keys: Sequence[int], metrics: Iterable[str]) -> list[dict[str, Any]]:
        """Give candidates by their keys; see :func:`kb.listing.read_candidates_page`."""
        return listing.read_candidates_page(self._db, keys, metrics)

    def measurements(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Give measurements in the order of their ids' list."""
        return listing.read_measurements(self._db, ids)

    def extents(self, metrics: Iterable[str]) -> dict[str, tuple[float, float]]:
        """Give the smallest and the largest value of each metric in the base; metrics without any are left out."""
        found = {}
        for metric in metrics:
            low, high = self._db.execute(statement("extent_of_metric"), {"metric": metric}).fetchone()
            if low is not None:
                found[metric] = (low, high)
        return found

    def metrics(self) -> dict[str, int]:
        """Count the measurements of each metric in the base, the most frequent first."""
        return {row["metric"]: row["number"] for row in self._db.execute(statement("count_by_metric"))}

    # One candidate, one paper ----------------------------------------------------------------------------------------

    def candidate(self, paper_id: int, system_id: int) -> dict[str, Any]:
        """Give all that is known of a system within a paper; an empty dict where there is none.

        Returns
        -------
        dict
            The columns of :meth:`candidates` but ``best``; ``parts`` (name, material_class, formula, composition,
            role), ``traits`` (kind, name, text, mentions: steps of making it, products, mechanisms), and
            ``measurements``: rows of ``measurement_view`` with ``control`` and ``effect``, by experiment.
        """
        key = listing.candidate_key(paper_id, system_id)
        found = self._db.execute(statement("candidates_of_keys"), {"keys": json.dumps([key])}).fetchone()
        if found is None:
            return {}
        asked = {"paper": paper_id, "system": system_id}
        rows = [Row.of(row) for row in self._db.execute(statement("measurements_of_candidate"), asked)]
        controls = [row for row in rows if row["is_control"]]
        own = [listing.beside_control(row, controls) for row in rows if row["system_id"] == system_id]
        parts = [dict(row) for row in self._db.execute(statement("parts_of_system"), {"system": system_id})]
        traits = [dict(row) for row in self._db.execute(statement("traits_of_candidate"), asked)]
        return {**dict(found), "parts": parts, "traits": traits, "measurements": own}

    def paper(self, paper_id: int) -> dict[str, Any]:
        """Give a paper with its documents, main texts first; an empty dict where there is none.

        Returns
        -------
        dict
            ``id``, ``doi``, ``title``, ``year``, ``journal``, ``authors`` (a list), ``licence``, and ``documents``
            (``id``, ``source``, ``format``, ``supplement_of``, ``measurements``).
        """
        found = self._db.execute(statement("paper"), {"id": paper_id}).fetchone()
        if found is None:
            return {}
        documents = [dict(row) for row in self._db.execute(statement("documents_of_paper"), {"id": paper_id})]
        return {**dict(found), "authors": json.loads(found["authors"]), "documents": documents}

    def text(self, document_id: int) -> dict[str, Any]:
        """Give the text of a document with what was mined in it, and what was not.

        Returns
        -------
        dict
            ``passages`` (id, kind, section, page, start_offset, end_offset, text), ``numbers`` (rows of measurements:
            id, metric, value, value_max, qualifier, unit, subject, passage_id, spellings, before), ``rejections``
            (passage_id, text, reason, before), ``citations`` (marker, text, doi), ``original`` (where there is no
            passage, else "").  ``before`` is what stands before the number in its passage.
        """
        asked = {"id": document_id}
        passages = [dict(row) for row in self._db.execute(statement("passages_of_document"), asked)]
        whole = None if passages else self._db.execute(statement("original_of_document"), asked).fetchone()
        return {
            "passages": passages,
            "numbers": [dict(row) for row in self._db.execute(statement("numbers_of_document"), asked)],
            "rejections": [dict(row) for row in self._db.execute(statement("rejections_of_document"), asked)],
            "citations": [dict(row) for row in self._db.execute(statement("citations_of_document"), asked)],
            "original": whole["original"] if whole else "",
        }
