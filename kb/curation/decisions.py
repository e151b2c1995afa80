"""Decisions as records, and what of a set of them is in force: functions of the set, whatever order it came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import combinations
from typing import Any

from kb.curation.evidence import Place
from kb.facts import to_json
from schema.errors import BadDecision

ACTIONS = ("accept", "reject", "set", "link", "remove", "undo")
VERDICTS = ("accept", "reject", "set")


@dataclass(frozen=True)
class Decision:
    """One decision of one person on one piece of evidence, or on a paper.

    Attributes
    ----------
    made_at : UTC, ISO 8601 with microseconds
    author : ``name <email>``
    action : one of ACTIONS
    paper : ``doi:...``, of a paper without one ``title:...``, else ``sha256:...``
    place : of the number; None where the whole paper is meant
    change : of "set" field -> value; of "link" ``{"control": place}``, or ``{"control": None}`` for none
    undoes : id of the decision that an "undo" takes back
    follows : ids of the decisions on the same evidence that its author knew of
    """

    made_at: str
    author: str
    action: str
    paper: str
    place: Place | None = None
    reason: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)
    undoes: str | None = None
    follows: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """Fingerprint of the evidence; "" where the whole paper is meant."""
        return self.place.fingerprint(self.paper) if self.place is not None else ""

    @cached_property
    def id(self) -> str:
        """Digest of all it says: the same in every base, so that a decision is never there twice."""
        told = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    def plain(self) -> dict[str, Any]:
        """Give it JSON-ready, without its id; :func:`read_decision` reads it."""
        place = self.place.plain() if self.place is not None else None
        return {**asdict(self), "place": place, "change": dict(self.change), "follows": list(self.follows)}

    def row(self) -> dict[str, Any]:
        """Give its row of the table ``decisions``."""
        told = self.plain()
        packed = {name: to_json(told[name]) for name in ("change", "follows")}
        place = to_json(told["place"]) if told["place"] is not None else None
        return {**told, **packed, "place": place, "id": self.id, "evidence": self.evidence}


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "made_at": str, "author": str, "action": str, "paper": str, "place": (dict, type(None)), "reason": str,
    "change": dict, "undoes": (str, type(None)), "follows": list,
}  # fmt: skip


def read_decision(told: Mapping[str, Any], place: str = "decision") -> Decision:
    """Read a decision from its plain form; ``id`` and ``evidence`` may stand beside it and are checked.

    Raises
    ------
    BadDecision
        Where something is missing, unknown, of the wrong kind, or was changed after the decision was made.
    """
    names = {f.name for f in fields(Decision)}
    missing, strange = names - told.keys(), told.keys() - names - {"id", "evidence"}
    if missing or strange:
        what = f"lacks {', '.join(sorted(missing))}" if missing else f"has unknown {', '.join(sorted(strange))}"
        raise BadDecision(f"{place}: it {what}; take a file that kb curations export wrote")
    for name, kind in _KINDS.items():
        if not isinstance(told[name], kind):
            raise BadDecision(f"{place}: {name} is {told[name]!r}; take a file that kb curations export wrote")
    try:
        made = Decision(
            **{name: told[name] for name in names - {"place", "follows"}},
            place=None if told["place"] is None else Place.of(told["place"]),
            follows=tuple(map(str, told["follows"])),
        )
        moment = datetime.fromisoformat(made.made_at)
    except (KeyError, TypeError, ValueError) as error:
        raise BadDecision(
            f"{place}: it cannot be read ({error}); take a file that kb curations export wrote"
        ) from error
    if made.action not in ACTIONS or moment.utcoffset() != timedelta(0):
        raise BadDecision(f"{place}: action {made.action!r} at {made.made_at!r} is none; see docs/curation.md")
    if (made.place is None) is not (made.action == "remove") and made.action != "undo":
        raise BadDecision(f"{place}: {made.action} and its place do not go together; see docs/curation.md")
    if told.get("id", made.id) != made.id:
        raise BadDecision(f"{place}: it was changed after it was made; export it anew where it was made")
    return made


def of_row(row: Mapping[str, Any]) -> Decision:
    """Read a row of the table ``decisions``."""
    packed = {name: json.loads(row[name]) for name in ("change", "follows")}
    place = json.loads(row["place"]) if row["place"] is not None else None
    return read_decision({**dict(row), **packed, "place": place}, f"decision {row['id']}")


def now(after: Iterable[Decision] = ()) -> str:
    """Give the moment, a microsecond after the last of some decisions where the clock is behind.

    What somebody decides who knows of a decision stands after it, also where that came from a clock that runs fast.
    """
    moment = datetime.now(UTC)
    last = max((datetime.fromisoformat(d.made_at) for d in after), default=moment)
    if last >= moment:
        moment = last + timedelta(microseconds=1)
    return moment.isoformat(timespec="microseconds")


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Give decisions in the order in which they hold, the latest last; each once."""
    return sorted({d.id: d for d in decisions}.values(), key=lambda d: (d.made_at, d.id))


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """Leave out what was taken back, and the undoing; what took back an undoing puts it in force again.

    Examples
    --------
    >>> from dataclasses import replace
    >>> yes = Decision("2026-01-01T00:00:00.000000+00:00", "A <a@b.c>", "accept", "doi:10.1/a")
    >>> back = replace(yes, made_at="2026-01-02T00:00:00.000000+00:00", action="undo", undoes=yes.id)
    >>> [d.action for d in in_force([back, yes])], [d.action for d in in_force([yes])]
    ([], ['accept'])
    """
    ordered = in_order(decisions)
    gone: set[str] = set()
    # An undoing is later than what it undoes, so from the last one back each is judged before what it is of.
    for decision in reversed(ordered):
        if decision.action == "undo" and decision.id not in gone and decision.undoes is not None:
            gone.add(decision.undoes)
    return [d for d in ordered if d.action != "undo" and d.id not in gone]


