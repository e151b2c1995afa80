"""The log of decisions as people use it: ``base.curation``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from kb.candidates import STANDS_FOR
from kb.connection import transaction
from kb.curation import history
from kb.curation.applying import ASIDE, State, decisions_on, fact_of, read_state, reapply
from kb.curation.authors import author_of
from kb.curation.correcting import as_told, corrected
from kb.curation.decisions import Decision, heads, in_force, in_order, now, of_row, read_decision
from kb.curation.evidence import Place
from kb.curation.history import told
from kb.curation.resting import Rests, rests_on
from schema.errors import BadDecision, ReadOnly, UnknownFact, UnknownPaper
from schema.records import to_export
from schema.statements import statement

Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True)
class Imported:
    """What an import of decisions brought.

    Attributes
    ----------
    new, known : how many decisions were new, how many the base had
    unmatched : how many of the new ones have no evidence in the base now; they are kept
    conflicts : as :meth:`Curation.conflicts` gives them, of the new ones
    """

    new: int
    known: int
    unmatched: int
    conflicts: list[dict[str, Any]]


@contextmanager
def _not_writing() -> Iterator[sqlite3.Connection]:
    raise ReadOnly("the base is open for reading; open it with read_only=False to decide on its facts")
    yield


class Curation:
    """Decisions of people on the facts of a base: an append-only log, and what of it is in force.

    Parameters
    ----------
    reader : a connection that reads
    writing : gives the connection that writes, for as long as it is used, or raises ReadOnly; the log can only be read
        where None

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kb.base import KnowledgeBase
    >>> folder = TemporaryDirectory()
    >>> paper = Path(folder.name, "paper.txt")
    >>> _ = paper.write_text("The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles.")
    >>> with KnowledgeBase(Path(folder.name, "kb.sqlite"), read_only=False) as base:
    ...     _ = base.ingest([paper])
    ...     found = base.find("coulombic_efficiency > 90")[0]["id"]
    ...     _ = base.curation.set(found, {"value": 93.8}, "a misprint", author="Ada <ada@example.org>")
    ...     base.find("coulombic_efficiency > 90")[0]["value"]
    ...     _ = base.curation.reject(found, "of another paper", author="Ada <ada@example.org>")
    ...     base.count("coulombic_efficiency > 90")
    ...     _ = base.curation.undo(found, author="Ada <ada@example.org>")
    ...     base.find("coulombic_efficiency > 90")[0]["value"]
    93.8
    0
    93.8
    >>> folder.cleanup()
    """

    def __init__(self, reader: sqlite3.Connection, writing: Writing | None = None) -> None:
        self._reader, self._writing = reader, writing or _not_writing

    # Deciding -------------------------------------------------------------------------------------------------------

    def accept(self, id: int, reason: str = "", author: str | None = None) -> Decision:
        """Say that a fact is right as it stands, corrections included: it is sure from then on.

        Raises
        ------
        UnknownFact
            Where the base has no such measurement, not even set aside.
        BadSetting
            Where nobody says who decides (:func:`kb.curation.authors.author_of`).
        ReadOnly
            Where the base was opened for reading.
        """
        return self._decide(id, "accept", reason, author)

    def reject(self, id: int, reason: str, author: str | None = None) -> Decision:
        """Set a fact aside: it leaves every view, count and ranking, and :meth:`set_aside` has it.

        Raises
        ------
        BadDecision
            Where no reason is given.
        UnknownFact, BadSetting, ReadOnly
            As :meth:`accept`.
        """
        return self._decide(id, "reject", _reason(reason, "reject"), author)

    def set(self, id: int, changes: Mapping[str, Any], reason: str = "", author: str | None = None) -> Decision:
        """Correct a fact; its mined values stay beside those in force (column ``mined``).

        Parameters
        ----------
        changes : field -> value, as a text, number or bool; ``kb.curation.correcting.FIELDS`` are known

        Raises
        ------
        BadDecision, UnknownMetric, UnknownName, UnitMismatch
            Where something that is set cannot be read, or does not go together; nothing is decided then.
        UnknownFact, BadSetting, ReadOnly
            As :meth:`accept`.
        """
        change = as_told(changes)
        return self._decide(id, "set", reason, author, change=change)

    def link_control(self, id: int, control: int | None, reason: str = "", author: str | None = None) -> Decision:
        """Name the control that a fact is compared with, in place of the one that is looked for; None: none is named.

        Raises
        ------
        BadDecision
            Where the control is of another paper or metric, or no control.
        UnknownFact, BadSetting, ReadOnly
            As :meth:`accept`.
        """
        return self._decide(id, "link", reason, author, control=control)

    def undo(self, id: int, reason: str = "", author: str | None = None) -> Decision:
        """Take the last decision on a fact that is in force back, by one more entry in the log.

        Raises
        ------
        BadDecision
            Where none is in force.
        UnknownFact, BadSetting, ReadOnly
            As :meth:`accept`.
        """
        return self._decide(id, "undo", reason, author)

    def remove(self, doi: str, reason: str, author: str | None = None) -> tuple[Decision, Rests]:
        """Take all facts of a paper out of the views, as where it was retracted; nothing is deleted.

        Returns
        -------
        tuple
            The decision, and what rests on the paper's facts (:func:`kb.curation.resting.rests_on`).

        Raises
        ------
        BadDOI, UnknownPaper
            Where the text is no DOI, or that of no paper in the base.
        BadDecision
            Where no reason is given, or it is removed already.
        BadSetting, ReadOnly
            As :meth:`accept`.
        """
        reason, author = _reason(reason, "remove"), author_of(author)
        with self._writing() as db, transaction(db):
            paper = self.paper_of(doi)
            made = decisions_on(db, paper)
            rests = rests_on(db, paper)
            if _removals(made):
                raise BadDecision(f"{doi} is removed already; kb history --paper {doi} says why")
            decision = self._of_paper("remove", paper, made, reason, author)
            _keep(db, decision, paper)
        return decision, rests

    def restore(self, doi: str, reason: str = "", author: str | None = None) -> Decision:
        """Take a removal back.

        Raises
        ------
        BadDecision
            Where the paper is not removed.
        BadDOI, UnknownPaper, BadSetting, ReadOnly
            As :meth:`remove`.
        """
        author = author_of(author)
        with self._writing() as db, transaction(db):
            paper = self.paper_of(doi)
            made = decisions_on(db, paper)
            last = next(reversed(_removals(made)), None)
            if last is None:
                raise BadDecision(f"{doi} is not removed; kb history --paper {doi} tells what was decided")
            # All of them: two people may have removed it, each without knowing of the other.
            for removal in _removals(made):
                decision = self._of_paper("undo", paper, made, reason, author, undoes=removal.id)
                made.append(decision)
                _keep(db, decision, paper)
        return decision

    def _of_paper(
        self, action: str, paper: int, made: list[Decision], reason: str, author: str, undoes: str | None = None
    ) -> Decision:
        known = [d for d in made if d.place is None]
        return Decision(now(known), author, action, self._name(paper), reason=reason, undoes=undoes,
                        follows=heads(known))  # fmt: skip

    def _decide(
        self, id: int, action: str, reason: str, author: str | None, change: Mapping[str, Any] | None = None,
        control: int | None = None,
    ) -> Decision:  # fmt: skip
        who = author_of(author)
        with self._writing() as db, transaction(db):
            paper = self._paper_of(id)
            state = read_state(db, paper)
            known = state.outcomes[id].decisions
            place, undoes = state.place(id), None
            if action == "undo":
                alive = in_force(known)
                if not alive:
                    raise BadDecision(f"no decision on #{id} is in force, so none can be undone")
                # Under the names it was made by, so that whoever has the one understands the other.
                place, undoes = alive[-1].place or place, alive[-1].id
            elif action == "set":
                corrected(state.outcomes[id].now, change or {})
            elif action == "link":
                change = {"control": None if control is None else _control(state, id, control).plain()}
            name = next((d.paper for d in known if d.id == undoes), None) or self._name(paper)
            decision = Decision(
                now(known), who, action, name, place, " ".join(reason.split()), change or {}, undoes, heads(known)
            )
            _keep(db, decision, paper)
        return decision

    # Asking ---------------------------------------------------------------------------------------------------------

    def history(self, id: int | None = None, paper: str | None = None) -> list[dict[str, Any]]:
        """Give decisions, the first first: on a measurement, on a paper (DOI) and its facts, or all.

        Returns
        -------
        list of dict
            As :func:`kb.curation.history.told` gives them.

        Raises
        ------
        UnknownFact, BadDOI, UnknownPaper
            Where the base has no such measurement or paper.
        """
        if id is not None:
            state = read_state(self._reader, self._paper_of(id))
            wanted = {d.id for d in (*state.outcomes[id].decisions, *(d for d in state.decisions if d.place is None))}
            return [row for row in told(state) if row["id"] in wanted]
        if paper is not None:
            return told(read_state(self._reader, self.paper_of(paper)))
        return history.whole(self._reader)

    def unmatched(self) -> list[dict[str, Any]]:
        """Give the decisions, as :meth:`history` does, whose evidence is not in the base now; they are kept."""
        return [row for row in self.history() if not row["found"]]

    def conflicts(self) -> list[dict[str, Any]]:
        """Give what was decided differently on the same evidence, neither decision in knowledge of the other.

        Returns
        -------
        list of dict
            As :func:`kb.curation.history.conflicting` gives them.
        """
        return history.conflicting(self._reader)

    def set_aside(self) -> list[dict[str, Any]]:
        """Give the facts that are in no view: records as exported, with ``status`` and ``decisions`` (ids)."""
        rows = self._reader.execute(statement("set_aside"), {"aside": json.dumps(ASIDE)})
        return [self._aside(row) for row in rows]

    def aside(self, id: int) -> dict[str, Any]:
        """Give one fact as :meth:`set_aside` does; an empty dict where it is not set aside."""
        row = self._reader.execute(statement("curated"), {"id": id}).fetchone()
        return self._aside(row) if row is not None and row["status"] in ASIDE else {}

    def _aside(self, row: sqlite3.Row) -> dict[str, Any]:
        told = json.loads(row["fact"])
        record = to_export(fact_of(told), id=row["id"], source=told["record"]["source"], doi=told["record"]["doi"])
        return {**record, "status": row["status"], "decisions": json.loads(row["decisions"])}

    # Sharing --------------------------------------------------------------------------------------------------------

    def export(self) -> Iterator[dict[str, Any]]:
        """Give every decision, JSON-ready, in the order in which they were made."""
        for row in self._reader.execute(statement("decisions")).fetchall():
            decision = of_row(row)
            yield {"id": decision.id, "evidence": decision.evidence, **decision.plain()}

    def import_(self, records: Iterable[Mapping[str, Any]]) -> Imported:
        """Bring decisions in that :meth:`export` gave, all or none; in whatever order, and however often.

        Raises
        ------
        BadDecision
            Where one cannot be read, or was changed after it was made; its place in the sequence is named.
        ReadOnly
            Where the base was opened for reading.
        """
        given = in_order(read_decision(r, f"decision {n}") for n, r in enumerate(records, start=1))
        with self._writing() as db, transaction(db):
            held = {row["id"] for row in db.execute(statement("decisions"))}
            new = [d for d in given if d.id not in held]
            for decision in new:
                db.execute(statement("new_decision"), decision.row())
            names = json.dumps(sorted({d.paper for d in new}))
            papers = [row["id"] for row in db.execute(statement("papers_of_names"), {"names": names})]
            states = [state for paper in papers if (state := reapply(db, paper)) is not None]
            found = {d.id for state in states for d in state.decisions if d not in state.unmatched}
            unmatched = sum(d.id not in found for d in new)
            clashes = history.conflicting(db, {d.id for d in new}, states)
        return Imported(len(new), len(given) - len(new), unmatched, clashes)

    # ----------------------------------------------------------------------------------------------------------------

    def paper_of(self, doi: str) -> int:
        """Give the id of the paper with a DOI; BadDOI, UnknownPaper where it is none, or the base has none."""
        from kb.supplements import folded_doi

        name = json.dumps([f"doi:{folded_doi(doi)}"])
        found = self._reader.execute(statement("papers_of_names"), {"names": name}).fetchone()
        if found is None:
            raise UnknownPaper(doi, [row["doi"] for row in self._reader.execute(statement("dois"))])
        return int(found["id"])

    def _paper_of(self, id: int) -> int:
        found = self._reader.execute(statement("paper_of_fact"), {"id": id}).fetchone()
        if found is None:
            raise UnknownFact(id)
        return int(found["paper_id"])

    def _name(self, paper: int) -> str:
        return str(self._reader.execute(statement("names_of_paper"), {"id": paper}).fetchone()["name"])


def _keep(db: sqlite3.Connection, decision: Decision, paper: int) -> None:
    db.execute(statement("new_decision"), decision.row())
    reapply(db, paper)


def _reason(reason: str, action: str) -> str:
    told = " ".join(reason.split())
    if not told:
        raise BadDecision(f"to {action} takes a reason that others can check; give it with --reason TEXT")
    return told


def _removals(decisions: Iterable[Decision]) -> list[Decision]:
    return [d for d in in_force(d for d in decisions if d.place is None) if d.action == "remove"]


def _control(state: State, id: int, control: int) -> Place:
    """Give the place of a control, after seeing that a fact can be compared with it."""
    if control not in state.facts:
        raise BadDecision(f"#{control} is no measurement of the paper of #{id}; a control is of the same paper")
    fact, other = state.outcomes[id], state.outcomes[control]
    if fact.now.is_control or not other.now.is_control:
        which = id if fact.now.is_control else control
        told = "a control itself" if fact.now.is_control else "no control"
        right = "false" if fact.now.is_control else "true"
        raise BadDecision(f"#{which} is {told}; where that is wrong: kb curate {which} --set is_control={right}")
    if (fact.now.provenance == "cited", fact.now.cited_ref) != (other.now.provenance == "cited", other.now.cited_ref):
        raise BadDecision(f"#{control} is a result of another work than #{id}; a control is of the same work")
    if other.status in ASIDE:
        raise BadDecision(f"#{control} is {other.status}; kb curate {control} --undo puts it in force again")
    if other.now.metric not in (fact.now.metric, STANDS_FOR.get(fact.now.metric)) or other.now.unit != fact.now.unit:
        raise BadDecision(f"#{control} is a {other.now.metric}, #{id} a {fact.now.metric}; these are not compared")
    return state.place(control)
