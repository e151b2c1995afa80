"""A study whose weights move: what it compares is read once, its draws are made once, and then only weighed anew."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.comparison import SIMULATED
from kb.screening.decision import Places, Scale, experiments, noisy_front, ranks_of, reversals, turns
from kb.screening.panel import BLOCK
from kb.screening.rank import pareto_front
from kb.studies import EXPERIMENTS, TURN_DRAWS, Answer, Study, compared, fingerprint, panel_of, scale_of
from schema.errors import BadStudy
from schema.statements import statement

Floats = NDArray[np.float64]

MOST_VALUES = 5_000  # values whose strata are compared at once: a second or two
MOST_RANKS = 400_000  # draws times candidates that are ranked at each move: some 20 ms
MOST_FOR_TURNS = 300  # candidates; what would turn more is not looked for
DIGITS = 4  # of a weight that is written


@dataclass(frozen=True)
class Weighing:
    """The draws of a study, ready to be weighed.

    Attributes
    ----------
    answer : with the weights of the study
    scale : how a draw becomes a score
    effects : float64 array, shape (d, n, m); bigger is better [ln units]
    desirability : float64 array, shape (d, n, m); its logarithm, -inf where it is 0
    """

    answer: Answer
    scale: Scale
    effects: Floats
    desirability: Floats

    def weighed(self, shares: Sequence[float]) -> Answer:
        """Rank by other weights, in the same draws; what would turn the ranking is left open.

        Parameters
        ----------
        shares : of the whole weight, one for each criterion; positive, sum 1
        """
        answer, study = self.answer, with_weights(self.answer.study, shares)
        scale = replace(self.scale, weights=np.array(shares_of(study)))
        if scale.method == "desirability":
            # In the order of Scale.score, so that the digits are the same.
            scores = np.exp((scale.weights * self.desirability).sum(axis=-1))
        else:
            scores = scale.score(self.effects)
        return replace(
            answer, study=study, comparison=replace(answer.comparison, criteria=tuple(study.criteria)),
            places=Places(ranks_of(scores), answer.places.free), score=scores.mean(axis=0),
            turns=[], experiments=[], reversals=[],
        )  # fmt: skip

    def turned(self, answer: Answer) -> Answer:
        """Add the weights at which the winner changes; not looked for among very many candidates."""
        if self._are_many:
            return answer
        scale = replace(self.scale, weights=np.array(shares_of(answer.study)))
        first = int(answer.places.mean.argmin())
        found = turns(self.effects[:: max(len(self.effects) // TURN_DRAWS, 1)], scale)
        return replace(
            answer,
            turns=[turn for turn in found if turn.winner != first],
            reversals=reversals(answer.expected, scale) if scale.method == "topsis" else [],
        )

    def telling(self, answer: Answer) -> Answer:
        """Add what to measure next: what takes longest; not looked for among very many candidates."""
        if self._are_many:
            return answer
        metrics = [c.metric for c in answer.study.criteria]
        found = experiments(self.effects, answer.places, answer.study.effect_sd)
        return replace(answer, experiments=[e for e in found if metrics[e.criterion] not in SIMULATED][:EXPERIMENTS])

    @property
    def _are_many(self) -> bool:
        return self.effects.shape[1] > MOST_FOR_TURNS


def weighing(db: sqlite3.Connection, study: Study, only: Collection[int] | None = None) -> Weighing:
    """Read and draw what a study compares; of several protocols the first counts.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    study : what is asked; with many candidates fewer of its draws are made, ``answer.done`` says how many
    only : ids of the measurements that its filter finds; all where None

    Raises
    ------
    BadStudy
        Where nothing is to be compared, or more than can be at once.
    BadCriterion, UnknownMetric, OutOfRange, UnknownParameter
        As :func:`kb.studies.run_study` does.
    """
    first = study.each_protocol[0]
    (values,) = db.execute(statement("count_of_metrics"), {"metrics": _metrics(study)}).fetchone()
    if (values if only is None else min(values, len(only))) > MOST_VALUES:
        raise BadStudy(
            f"{values} values of these criteria are more than can be compared while weights move ({MOST_VALUES}); "
            "narrow what counts by a filter, such as strategy = 3D host"
        )
    comparison = compared(db, first, only)[0]
    panel = panel_of(comparison)
    if not panel.known.any():
        raise BadStudy("nothing to compare: no candidate has a value with something to hold it against")
    scale = scale_of(first, panel)
    fitting = max(MOST_RANKS // (len(comparison.candidates) * BLOCK), 1)
    effects = np.concatenate([panel.draws(study.seed, block) for block in first.blocks[:fitting]])
    expected = effects.mean(axis=0)
    free = np.array([pareto_front(draw) for draw in effects]).reshape(effects.shape[:2])
    with np.errstate(divide="ignore"):
        desirability = np.log(np.clip((effects - scale.low) / (scale.high - scale.low), 0.0, 1.0))
    none: Any = Places(np.empty((0, 0), np.int64), free)
    answer = Answer(
        first, comparison, panel, none, np.zeros(len(expected)), expected, noisy_front(effects), [], [], [],
        len(effects), len(first.blocks) * BLOCK, fingerprint(db),
    )  # fmt: skip
    begun = Weighing(answer, scale, effects, desirability)
    return replace(begun, answer=begun.weighed(shares_of(first)))


def _metrics(study: Study) -> str:
    import json

    return json.dumps([c.metric for c in study.criteria])


def shares_of(study: Study) -> tuple[float, ...]:
    """Give the share of each criterion of the whole weight.

    Examples
    --------
    >>> shares_of(Study(("cycling_hours:max:3", "coulombic_efficiency")))
    (0.75, 0.25)
    """
    total = sum(c.weight for c in study.criteria)
    return tuple(c.weight / total for c in study.criteria)


def with_weights(study: Study, shares: Sequence[float]) -> Study:
    """Give a study with other weights.

    Examples
    --------
    >>> with_weights(Study(("cycling_hours", "coulombic_efficiency")), (0.75, 0.25)).by
    ('cycling_hours:max:0.75', 'coulombic_efficiency:max:0.25')
    """
    by = tuple(str(replace(c, weight=_rounded(s))) for c, s in zip(study.criteria, shares, strict=True))
    return replace(study, by=by)


def _rounded(share: float) -> float:
    return round(share, DIGITS - 1 - math.floor(math.log10(share)))


def moved(shares: Sequence[float], index: int, by: float, least: float = 0.01) -> tuple[float, ...]:
    """Move weight to one criterion, or away from it; the others keep their proportions.

    Parameters
    ----------
    shares : sum 1
    by : to be added to the share, which is then rounded to a whole number of this step; no share falls below ``least``

    Examples
    --------
    >>> moved((0.5, 0.25, 0.25), 0, 0.1)
    (0.6, 0.2, 0.2)
    >>> moved((0.98, 0.02), 0, 0.05), moved((1.0,), 0, -0.05)
    ((0.99, 0.01), (1.0,))
    """
    if len(shares) == 1:
        return tuple(shares)
    step = abs(by)
    wanted = math.floor(shares[index] / step + 1e-9) + 1 if by > 0 else math.ceil(shares[index] / step - 1e-9) - 1
    share = min(max(wanted * step, least), 1.0 - least * (len(shares) - 1))
    rest = sum(shares) - shares[index]
    others = [max((1.0 - share) * s / rest, least) for i, s in enumerate(shares) if i != index]
    others = [(1.0 - share) * s / sum(others) for s in others]
    out = [*others[:index], share, *others[index:]]
    return tuple(round(s, 12) for s in out)
