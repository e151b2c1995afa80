"""Which inputs the spread of the life is from: Sobol indices of the logarithm of the life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kb.screening.cycling import Protocol
    from kb.screening.draws import Study
    from kb.screening.outcome import Run

MOST_BASE = 1024  # rows of the design before the inputs are swapped; n (d + 2) trajectories
LEAST_BASE = 64
RESAMPLES, CONFIDENCE = 200, 0.95


@dataclass(frozen=True)
class Sensitivity:
    """The Sobol indices of one input.

    Attributes
    ----------
    first, first_error : share of the variance that the input makes alone, and half of its 95 % interval
    total, total_error : share that would be left if all others were known, and half of its 95 % interval
    """

    first: float
    first_error: float
    total: float
    total_error: float


def sobol_indices(study: Study, protocol: Protocol, run: Run) -> dict[str, Sensitivity]:
    """Compute Sobol indices of the logarithm of the life for every uncertain input.

    Saltelli's design and estimators, bootstrap intervals (SALib).  A life that is censored counts at the limit.

    Parameters
    ----------
    study, protocol, run : as :func:`kb.screening.outcome.simulate` takes them; noise is left out

    Returns
    -------
    dict of input -> Sensitivity, the most influential first; empty where there are fewer draws than 64, nothing is
    uncertain or all lives are the same
    """
    names = study.uncertain
    base = 2 ** int(np.log2(max(min(run.draws, MOST_BASE), 1)))
    if base < LEAST_BASE or not names:
        return {}
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    from kb.screening.cycling import simulate_cells

    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    seed = 1 + run.seed % (2**32 - 1)  # SALib takes 0 for no seed
    points = design.sample(problem, base, calc_second_order=False, seed=seed)
    coatings = study.coatings(study.values_at(points), protocol).coatings
    lives = simulate_cells(coatings, run.of_kernel(protocol), max_cycles=run.cycles)
    logarithm = np.log(np.maximum(lives.cycles, 0.5))  # half a cycle where not one is completed
    if np.ptp(logarithm) == 0.0:
        return {}
    found = analysis.analyze(
        problem, logarithm, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed
    )
    columns = (np.asarray(found[key], np.float64).tolist() for key in ("S1", "S1_conf", "ST", "ST_conf"))
    out = {name: Sensitivity(*row) for name, row in zip(names, zip(*columns, strict=True), strict=True)}
    return dict(sorted(out.items(), key=lambda pair: -pair[1].total))
