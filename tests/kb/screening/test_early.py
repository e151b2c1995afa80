"""Young cells in closed form: the first cycles of the simulator, and limits."""

from __future__ import annotations

import numpy as np
import pytest

from kb.screening.cycling import Protocol
from kb.screening.early import mean_loss, plateau
from kb.screening.synthetic import synthetic_coatings
from kb.screening.traces import trace_cells


@pytest.mark.parametrize("current", [0.5, 2.0])
@pytest.mark.parametrize("cycles", [1, 20])
def test_it_is_what_the_simulator_shows(current: float, cycles: int) -> None:
    coatings = synthetic_coatings(200) | {"dead_strain": np.zeros(200)}
    # With lithium and electrolyte to spare, and no end by polarisation, every cell is there to be compared.
    protocol = Protocol(current=current, lithium=500.0, electrolyte=1e4, cutoff=50.0)
    traces = trace_cells(coatings, protocol, max_cycles=cycles)
    losses = 1.0 - traces.coulombic_efficiency
    # What is worn on the mean of the cycles, not in each, is in current and film: near, and nearer for nearly all.
    apart = np.abs(np.log(mean_loss(coatings, protocol, cycles) / losses.mean(axis=1)))
    assert apart.max() < 0.3
    assert np.quantile(apart, 0.95) < 0.05
    assert plateau(coatings, protocol) == pytest.approx(traces.overpotential[:, 0], rel=1e-6)


def test_nothing_that_dies_and_no_film_is_no_loss() -> None:
    still = dict.fromkeys(("dead_bare", "dead_coated", "sei_growth", "crack_growth"), np.zeros(3))
    assert mean_loss(synthetic_coatings(3) | still, Protocol()) == pytest.approx(0.0, abs=1e-8)
