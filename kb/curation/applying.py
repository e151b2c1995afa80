"""Puts decisions in force: finds the facts they are of, and writes the rows as they are to be read.

What is in force is a function of the facts as mined and the set of decisions; so it is the same whichever came first,
and is worked out anew, in the transaction of an ingestion, for the paper that changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kb.candidates import MINED
from kb.curation.correcting import OUT_OF_RANGE, corrected, differences, vouched
from kb.curation.decisions import Decision, in_force, in_order, of_row, verdict
from kb.curation.evidence import Document, Place, Stands
from kb.export import measurement_of
from kb.facts import to_json
from kb.rows import Materials, drop_fact, rewrite_fact
from kb.rows import Place as Row
from schema.errors import KBError
from schema.records import Measurement, from_export, to_export
from schema.statements import statement
from schema.vocabulary import vocabulary

ACCEPTED, CORRECTED, REJECTED, REMOVED = "accepted", "corrected", "rejected", "removed"
ASIDE = (REJECTED, REMOVED)  # in no view, count or ranking


@dataclass(frozen=True)
class Known:
    """A fact of a paper as mined, whether it stands in the views or not.

    Attributes
    ----------
    row : where it stands in the tables
    stands : what is in force of it now: status, ids of decisions, id of its linked control
    """

    row: Row
    source: str
    doi: str | None
    mined: Measurement
    stands: tuple[str, tuple[str, ...], int | None]


@dataclass
class Outcome:
    """What decisions make of one fact.

    Attributes
    ----------
    now : the measurement in force
    decisions : all that are of it
    holding : ids of those in force
    unfit : ids of those that cannot be followed beside the others -> why
    """

    now: Measurement
    status: str = MINED
    control: int | None = None
    decisions: list[Decision] = field(default_factory=list)
    holding: tuple[str, ...] = ()
    unfit: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """A paper under the decisions on it.

    Attributes
    ----------
    facts, outcomes : by id of the measurement
    removed : the decisions on the whole paper that are in force
    unmatched : decisions whose evidence no fact of the paper has now
    """

    facts: Mapping[int, Known]
    outcomes: Mapping[int, Outcome]
    documents: Mapping[int, Sequence[int]]
    places: Mapping[int, Document]
    decisions: tuple[Decision, ...] = ()
    removed: tuple[Decision, ...] = ()
    unmatched: tuple[Decision, ...] = ()

    def place(self, id: int) -> Place:
        """Give the place of a fact, as a decision keeps it."""
        document = self.facts[id].row.document
        return self.places[document].place(list(self.documents[document]).index(id))


def reapply(db: sqlite3.Connection, paper: int) -> State | None:
    """Write the rows of a paper as the decisions on it say; the caller holds the transaction.

    Returns
    -------
    State
        None where there is nothing to do: no decision on it, none that was in force.
    """
    decisions = decisions_on(db, paper)
    if not decisions and db.execute(statement("curated_of_paper"), {"paper": paper}).fetchone() is None:
        return None
    state = read_state(db, paper, decisions)
    db.execute(statement("mark_paper"), {"id": paper, "removed": int(bool(state.removed))})
    materials = Materials(db, vocabulary())
    changed = False
    for id, outcome in state.outcomes.items():
        known = state.facts[id]
        if known.stands != (outcome.status, outcome.holding, outcome.control):
            _write(db, known, outcome, materials)
            changed = True
    for name in ("stale_paper", "drop_findings_of_paper") if changed else ():
        db.execute(statement(name), {"id": paper})  # the rules look at it again
    return state


def decisions_on(db: sqlite3.Connection, paper: int) -> list[Decision]:
    """Read the decisions on a paper, under whatever name it went by then."""
    names = [row["name"] for row in db.execute(statement("names_of_paper"), {"id": paper})]
    found = db.execute(statement("decisions_of_papers"), {"papers": json.dumps(names)})
    return [of_row(row) for row in found]


def read_state(db: sqlite3.Connection, paper: int, decisions: Iterable[Decision] | None = None) -> State:
    """Work out what decisions make of the facts of a paper; nothing is written."""
    made = in_order(decisions_on(db, paper) if decisions is None else decisions)
    facts = _facts(db, paper)
    documents: dict[int, list[int]] = defaultdict(list)
    for id in sorted(facts, key=lambda i: (facts[i].row.document, facts[i].row.ordinal)):
        documents[facts[id].row.document].append(id)
    originals = dict(tuple(row) for row in db.execute(statement("originals_of_paper"), {"paper": paper}))
    places = {
        number: Document(originals[number], [_stands(facts[id].mined) for id in ids])
        for number, ids in documents.items()
    }
    outcomes = {id: Outcome(known.mined) for id, known in facts.items()}
    state = State(
        facts, outcomes, documents, places, tuple(made),
        removed=tuple(d for d in in_force(d for d in made if d.place is None) if d.action == "remove"),
    )  # fmt: skip
    unmatched = []
    for decision in made:
        of = _found(state, decision.place) if decision.place is not None else [0]
        if not of:
            unmatched.append(decision)
        for id in of if decision.place is not None else ():
            outcomes[id].decisions.append(decision)
    for outcome in outcomes.values():
        _follow(outcome, removed=state.removed)
    for id, outcome in outcomes.items():
        _link(state, id, outcome)
    return replace(state, unmatched=tuple(unmatched))


def _facts(db: sqlite3.Connection, paper: int) -> dict[int, Known]:
    out: dict[int, Known] = {}
    held = {row["id"]: row for row in db.execute(statement("curated_of_paper"), {"paper": paper})}
    for row in db.execute(statement("facts_of_paper"), {"paper": paper}):
        if row["id"] in held:
            continue
        place = Row(row["id"], row["document_id"], paper, row["ordinal"], row["fingerprint"], row["passage_id"])
        fact = measurement_of(row)
        fact = replace(
            fact, subject=replace(fact.subject, process=row["process"]), confidence_strict=row["confidence_strict"]
        )
        out[row["id"]] = Known(place, row["source"], row["doi"], fact, (MINED, (), None))
    for id, row in held.items():
        told = json.loads(row["fact"])
        place = Row(id, row["document_id"], paper, told["ordinal"], row["fingerprint"], told["passage"])
        stands = (row["status"], tuple(json.loads(row["decisions"])), row["control_id"])
        out[id] = Known(place, row["source"], row["doi"], fact_of(told), stands)
    return out


def fact_of(told: Mapping[str, Any]) -> Measurement:
    """Read the mined measurement of a row of ``curated``, from its column ``fact``."""
    fact = from_export(told["record"])
    subject = replace(fact.subject, process=told["process"])
    return replace(fact, subject=subject, confidence_strict=told["confidence_strict"])


def _stands(m: Measurement) -> Stands:
    sample = " + ".join(sorted(set(m.subject.components))) or m.subject.name.casefold()
    return Stands(m.evidence.start, m.evidence.end, m.value_reported, sample, m.metric)


def _found(state: State, place: Place) -> list[int]:
    """Find the facts at a place, one at most in each file of the paper."""
    found = ((number, document.find(place)) for number, document in state.places.items())
    return [state.documents[number][index] for number, index in found if index is not None]


def _follow(outcome: Outcome, removed: Sequence[Decision]) -> None:
    """Follow the decisions on a fact, but for links, one after the other."""
    alive = in_force(outcome.decisions)
    holding = [d.id for d in removed]
    for decision in alive:
        if decision.action == "set":
            try:
                outcome.now = corrected(outcome.now, decision.change)
            except KBError as error:
                # Two people's corrections need not go together: the earlier ones hold, and history says so.
                outcome.unfit[decision.id] = str(error)
                continue
        holding.append(decision.id)
    alive = [d for d in alive if d.id not in outcome.unfit]
    last = verdict(alive)
    is_set = any(d.action == "set" for d in alive)
    if last in ("accept", "set"):
        doubts = tuple(f for f in outcome.now.flags if f == OUT_OF_RANGE and last == "set")
        outcome.now = replace(vouched(outcome.now), flags=doubts)
        outcome.status = CORRECTED if is_set else ACCEPTED
    elif last == "reject":
        outcome.status = REJECTED
    if removed:
        outcome.status = REMOVED
    outcome.holding = tuple(sorted(holding))


def _link(state: State, id: int, outcome: Outcome) -> None:
    """Name the control that the last link in force says, if the base has it."""
    links = [d for d in in_force(outcome.decisions) if d.action == "link"]
    if not links or outcome.status in ASIDE:
        return
    if outcome.status == MINED:
        outcome.status = CORRECTED
    told = links[-1].change.get("control")
    found = _found(state, Place.of(told)) if told is not None else []
    own = state.facts[id].row.document
    found = [i for i in found if i != id and state.outcomes[i].status not in ASIDE]
    outcome.control = min(found, key=lambda i: (state.facts[i].row.document != own, i), default=None)
    if told is not None and outcome.control is None:
        outcome.unfit[links[-1].id] = "the control it names is not in the base now"


def _write(db: sqlite3.Connection, known: Known, outcome: Outcome, materials: Materials) -> None:
    row, mined = known.row, known.mined
    if outcome.status in ASIDE:
        drop_fact(db, row.id)
    else:
        rewrite_fact(db, outcome.now, row, materials)
        changed = differences(mined, outcome.now)
        told = to_json(changed) if changed else None
        marks = {"status": outcome.status, "control_id": outcome.control, "mined": told}
        db.execute(statement("mark_measurement"), {"id": row.id, **marks})
    if outcome.status == MINED:
        db.execute(statement("drop_curated_fact"), {"id": row.id})
        return
    fact = {
        "record": to_export(mined, id=row.id, source=known.source, doi=known.doi), "process": mined.subject.process,
        "confidence_strict": mined.confidence_strict, "ordinal": row.ordinal, "passage": row.passage,
    }  # fmt: skip
    held = {"id": row.id, "document_id": row.document, "fingerprint": row.mark, "status": outcome.status}
    db.execute(statement("put_curated"), {**held, "fact": to_json(fact), "decisions": to_json(outcome.holding)})