def heads(decisions: Collection[Decision]) -> tuple[str, ...]:
    """Give the ids of those that no other one follows: what a new decision follows."""
    followed = {i for d in decisions for i in d.follows}
    return tuple(sorted(d.id for d in decisions if d.id not in followed))


def conflicts(decisions: Iterable[Decision]) -> list[tuple[Decision, Decision]]:
    """Find the pairs on one piece of evidence that contradict, neither made in knowledge of the other.

    Returns
    -------
    list of (earlier, later); of the two the later is in force
    """
    known = {d.id: d for d in decisions}
    alive = in_force(known.values())
    before: dict[str, frozenset[str]] = {}
    for decision in in_order(known.values()):
        own = frozenset(decision.follows)
        before[decision.id] = own.union(*(before.get(i, frozenset()) for i in own))
    # What somebody decided later in knowledge of both is the answer to their conflict.
    answers = [before[d.id] for d in alive]
    return [
        (one, other)
        for one, other in combinations(alive, 2)
        if one.id not in before[other.id] and contradict(one, other)
        and not any({one.id, other.id} <= answer for answer in answers)
    ]  # fmt: skip


def contradict(one: Decision, other: Decision) -> bool:
    """Say whether two decisions on one piece of evidence cannot both be followed."""
    kinds = {one.action, other.action}
    if kinds == {"set"}:
        return any(one.change[name] != other.change[name] for name in one.change.keys() & other.change.keys())
    if kinds == {"link"}:
        return bool(one.change != other.change)
    return kinds <= {*VERDICTS} and ("reject" in kinds or "accept" in kinds) and len(kinds) > 1


def verdict(decisions: Sequence[Decision]) -> str:
    """Give the last of accept, reject and set among decisions in force; "" where there is none."""
    return next((d.action for d in reversed(decisions) if d.action in VERDICTS), "")
