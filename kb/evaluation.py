"""Mined records scored against gold: what was found, missed and made up.

A record is *right* where metric, number and unit are those of a gold fact, *strictly right* where the sample, the
control flag, the current density and the areal capacity are too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extractors.sections import kind_of_section
from kb.claims import (
    MAIN,
    Claim,
    condition_counts,
    of_record,
    repeats_setting,
    same_main_conditions,
    same_sample,
    same_value,
)
from kb.gold import Gold

if TYPE_CHECKING:
    from kb.reliability import Reliability

CORE = frozenset({
    "coulombic_efficiency", "initial_coulombic_efficiency", "cycle_count", "cycling_hours", "overpotential",
    "nucleation_overpotential", "mass_transfer_overpotential", "voltage_polarization", "voltage_hysteresis",
    "elastic_modulus", "shear_modulus", "ionic_conductivity", "exchange_current_density", "charge_transfer_resistance",
    "interfacial_resistance", "capacity_retention", "capacity_retention_per_cycle", "coating_thickness",
    "specific_energy", "specific_capacity", "np_ratio",
})  # fmt: skip
PARTS: Mapping[str, frozenset[str] | None] = {"core": CORE, "all": None}
OURS = "kb"  # the miner of a record that names none
GROUPS = ("metric", "section", "miner")
ERRORS = ("missed", "made_up", "wrong")


@dataclass(frozen=True)
class Tally:
    """Counts of records, and the measures made of them; tallies add up.

    Examples
    --------
    >>> total = Tally(right=8, gold=10, records=9) + Tally(right=1, gold=2, records=1)
    >>> total.precision, total.recall, round(total.f1, 3)
    (0.9, 0.75, 0.818)
    """

    right: int = 0
    gold: int = 0
    records: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.gold + other.gold, self.records + other.records)

    @property
    def precision(self) -> float:
        return self.right / self.records if self.records else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0

    def row(self) -> dict[str, Any]:
        """Give it JSON-ready."""
        rates = {"P": self.precision, "R": self.recall, "F1": self.f1}
        return {**{k: round(v, 4) for k, v in rates.items()}, "tp": self.right, "gold": self.gold, "pred": self.records}


@dataclass(frozen=True)
class Hit:
    """A gold fact and the record that has its value; ``strict`` where all else is right too."""

    gold: Claim
    told: Claim
    strict: bool


@dataclass(frozen=True)
class Scored:
    """The records of one document beside the gold of its paper.

    Attributes
    ----------
    missed : gold facts that no record has
    made_up : records that no gold fact has
    repeats : how many records only said again what another said; they are left out
    """

    hits: tuple[Hit, ...]
    missed: tuple[Claim, ...]
    made_up: tuple[Claim, ...]
    repeats: int = 0

    def tally(self, strict: bool = False) -> Tally:
        """Count right records, or strictly right ones."""
        right = sum(hit.strict or not strict for hit in self.hits)
        return Tally(right, len(self.hits) + len(self.missed), len(self.hits) + len(self.made_up))


def score(gold: Sequence[Claim], records: Iterable[Claim], metrics: Collection[str] | None = None) -> Scored:
    """Match the records of one document with the gold of its paper, one to one.

    Parameters
    ----------
    metrics : only these count; all where None
    """
    told, repeats = once(records)
    told = [c for c in told if metrics is None or c.metric in metrics]
    asked = [c for c in gold if metrics is None or any(m in metrics for m in c.metrics)]
    pairs = [(asked[i], told[j]) for i, j in match(asked, told)]
    hits = tuple(Hit(g, t, _strict(g, t, gold)) for g, t in pairs if not g.spared)
    found, taken = {id(g) for g, _ in pairs}, {id(t) for _, t in pairs}
    wanted = [g for g in asked if not g.spared and (metrics is None or g.metric in metrics)]
    missed = [g for g in wanted if id(g) not in found]
    made_up = [t for t in told if id(t) not in taken and not repeats_setting(t, gold)]
    return Scored(hits, tuple(missed), tuple(made_up), repeats)


def _strict(gold: Claim, told: Claim, paper: Sequence[Claim]) -> bool:
    return same_sample(gold, told) and same_main_conditions(gold, told, paper)


def once(records: Iterable[Claim]) -> tuple[list[Claim], int]:
    """Leave out records that say what another one says, with no condition beyond its own; say how many."""
    groups: dict[Any, list[Claim]] = defaultdict(list)
    for c in records:
        groups[c.metric, c.value, c.value_max, c.is_control, c.components].append(c)
    kept, repeats = [], 0
    for group in groups.values():
        fuller: list[dict[str, float]] = []
        for c in sorted(group, key=lambda c: -len(c.conditions)):
            if any(c.numbers.items() <= other.items() for other in fuller):
                repeats += 1
            else:
                fuller.append(c.numbers)
                kept.append(c)
    return kept, repeats


def match(gold: Sequence[Claim], told: Sequence[Claim]) -> list[tuple[int, int]]:
    """Pair gold facts with records of their value, best fits first: facts that count, then sample, then conditions."""
    fits = []
    for i, g in enumerate(gold):
        for j, t in enumerate(told):
            if same_value(g, t):
                found, asked, *_ = condition_counts(g, t)
                fits.append((4 * (not g.spared) + 2 * same_sample(g, t) + (found / asked if asked else 0.5), i, j))
    pairs: list[tuple[int, int]] = []
    left, right = set[int](), set[int]()
    for _, i, j in sorted(fits, key=lambda fit: (-fit[0], fit[1], fit[2])):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((i, j))
    return pairs


def figures(scored: Scored) -> dict[str, Any]:
    """Give the figures of one document, JSON-ready; a rate of nothing is null."""
    pairs = [(hit.gold, hit.told) for hit in scored.hits]
    counts = [sum(column) for column in zip(*(condition_counts(g, t) for g, t in pairs), strict=True)] or [0] * 4
    core = [g for g in (*(g for g, _ in pairs), *scored.missed) if g.record.get("importance") == "core"]
    missed_core = sum(g.record.get("importance") == "core" for g in scored.missed)
    told_alike = sum(g.record.get("qualifier") == t.record.get("qualifier") for g, t in pairs)
    credited = sum(_is_cited(g) == _is_cited(t) for g, t in pairs)
    return {
        "value": scored.tally().row(),
        "strict": scored.tally(strict=True).row(),
        "recall_of_core_facts": _rate(len(core) - missed_core, len(core)),
        "subject_accuracy": _rate(sum(same_sample(g, t) for g, t in pairs), len(pairs)),
        "condition_recall": _rate(counts[0], counts[1]),
        "condition_precision": _rate(counts[2], counts[3]),
        "qualifier_accuracy": _rate(told_alike, len(pairs)),
        "cited_accuracy": _rate(credited, len(pairs)),
    }


def _is_cited(claim: Claim) -> bool:
    return claim.record.get("provenance") == "cited"


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass(frozen=True)
class Evaluation:
    """Some records beside the gold of their papers.

    Attributes
    ----------
    gold : what they are scored against
    records : the claims of each document, by its file name
    """

    gold: Gold
    records: Mapping[str, tuple[Claim, ...]]

    @classmethod
    def of(cls, gold: Gold, records: Iterable[Mapping[str, Any]]) -> Evaluation:
        """Sort records to the documents of a gold; those of other documents or of no metric are left out."""
        mine: dict[str, list[Claim]] = {source: [] for source in gold.sources}
        for record in records:
            source = str(record.get("source", "")).rpartition("/")[2]
            if source in mine and record["metric"] != "other":
                mine[source].append(of_record(record))
        return cls(gold, {source: tuple(claims) for source, claims in mine.items()})

    def scored(self, part: str = "all") -> dict[str, Scored]:
        """Score each document, by its file name, on one of PARTS."""
        return {
            source: score(self.gold.facts[self.gold.sources[source]], claims, PARTS[part])
            for source, claims in sorted(self.records.items())
        }

    def report(self) -> dict[str, Any]:
        """Give the figures of each document and of all together, JSON-ready, core metrics and all."""
        parts = {part: self.scored(part) for part in PARTS}
        sources = {
            source: {
                "paper": self.gold.sources[source],
                "repeats_collapsed": whole.repeats,
                **{part: figures(parts[part][source]) for part in PARTS},
            }
            for source, whole in parts["all"].items()
        }
        micro = {part: _micro(list(documents.values())) for part, documents in parts.items()}
        return {"sources": sources, "micro": micro}

    def groups(self, by: str) -> list[dict[str, Any]]:
        """Break the figures down by one of GROUPS.

        Sections tell of the records that stand in them alone: where a missed fact stands, gold need not say.  Each
        miner is scored for itself against the whole gold.
        """
        if by == "miner":
            return self._of_miners()
        value: dict[str, Tally] = defaultdict(Tally)
        strict: dict[str, Tally] = defaultdict(Tally)
        for scored in self.scored().values():
            for hit in scored.hits:
                value[_group(hit.told, by)] += Tally(1, 1, 1)
                strict[_group(hit.told, by)] += Tally(int(hit.strict), 1, 1)
            for claim in scored.made_up:
                value[_group(claim, by)] += Tally(records=1)
                strict[_group(claim, by)] += Tally(records=1)
            for claim in scored.missed if by == "metric" else ():
                value[claim.metric] += Tally(gold=1)
                strict[claim.metric] += Tally(gold=1)
        unknown: dict[str, None] = {} if by == "metric" else dict.fromkeys(("R", "F1", "gold"))
        rows: list[dict[str, Any]] = [
            {by: name, "value": {**value[name].row(), **unknown}, "strict": {**strict[name].row(), **unknown}}
            for name in value
        ]
        return sorted(rows, key=lambda row: (-row["value"]["pred"], row[by]))

    def _of_miners(self) -> list[dict[str, Any]]:
        miners = sorted({_group(c, "miner") for claims in self.records.values() for c in claims})
        rows = []
        for miner in miners:
            own = {s: tuple(c for c in cs if _group(c, "miner") == miner) for s, cs in self.records.items()}
            rows.append({"miner": miner, **_micro(list(Evaluation(self.gold, own).scored().values()))})
        return rows

    def reliability(self, strict: bool = False) -> Reliability:
        """Compare the confidence that records carry with whether they are right; those without are left out.

        Parameters
        ----------
        strict : ``confidence_strict`` with whether all of the record is right, instead of ``confidence`` with the value
        """
        from kb.reliability import Reliability

        key = "confidence_strict" if strict else "confidence"
        told = [
            (record[key], right, paper)
            for record, right, paper in self.judged(strict)
            if isinstance(record.get(key), int | float)
        ]
        said, right, papers = zip(*told, strict=True) if told else ((), (), ())
        return Reliability.of(said, right, papers)

    def judged(self, strict: bool = False) -> Iterator[tuple[Mapping[str, Any], bool, str]]:
        """Give each record that gold judges, whether it is right (its value, or all of it), and its paper."""
        for source, scored in self.scored().items():
            paper = self.gold.sources[source]
            yield from ((hit.told.record, hit.strict or not strict, paper) for hit in scored.hits)
            yield from ((claim.record, False, paper) for claim in scored.made_up)

    def errors(self) -> list[dict[str, Any]]:
        """List what was missed, made up, or given to the wrong sample or conditions, JSON-ready, by document.

        ``kind`` is one of ERRORS; ``gold`` and ``record`` are what stands on either side, or null; ``why`` says what
        is wrong with a record whose value is right.
        """
        rows: list[dict[str, Any]] = []
        for source, scored in self.scored().items():
            paper = self.gold.facts[self.gold.sources[source]]
            rows += [_error("missed", source, g, None) for g in scored.missed]
            rows += [_error("made_up", source, None, t) for t in scored.made_up]
            rows += [_error("wrong", source, h.gold, h.told, _wrong(h, paper)) for h in scored.hits if not h.strict]
        return rows


def _micro(documents: Sequence[Scored]) -> dict[str, Any]:
    kinds = (("value", False), ("strict", True))
    return {kind: sum((d.tally(strict) for d in documents), Tally()).row() for kind, strict in kinds}


def _group(claim: Claim, by: str) -> str:
    if by == "metric":
        return claim.metric
    if by == "miner":
        return str(claim.record.get("miner") or OURS)
    return kind_of_section((claim.record.get("evidence") or {}).get("section") or "")


def _error(kind: str, source: str, gold: Claim | None, told: Claim | None, why: str = "") -> dict[str, Any]:
    sides = {"gold": gold.record if gold else None, "record": told.record if told else None}
    metric = (told or gold or Claim(("",), 0.0, None, "", frozenset(), False, {})).metric
    return {"kind": kind, "source": source, "metric": metric, "why": why, **sides}


def _wrong(hit: Hit, paper: Sequence[Claim]) -> str:
    gold, told = hit.gold, hit.told
    faults = []
    if gold.is_control != told.is_control:
        faults.append("is " + ("" if gold.is_control else "not ") + "the control")
    elif not same_sample(gold, told):
        said = " + ".join((told.record.get("subject") or {}).get("components") or ()) or "nothing"
        faults.append(f"made of {' + '.join(gold.record.get('components') or ())}, not {said}")
    if not same_main_conditions(gold, told, paper):
        for key in MAIN:
            wanted, got = gold.conditions.get(key), told.conditions.get(key)
            if not (wanted is None and got is None) and wanted != got:
                faults.append(f"{key} {_known(got)}, in the gold {_known(wanted)}")
    return "; ".join(faults)


def _known(value: Any) -> str:
    return "none" if value is None else f"{value:g}"
