"""Simulated quantities as criteria of a study: what the calibrated simulator says of candidates under one protocol."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.candidates import Row
from kb.comparison import SIMULATED, SIMULATION, Compared, Comparison
from kb.lives import Samples, last_calibration, last_fitted
from kb.screening.likelihood import Life
from kb.screening.rank import Criterion
from kb.screening.shifted import ELSEWHERE, cells_of, shown
from kb.screening.strata import Stratum
from schema.errors import BadStudy
from schema.statements import statement

DRAWS = 512
PROTOCOL: Mapping[str, float] = {"current": 1.0, "capacity": 1.0, "lithium": 4.0}


def with_simulated(
    db: sqlite3.Connection,
    comparison: Comparison,
    criteria: Sequence[Criterion],
    protocol: Mapping[str, float],
    seed: int,
) -> Comparison:
    """Add simulated criteria to a comparison, in the order of ``criteria``.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    comparison : of the criteria that are measured
    criteria : all, measured and simulated
    protocol : current, capacity and lithium of the test [mA/cm^2, mAh/cm^2, mAh/cm^2]
    seed : of the draws

    Raises
    ------
    BadStudy
        Where the simulator has not been calibrated on this base, or was no better than the baselines.
    """
    fitted = last_fitted(db)
    if fitted is None:
        raise BadStudy(
            f"no ranking uses the simulator: it {_why_not(db)} (kb calibrate); take {', '.join(SIMULATED)} out of the "
            "study"
        )
    samples, particle = Samples(db), fitted.posterior.mean[None, :]
    current, capacity, lithium = ({**PROTOCOL, **protocol}[name] for name in PROTOCOL)
    life = Life("", 0.0, 0.0, current, capacity, lithium=max(lithium, capacity), cell=ELSEWHERE)
    effects = []
    for candidate, measured in zip(comparison.candidates, comparison.effects, strict=True):
        ids = [o.measurement for o in candidate.observations.values()]
        found = db.execute(statement("measurements_of_ids"), {"ids": json.dumps(ids)}).fetchone()
        hours = shown(life, cells_of(life, samples.study(Row.of(found)), seed, DRAWS), particle)
        middle, sd = float(hours.mean()), max(float(hours.std()), 0.01)
        simulated = Compared(middle, middle, sd, SIMULATION, None, f"simulated {math.exp(middle):.0f} h")
        columns = iter(measured)
        effects.append(tuple(simulated if c.metric in SIMULATED else next(columns) for c in criteria))
    strata = {**comparison.strata, **{c.metric: Stratum() for c in criteria if c.metric in SIMULATED}}
    return replace(comparison, criteria=tuple(criteria), effects=tuple(effects), strata=strata)


def _why_not(db: sqlite3.Connection) -> str:
    kept = last_calibration(db)
    if kept is None:
        return "has not been calibrated on twenty lives"
    if not kept["beats"]:
        return "was no better than the baselines"
    return "was calibrated with other priors, or by another version"
