"""Findings in a base: what the rules are given, what they found, kept as derived data."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from kb.answers import Findings
from kb.audit.comparing import compare_again, compare_all, find
from kb.audit.evidence import broken
from kb.audit.findings import RULES, SEVERITIES, Finding, at_least, in_order
from kb.audit.outliers import Compared, pack
from kb.audit.rules import PLACES, check_paper, rules_version
from kb.audit.told import Row
from kb.connection import transaction
from schema.errors import UnknownName, UnknownPaper, did_you_mean
from schema.statements import statement

PAPERS_AT_ONCE = 500
_COLUMNS = ("rule", "severity", "paper", "said", "repair", "ratio")  # of a finding, in its table
WHOLE = 0.5  # of the papers: from this share on, all rows are read in one go rather than paper by paper


def broken_evidence(db: sqlite3.Connection) -> list[Finding]:
    """Find all measurements whose evidence does not show their number any more; empty is good.

    A document whose text was withheld (``kb snapshot --public``) has nothing that could show it, and is passed over.
    """
    found: list[Finding] = []
    places: dict[int, tuple[int, int, str]] = {}
    paper = document = 0
    source = original = ""
    for row in db.execute(statement("places_to_audit")):
        number, of, paper_of, file, *place = row
        if of != document:
            found += broken(paper, source, original, places) if original else ()
            places, document, paper, source = {}, of, paper_of, file
            original = db.execute(statement("original"), {"id": document}).fetchone()[0]
        places[number] = tuple(place)
    found += broken(paper, source, original, places) if original else ()
    return found


def check_base(db: sqlite3.Connection) -> list[Finding]:
    """Run every rule over the whole base; nothing is kept.

    Returns
    -------
    list of Finding, the gravest first
    """
    found, packed = _check(_rows(db, None))
    return sorted([*broken_evidence(db), *found, *find(db, Compared.of(packed))], key=in_order)


def _check(rows: Iterable[Row]) -> tuple[list[Finding], dict[int, bytes]]:
    """Run the rules that look at a paper over some; give what is compared of each beside what was found."""
    found: list[Finding] = []
    packed: dict[int, bytes] = {}
    for paper, of_paper in groupby(rows, key=itemgetter("paper_id")):
        told = list(of_paper)
        found += check_paper(told)
        packed[paper] = pack(told)
    return found, packed


def _rows(db: sqlite3.Connection, papers: list[int] | None) -> Iterator[Row]:
    if papers is None:
        yield from _dicts(db.execute(statement("rows_to_audit")))
        return
    for at in range(0, len(papers), PAPERS_AT_ONCE):
        some = json.dumps(papers[at : at + PAPERS_AT_ONCE])
        yield from _dicts(db.execute(statement("rows_of_papers_to_audit"), {"papers": some}))


def _dicts(cursor: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    """Give rows as dicts: each is looked into many times, and sqlite3.Row goes through all its names for it."""
    names = [column[0] for column in cursor.description]
    cursor.row_factory = None
    for row in cursor:
        yield dict(zip(names, row, strict=False))


def keep(db: sqlite3.Connection) -> list[Finding]:
    """Run every rule over the whole base, and put what is found in the place of all findings that it has.

    Returns
    -------
    list of Finding, the gravest first
    """
    with transaction(db):
        found, packed = _check(_rows(db, None))
        found = sorted([*broken_evidence(db), *found, *compare_all(db, packed)], key=in_order)
        db.execute(statement("drop_findings"))
        _write(db, found)
        db.execute(statement("all_audited"), {"rules": rules_version()})
    return found


def refresh(db: sqlite3.Connection) -> None:
    """Check the papers that have changed since they were checked, and what was measured like theirs; keep the findings.

    Parameters
    ----------
    db : open for writing
    """
    version = rules_version()
    stale = [row[0] for row in db.execute(statement("stale_papers"), {"rules": version})]
    if not stale and db.execute(statement("left_since_compared")).fetchone() is None:
        return
    with transaction(db):
        if len(stale) >= WHOLE * db.execute(statement("paper_count")).fetchone()[0]:
            stale = [row[0] for row in db.execute(statement("stale_papers"), {"rules": ""})]
            found, packed = _check(_rows(db, None))
            found += compare_all(db, packed)
        else:
            found, packed = _check(_rows(db, stale))
            found += compare_again(db, stale, packed)
        db.execute(statement("drop_stale_findings"), {"papers": json.dumps(stale), "places": json.dumps(PLACES)})
        _write(db, found)
        db.execute(statement("audited"), {"papers": json.dumps(stale), "rules": version})


def _write(db: sqlite3.Connection, found: Iterable[Finding]) -> None:
    last = db.execute(statement("last_finding")).fetchone()[0]
    rows: list[dict[str, Any]] = []
    about: list[dict[str, int]] = []
    for number, finding in enumerate(found, start=last + 1):
        rows.append({"id": number, **{name: getattr(finding, name) for name in _COLUMNS}})
        for place, id in enumerate(dict.fromkeys(finding.measurements)):
            about.append({"finding": number, "ordinal": place, "measurement": id})
    db.executemany(statement("new_finding"), rows)
    db.executemany(statement("new_finding_measurement"), about)


def kept(db: sqlite3.Connection) -> list[Finding]:
    """Give the findings that a base keeps, the gravest first."""
    return sorted(map(_finding, db.execute(statement("findings"))), key=in_order)


def findings_of(db: sqlite3.Connection, measurement: int) -> list[Finding]:
    """Give the findings that a base keeps of one measurement, the gravest first."""
    rows = db.execute(statement("findings_of_measurement"), {"id": measurement})
    return sorted(map(_finding, rows), key=in_order)


class Audit:
    """What speaks against what stands in a base.

    Parameters
    ----------
    reader : from :func:`kb.connection.open_base`
    writing : gives the connection for writing; raises ReadOnly where the base is open for reading
    """

    def __init__(self, reader: sqlite3.Connection, writing: Callable[[], sqlite3.Connection]) -> None:
        self._reader, self._writing = reader, writing

    def check(self, keep_found: bool = False) -> Findings:
        """Run every rule over the whole base.

        Parameters
        ----------
        keep_found : keep the findings in the base, so that views and filters show them

        Raises
        ------
        ReadOnly
            Where they are to be kept in a base that is open for reading.
        """
        return Findings(keep(self._writing()) if keep_found else check_base(self._reader))

    def refresh(self) -> None:
        """Check what has changed since it was checked; ReadOnly where the base is open for reading."""
        refresh(self._writing())

    def findings(self, severity: str = "note", rules: Iterable[str] = (), paper: str | None = None) -> Findings:
        """Give the findings that are kept in the base, the gravest first; chosen as :meth:`choose` does."""
        return self.choose(kept(self._reader), severity, rules, paper)

    def choose(
        self, found: Iterable[Finding], severity: str = "note", rules: Iterable[str] = (), paper: str | None = None
    ) -> Findings:
        """Choose among findings.

        Parameters
        ----------
        severity : the least grave
        rules : only these; all where there are none
        paper : only those of this paper: its DOI, its number in the base ("#7"), a file name, a part of its title

        Raises
        ------
        UnknownName
            Where there is no such rule or severity.
        UnknownPaper
            Where the base has no such paper.
        """
        wanted = tuple(rules)
        for what, name, known in (*(("rule", r, tuple(RULES)) for r in wanted), ("severity", severity, SEVERITIES)):
            if name not in known:
                raise UnknownName(f"no {what} {name!r}{did_you_mean(name, known) or '; there are ' + ', '.join(known)}")
        papers = None if paper is None else _papers(self._reader, paper)
        return Findings(
            f for f in found
            if at_least(f.severity, severity) and (not wanted or f.rule in wanted)
            and (papers is None or f.paper in papers)
        )  # fmt: skip

    def describe(self, found: Iterable[Finding]) -> list[dict[str, Any]]:
        """Give findings JSON-ready, each with its paper: doi, title and the names of its files."""
        papers = {row["id"]: row for row in self._reader.execute(statement("papers_to_describe"))}
        sources: dict[int, list[str]] = defaultdict(list)
        for row in self._reader.execute(statement("sources_of_papers")):
            sources[row["paper_id"]].append(row["source"])
        return [
            {
                **finding.record(),
                "doi": papers[finding.paper]["doi"],
                "title": papers[finding.paper]["title"],
                "sources": sources[finding.paper],
            }
            for finding in found
        ]


def _finding(row: sqlite3.Row) -> Finding:
    return Finding(
        row["rule"], row["severity"], row["paper_id"], tuple(json.loads(row["measurements"])), row["said"],
        row["repair"], row["ratio"],
    )  # fmt: skip


def _papers(db: sqlite3.Connection, name: str) -> set[int]:
    found = {row[0] for row in db.execute(statement("papers_called"), {"name": name.strip()})}
    if not found:
        known = [row["doi"] for row in db.execute(statement("papers_to_describe")) if row["doi"]]
        raise UnknownPaper(name, known)
    return found


def counts(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """Count findings by rule and severity, in the order of the rules; rules without a finding are left out."""
    by_rule: dict[str, dict[str, int]] = {rule: dict.fromkeys(SEVERITIES, 0) for rule in RULES}
    for finding in found:
        by_rule[finding.rule][finding.severity] += 1
    return [{"rule": rule, **told, "all": sum(told.values())} for rule, told in by_rule.items() if any(told.values())]
