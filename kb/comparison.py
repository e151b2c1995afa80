"""What a base knows for a comparison: strata, effects against controls as intervals, second-hand facts counted once."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, variance
from typing import TYPE_CHECKING, Any, Literal

from kb.across import adjusted, widened
from kb.candidates import STANDS_FOR, bounded, read_candidates, read_reservoirs
from kb.ranking import floor_caveats
from kb.screening.effects import INTERVAL_UNITS, LOSS_METRICS, OPEN_SIDE, Observation
from kb.screening.rank import Candidate, Criterion
from kb.screening.replicates import Replicates, replicates
from kb.screening.strata import WORDS, Stratum, caveat, comparable, largest, stratum_of
from schema.errors import BadCriterion
from schema.statements import statement

if TYPE_CHECKING:
    from kb.screening.pouch import Layer

# Judgement (physics.md g3 gives 0.3 to 0.5 for an effect): cells of a paper are rarely replicated.
EFFECT_SD = 0.4
VALUE_SD = EFFECT_SD / math.sqrt(2)
CONTROLS_SD = 0.7  # of the controls of different papers, where there are too few to tell (judgement)
ROUNDED_LOSS = 0.5  # percent: what "100 %" may hide
ASSUMED, ESTIMATED = SPREADS = ("assumed", "estimated")
OWN, CLASS, VALUE, NONE = "own control", "class reference", "value", "none"
SIMULATION = "simulation"
# Criteria that no paper measures -> the better direction: hours until a cell fails under the study's protocol, energy
# of a pouch cell for its mass.
LIFE, ENERGY = "simulated_life", "simulated_specific_energy"
SIMULATED: Mapping[str, Literal["max", "min"]] = {LIFE: "max", ENERGY: "max"}


@dataclass(frozen=True)
class Compared:
    """What is known of one effect.

    Attributes
    ----------
    low, high : ends, bigger is better [ln units]; both infinite where nothing is known
    sd : of the measurement [ln units]
    against : "own control", "class reference", "value" (the metric has no controls), "simulation" or "none"
    observation : the value, with its control; None where the candidate has none
    reason : why nothing is known, or what is to be minded
    """

    low: float = -math.inf
    high: float = math.inf
    sd: float = EFFECT_SD
    against: str = NONE
    observation: Observation | None = None
    reason: str = "no value"


@dataclass(frozen=True)
class Support:
    """What stands behind a row: how many papers, measurements and controls."""

    papers: int
    measurements: int
    controls: int


@dataclass(frozen=True)
class Comparison:
    """Candidates to be compared, and what may be compared.

    Attributes
    ----------
    candidates : n, by paper and name
    criteria : m
    effects : for each candidate one for each criterion
    classes : of each candidate, its strategy
    support : of each candidate
    strata : for each metric what its values share
    left_out : for each metric the number of candidates all of whose values lie in other strata
    twice : second-hand facts that were left out because the work itself, or another account of it, counts
    caveats : what to mind, in words
    layers : of each candidate, where specific energies are simulated
    findings : of a measurement what the audits find of it, briefly; those without are left out
    """

    candidates: tuple[Candidate, ...]
    criteria: tuple[Criterion, ...]
    effects: tuple[tuple[Compared, ...], ...]
    classes: tuple[str, ...]
    support: tuple[Support, ...]
    strata: Mapping[str, Stratum]
    left_out: Mapping[str, int] = field(default_factory=dict)
    twice: int = 0
    caveats: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    findings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def second_hand(db: sqlite3.Connection) -> set[int]:
    """Find the facts that are told twice: credited to a work that is itself in the base, or told by another paper too.

    Of several accounts of one work that of the document that came first counts.
    """
    first: dict[str, int] = {}
    out: set[int] = set()
    for row in db.execute(statement("second_hand")):
        if row["is_at_hand"] or first.setdefault(row["work"], row["document_id"]) != row["document_id"]:
            out.add(row["id"])
    return out


def compare(
    db: sqlite3.Connection,
    criteria: Sequence[Criterion],
    only: Container[int] | None = None,
    min_confidence: float = 0.0,
    across: bool = False,
    within: Mapping[str, Mapping[str, str]] | None = None,
    effect_sd: float = EFFECT_SD,
    spread: str = ASSUMED,
) -> Comparison:
    """Read what may be compared for some criteria.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    criteria : what will be ranked by
    only : ids of the measurements that count; all where None.  Controls count in any case
    min_confidence : values below it do not count
    across : compare across strata, with added variance, instead of in the largest of each metric
    within : for a metric the stratum to compare in, such as ``{"cycling_hours": {"cell": "Li|Li symmetric"}}``
    effect_sd : standard deviation of an effect [ln units]
    spread : "assumed": ``effect_sd`` and a fixed variance for each condition that differs; "estimated": from
        replicates (``kb.screening.replicates``) and by regression (``kb.across``), where there are enough

    Raises
    ------
    BadCriterion
        Where a metric has no ratio (volts against a reference electrode), or a stratum names no condition.
    """
    metrics = {c.metric for c in criteria} | {STANDS_FOR[c.metric] for c in criteria if c.metric in STANDS_FOR}
    asked = {"metrics": json.dumps(sorted(metrics)), "least": min_confidence}
    reservoirs = read_reservoirs(db)
    rows = {row["id"]: bounded(row, reservoirs) for row in db.execute(statement("comparable_rows"), asked)}
    twice = second_hand(db) & rows.keys()
    treated = {
        i: row for i, row in rows.items()
        if not row["is_control"] and i not in twice and (only is None or i in only)
    }  # fmt: skip
    strata: dict[str, Stratum] = {}
    left_out: dict[str, int] = {}
    caveats: list[str] = []
    kept: set[int] = set()
    for criterion in criteria:
        own = {i: stratum_of(row) for i, row in treated.items() if row["metric"] == criterion.metric}
        samples = {i: (treated[i]["paper_id"], treated[i]["cited_ref"], treated[i]["components"]) for i in own}
        strata[criterion.metric], members = _chosen(own, samples, (within or {}).get(criterion.metric))
        if across:
            members = tuple(own)
            caveats += filter(None, [caveat(criterion.metric, own.values())])
        left_out[criterion.metric] = len({*samples.values()} - {samples[i] for i in members})
        kept.update(members)
    candidates = tuple(read_candidates(db, criteria, kept, min_confidence))
    deviations = {c.metric: effect_sd for c in criteria}
    if spread == ESTIMATED:
        for metric, found in replicates(rows.values(), effect_sd / math.sqrt(2)).items():
            if metric in deviations:
                deviations[metric] = found.sd * math.sqrt(2)
                caveats.append(_replicated(metric, deviations[metric], found, effect_sd))
    reader = _Effects(rows, deviations)
    columns = []
    for criterion in criteria:
        column = [reader.of(criterion, candidate) for candidate in candidates]
        if across and spread == ESTIMATED:
            column, told = adjusted(column, rows, strata[criterion.metric])
            caveats.append(f"{criterion.metric.replace('_', ' ')}: {told}")
        elif across:
            column = widened(column, rows, strata[criterion.metric])
        columns.append(column)
    effects = tuple(zip(*columns, strict=True))
    return Comparison(
        candidates,
        tuple(criteria),
        effects,
        tuple(_strategy(c, rows) for c in candidates),
        tuple(_support(e, rows) for e in effects),
        strata,
        left_out,
        len(twice),
        (*caveats, *floor_caveats(o for c in candidates for o in c.observations.values())),
        findings={i: said for i, row in rows.items() if (said := tuple(json.loads(row["findings"])))},
    )


def _chosen(
    own: Mapping[int, Stratum], samples: Mapping[int, Any], asked: Mapping[str, str] | None
) -> tuple[Stratum, tuple[int, ...]]:
    if asked is None:
        return largest(own, samples)
    unknown = sorted({*asked} - {*WORDS})
    if unknown:
        raise BadCriterion(f"a stratum has no condition {unknown[0]!r}; it has {', '.join(WORDS)}")
    wanted = Stratum(**asked)
    return wanted, tuple(i for i, stratum in own.items() if comparable(wanted, stratum))


def _replicated(metric: str, sd: float, found: Replicates, assumed: float) -> str:
    results = f"{found.results} replicated result{'' if found.results == 1 else 's'}"
    freedom = f"{found.freedom} degree{'' if found.freedom == 1 else 's'} of freedom"
    return (
        f"{metric.replace('_', ' ')}: a standard deviation of {sd:.2g} ln units of an effect, from {results} "
        f"({freedom}) and the assumed {assumed:g}"
    )


def _strategy(candidate: Candidate, rows: Mapping[int, Mapping[str, Any]]) -> str:
    seen = [o.measurement for o in candidate.observations.values() if o.measurement is not None]
    told = [rows[i]["strategy"] for i in seen]
    return max(sorted({*told}), key=told.count, default="other")


def _support(effects: Iterable[Compared], rows: Mapping[int, Mapping[str, Any]]) -> Support:
    seen = [e.observation for e in effects if e.observation is not None]
    ids = {o.measurement for o in seen if o.measurement is not None}
    controls = {o.control.measurement for o in seen if o.control is not None}
    papers = {(rows[i]["paper_id"], rows[i]["cited_ref"]) for i in ids}
    return Support(len(papers), len(ids), len(controls))


@dataclass(frozen=True)
class _Effects:
    """Makes effects of observations."""

    rows: Mapping[int, Mapping[str, Any]]
    deviations: Mapping[str, float]  # of an effect on each metric [ln units]

    def of(self, criterion: Criterion, candidate: Candidate) -> Compared:
        metric = criterion.metric
        seen = candidate.observations.get(metric)
        if seen is None:
            return Compared(sd=self.deviations[metric])
        if seen.unit in INTERVAL_UNITS:
            raise BadCriterion(f"{metric}: values in {seen.unit} have no ratio; rank by them without a study")
        ends = _ends(metric, seen)
        if ends is None:
            return Compared(sd=self.deviations[metric], observation=seen, reason="its value has no logarithm")
        sd = self.deviations[metric]
        references = self._references(metric, seen)
        if seen.control is not None and seen.control.unit == seen.unit and (base := _ends(metric, seen.control)):
            low, high, against, reason = ends[0] - base[1], ends[1] - base[0], OWN, ""
        elif references:
            spread = variance(references) if len(references) > 1 else CONTROLS_SD**2
            sd = math.sqrt(sd**2 / 2 + spread * (1 + 1 / len(references)))
            centre = fmean(references)
            low, high, against = ends[0] - centre, ends[1] - centre, CLASS
            reason = f"no control in its paper; against the controls of {len(references)} papers"
        elif not self._has_controls(metric):
            low, high, against, reason = *ends, VALUE, ""
            sd /= math.sqrt(2)
        else:
            return Compared(sd=sd, observation=seen, reason="no control to compare with")
        if criterion.direction == "min":
            low, high = -high, -low
        if math.isinf(low) and math.isinf(high):
            reason = "value and control are bounds that pull apart"
        return Compared(low, high, sd, against, seen, reason)

    def _controls(self, metric: str) -> list[Mapping[str, Any]]:
        names = (metric, STANDS_FOR.get(metric))
        return [row for row in self.rows.values() if row["is_control"] and row["metric"] in names]

    def _has_controls(self, metric: str) -> bool:
        return bool(self._controls(metric))

    def _references(self, metric: str, seen: Observation) -> list[float]:
        """Give the controls of comparable tests, one mean a paper [ln units]."""
        stratum = stratum_of(self.rows[seen.measurement]) if seen.measurement is not None else Stratum()
        by_paper: dict[int, list[float]] = defaultdict(list)
        for row in self._controls(metric):
            value = Observation(row["value"], row["unit"], row["value_max"], row["qualifier"])
            # A bound says too little of where the controls of other papers lie.
            ends = _ends(metric, value) if row["qualifier"] not in OPEN_SIDE and row["unit"] == seen.unit else None
            if ends is not None and all(map(math.isfinite, ends)) and comparable(stratum, stratum_of(row)):
                by_paper[row["paper_id"]].append(fmean(ends))
        return [fmean(values) for values in by_paper.values()]


def _ends(metric: str, seen: Observation) -> tuple[float, float] | None:
    """Give the ends between which the logarithm of a value lies: of what is not lost, for efficiencies.

    Examples
    --------
    >>> _ends("cycling_hours", Observation(1.0, "h", qualifier=">"))
    (0.0, inf)
    >>> [round(end, 3) for end in _ends("coulombic_efficiency", Observation(90.0, "percent"))]
    [-2.303, -2.303]
    """
    low, high = seen.end(largest=False), seen.end(largest=True)
    side = OPEN_SIDE.get(seen.qualifier, 0)
    if metric in LOSS_METRICS:
        if low < 0 or high > 100:
            return None
        lost = [100 - value if value < 100 else ROUNDED_LOSS for value in (low, high)]
        first, last = -math.log(lost[0]), -math.log(lost[1])
        side = 1 if high == 100 else side
    elif low <= 0 or not math.isfinite(high):
        return None
    else:
        first, last = math.log(low), math.log(high)
    return (-math.inf if side < 0 else first, math.inf if side > 0 else last)
