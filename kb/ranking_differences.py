"""How the answer of a study differs between two bases: which candidates moved, and the facts that moved them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kb.differences import Change, Differences
from kb.study_tables import answer_rows
from kb.words import conditions, number, quantity

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.studies import Answer

ROLES = ("measurement", "control")
ANOTHER = "another"  # both facts stand in both bases, and now the other one is the best supported


@dataclass(frozen=True)
class Reason:
    """A fact behind a candidate that is another one, or says something else.

    Attributes
    ----------
    metric, role : the criterion, and "measurement" or "control"
    kind : "added", "gone", "changed", or "another" where both bases have the facts, and another one counts
    before, after : ids of the facts in either base; None where there is none
    was, now : what they say, in words; "" where there is none
    """

    metric: str
    role: str
    kind: str
    before: int | None
    after: int | None
    was: str
    now: str


@dataclass(frozen=True)
class Move:
    """A candidate of a study in two bases.

    Attributes
    ----------
    sample, paper : what it is, and of which paper
    before, after : its place in either ranking, from 1; None where it is not ranked
    because : the facts behind it that differ; none where it moved with others, or with what is known of its class
    """

    sample: str
    paper: str
    before: int | None
    after: int | None
    because: tuple[Reason, ...] = field(default=())

    @property
    def move(self) -> int | None:
        """Places gained; lost where negative; None where it is ranked in one base alone."""
        return None if self.before is None or self.after is None else self.before - self.after

    def row(self) -> dict[str, Any]:
        """Give it JSON-ready."""
        return {
            "sample": self.sample, "paper": self.paper, "before": self.before, "after": self.after, "move": self.move,
            "because": [asdict(reason) for reason in self.because],
        }  # fmt: skip


@dataclass(frozen=True)
class _Ranked:
    """A candidate in one base: its place and the facts behind it, by criterion and role."""

    place: int
    sample: str
    facts: Mapping[tuple[str, str], int]


def moves(
    before: tuple[KnowledgeBase, Answer], after: tuple[KnowledgeBase, Answer], differences: Differences
) -> list[Move]:
    """Compare the answers of one study.

    Parameters
    ----------
    before, after : a base with its answer (:meth:`kb.base.KnowledgeBase.study`)
    differences : of these two bases, in this order

    Returns
    -------
    list of Move, by the place in ``after``; those that are not ranked there last
    """
    changed = {c.before: c for c in differences.changes() if c.kind == "changed"}
    was, now = _ranked(*before), _ranked(*after)
    reader = _Reasons(before[0], after[0], differences, changed)
    out = []
    for who in {**now, **was}:
        old, new = was.get(who), now.get(who)
        reasons = reader.of(old.facts if old else {}, new.facts if new else {})
        places = (old.place if old else None, new.place if new else None)
        sample = (new or old).sample  # type: ignore[union-attr]
        out.append(Move(sample, str(who[0]), *places, tuple(reasons)))
    return sorted(out, key=lambda m: (m.after is None, m.after or 0, m.before or 0))


def other_strata(before: Answer, after: Answer) -> list[dict[str, str]]:
    """Give the criteria that are compared within other conditions than before: ``metric``, ``was``, ``now``."""
    was, now = ({m: str(s) for m, s in answer.comparison.strata.items()} for answer in (before, after))
    return [{"metric": m, "was": was[m], "now": now[m]} for m in now if was.get(m, now[m]) != now[m]]


def _ranked(base: KnowledgeBase, answer: Answer) -> dict[tuple[Hashable, ...], _Ranked]:
    """Give the candidates by what they are in any base: paper, cited work, what the sample is made of."""
    rows = answer_rows(answer)
    facts = [
        {(e["metric"], role): e[role] for e in row["effects"] for role in ROLES if e[role] is not None} for row in rows
    ]
    places = base.places({number for of_one in facts for number in of_one.values()})
    out: dict[tuple[Hashable, ...], _Ranked] = {}
    for row, of_one in zip(rows, facts, strict=True):
        first = places[next(iter(of_one.values()))]
        cited = first["cited_ref"] if first["provenance"] == "cited" else None
        made_of = frozenset(first["components"]) or first["subject"].casefold()
        who = (first["doi"] or first["title"] or first["source"], cited, made_of)
        out[who] = _Ranked(row["position"], row["sample"], of_one)
    return out


@dataclass(frozen=True)
class _Reasons:
    """Says what differs in the facts behind a candidate."""

    before: KnowledgeBase
    after: KnowledgeBase
    differences: Differences
    changed: Mapping[int | None, Change]

    def of(self, was: Mapping[tuple[str, str], int], now: Mapping[tuple[str, str], int]) -> Iterable[Reason]:
        for metric, role in sorted({*was, *now}):
            old, new = was.get((metric, role)), now.get((metric, role))
            _, still = self.differences.pair(before=old) if old is not None else (None, None)
            if old is not None and new is not None and still == new:
                if old in self.changed:
                    groups = self.changed[old].groups
                    yield Reason(
                        metric, role, "changed", old, new, self._told(self.before, old, groups),
                        self._told(self.after, new, groups),
                    )  # fmt: skip
                continue
            stood, _ = self.differences.pair(after=new) if new is not None else (None, None)
            kind = ANOTHER
            if new is not None and stood is None:
                kind = "added"
            elif old is not None and still is None:
                kind = "gone"
            yield Reason(metric, role, kind, old, new, self._told(self.before, old), self._told(self.after, new))

    def _told(self, base: KnowledgeBase, fact: int | None, groups: Iterable[str] = ()) -> str:
        if fact is None:
            return ""
        row = base.places([fact])[fact]
        parts = [quantity(row["value"], row["value_max"], row["qualifier"], row["unit"]), conditions(row)]
        if "sample" in groups:
            parts.append(f"of {row['subject']}")
        if "confidence" in groups:
            parts.append(f"confidence {number(row['confidence'])}")
        if "flags" in groups:
            parts.append(", ".join(row["flags"]) or "no flags")
        return ", ".join(filter(None, parts))
