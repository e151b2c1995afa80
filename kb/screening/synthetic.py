"""Synthetic draws for tests and benchmarks: wide, with every mode of failure among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def synthetic_coatings(n: int, seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """Give n draws of coatings, one independent of the other, as ``simulate_cells`` takes them.

    The medians and spreads are invented; at ``Protocol(lithium=6.0)`` the median life is about 500 cycles.

    Examples
    --------
    >>> coatings = synthetic_coatings(3)
    >>> len(coatings), coatings["dead_bare"].shape
    (20, (3,))
    """
    random = np.random.default_rng(seed)

    def spread(median: float, deviation: float) -> NDArray[np.float64]:
        return median * np.exp(deviation * random.standard_normal(n))

    dead_bare = np.minimum(spread(0.015, 0.6), 0.1)
    return {
        "dead_bare": dead_bare,
        "dead_coated": 0.6 * dead_bare * random.beta(2, 2, n),
        "exchange_bare": spread(0.3, 0.8),
        "exchange_coated": spread(0.6, 0.8),
        "coating_resistance": spread(5.0, 1.0),
        "electrolyte_resistance": spread(5.0, 0.4),
        "sei_growth": spread(0.3, 1.0),
        "sei_resistivity": spread(0.2, 0.6),
        "crack_growth": spread(1.0, 1.0),
        "strain_ratio": spread(0.6, 0.4),
        "fatigue_exponent": random.uniform(2.0, 5.0, n),
        "damage_rate": spread(1.5e-3, 1.0),
        "rate_exponent": np.abs(random.normal(1.2, 0.3, n)),
        "rate_current": spread(4.0, 0.3),
        "suppression": random.uniform(0.0, 1.0, n),
        "sei_solvent": spread(15.0, 0.5),
        "dead_resistance": spread(3.0, 0.8),
        "limiting_current": spread(10.0, 0.4),
        "hot_spot": np.minimum(spread(1.0, 0.5), 4.0),
        "dead_strain": spread(0.2, 0.5),
    }
