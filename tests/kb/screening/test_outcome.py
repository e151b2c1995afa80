"""Runs over draws and grids: one call of the core a protocol, the same draws at each point."""

from __future__ import annotations

import numpy as np
import pytest

from kb.screening import outcome as module
from kb.screening.cycling import Protocol
from kb.screening.draws import study
from kb.screening.outcome import Outcome, Run, grid, simulate, trace
from schema.errors import OutOfRange

PROTOCOL = Protocol(electrolyte=37.0, dead_solvent=0.1, dendrite_rate=0.0)
SMALL = Run(draws=64, cycles=300)


def test_a_grid_is_one_call_for_each_protocol(monkeypatch: pytest.MonkeyPatch):
    calls = []

    def counted(coatings, protocol, **options):
        calls.append((protocol.current, len(coatings["dead_bare"])))
        return simulate_cells(coatings, protocol, **options)

    simulate_cells = module.simulate_cells
    monkeypatch.setattr(module, "simulate_cells", counted)
    simulate(study(), PROTOCOL, SMALL, grid({"thickness": [0.5, 1.0, 2.0], "current": [1.0, 2.0]}))
    assert calls == [(1.0, 3 * 64), (2.0, 3 * 64)]


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_point_of_a_grid_is_what_it_is_alone(noise: float):
    run = Run(draws=64, cycles=300, noise=noise, seed=5)
    points = grid({"conductivity": [1e-6, 1e-4], "coating_resistance": [1.0, 50.0], "lithium": [4.0, 8.0]})
    together = simulate(study(name="A"), PROTOCOL, run, points)
    for point, outcome in zip(points, together, strict=True):
        (alone,) = simulate(study(name="A"), PROTOCOL, run, [point])
        assert outcome.varied == point
        assert np.array_equal(outcome.cycles, alone.cycles)
        assert np.array_equal(outcome.mode, alone.mode)


def test_noise_and_seed_change_lives_and_repeat():
    lives = {
        (noise, seed): simulate(study(), PROTOCOL, Run(64, 300, seed, noise))[0].cycles.tolist()
        for noise in (0.0, 0.5)
        for seed in (0, 1)
    }
    assert len({tuple(v) for v in lives.values()}) == 4
    assert simulate(study(), PROTOCOL, Run(64, 300, 1, 0.5))[0].cycles.tolist() == lives[0.5, 1]


@pytest.mark.parametrize(
    ("cell", "cycles"),
    [("li_free_cathode", 30), ("half_finite", 30), ("symmetric", 35), ("li_full_cathode", 40), ("anode_free", 0)],
)
def test_the_spare_lithium_is_that_of_the_cell(cell: str, cycles: int):
    """At a CE of 90 %: X / (Q (1 - CE)), one half of it for each electrode of a symmetric cell."""
    settings = {"dead_bare": 0.1, "dead_coated": 0.1, "rate_current": 1e4, "sei_growth": 0.0, "crack_growth": 0.0,
                "sei_resistivity": 0.0, "dead_resistance": 0.0, "coating_resistance": 0.0}  # fmt: skip
    protocol = Protocol(lithium=0.0001, capacity=1.0) if cell == "anode_free" else Protocol(lithium=4.0)
    if cell == "anode_free":
        with pytest.raises(OutOfRange, match="anode_free"):
            simulate(study(settings=settings), protocol, Run(8, 100, cell=cell))
        return
    (outcome,) = simulate(study(settings=settings), protocol, Run(8, 100, cell=cell))
    assert abs(outcome.quantile(0.5) - cycles) <= 1


def test_survival_falls_from_one_to_the_share_at_the_limit():
    outcome = Outcome({}, PROTOCOL, np.array([0, 5, 5, 10], np.int32), np.array([4, 2, 2, 0], np.int8), 10)
    cycles, alive, low, high = outcome.surviving()
    assert cycles.tolist() == [0, 5, 10]
    assert alive.tolist() == [0.75, 0.25, 0.25]
    assert np.all((low <= alive) & (alive <= high))
    assert outcome.quantile(0.5) == 5
    assert outcome.is_censored(outcome.quantile(0.95))
    assert outcome.probabilities["lithium used up"] == 0.5
    assert outcome.share_at_once == 0.25


def test_traces_begin_at_the_first_cycle_and_end_with_the_living():
    traces = trace(study(), PROTOCOL, SMALL)
    assert traces.overpotential.cycles[0] == 1
    assert len(traces.first_overpotential) == 64
    assert np.all(traces.middle_overpotential > 0)
    band = traces.efficiency
    assert np.all((band.low <= band.middle) & (band.middle <= band.high))


def test_one_draw_and_one_cycle_are_enough():
    (outcome,) = simulate(study(), PROTOCOL, Run(1, 1))
    assert outcome.cycles.shape == (1,)
    assert len(trace(study(), PROTOCOL, Run(1, 1)).first_overpotential) == 1


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"draws": 10**9}, {"cycles": 0}, {"seed": -1}, {"noise": -0.1}])
def test_a_run_that_cannot_be_is_refused(wrong):
    with pytest.raises(OutOfRange, match=next(iter(wrong))):
        Run(**wrong)


def test_a_grid_that_does_not_fit_is_refused():
    with pytest.raises(OutOfRange, match="fewer --draws"):
        simulate(study(), PROTOCOL, Run(draws=1_500_000), grid({"thickness": [1.0, 2.0]}))
