"""Traces of chosen draws against the twin, cycle by cycle."""

from itertools import islice

import numpy as np
import pytest

from kb.screening import Protocol, simulate_cells
from kb.screening.cycling_twin import cycle_cell
from kb.screening.synthetic import synthetic_coatings
from kb.screening.traces import KEPT, trace_cells
from schema.errors import OutOfRange

CELL = Protocol(lithium=6.0, electrolyte=8.0)


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_traces_are_those_of_the_twin(noise):
    coatings = synthetic_coatings(30, seed=2)
    draws = [3, 17, 29, 3]
    traces = trace_cells(coatings, CELL, draws, 300, noise=noise, seed=11)
    for place, draw in enumerate(draws):
        coating = {name: float(values[draw]) for name, values in coatings.items()}
        cycles = list(islice(cycle_cell(coating, CELL, noise, 11, draw), 300))
        for name in KEPT:
            kept = getattr(traces, name)[place]
            assert kept[: len(cycles)] == pytest.approx([getattr(c, name) for c in cycles], rel=1e-9), name
            assert np.isnan(kept[len(cycles) :]).all()


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_traces_end_where_the_core_ends(noise):
    coatings = synthetic_coatings(200, seed=4)
    traces = trace_cells(coatings, CELL, None, 300, noise=noise, seed=1)
    lives = simulate_cells(coatings, CELL, 300, noise=noise, seed=1)
    assert traces.cycles.tolist() == lives.cycles.tolist()
    assert traces.mode.tolist() == lives.mode.tolist()
    kept = (~np.isnan(traces.active)).sum(axis=1)
    assert (kept == lives.cycles + (lives.mode > 0)).all()


def test_no_lithium_is_made_or_lost():
    coatings = synthetic_coatings(100, seed=5)
    traces = trace_cells(coatings, CELL, None, 300)
    to_sei = np.cumsum((1 - traces.coulombic_efficiency) * CELL.capacity, axis=1) - traces.dead
    there = ~np.isnan(traces.active)
    assert (traces.active + traces.dead + to_sei)[there] == pytest.approx(CELL.lithium, abs=1e-12)
    assert (to_sei[there] >= -1e-12).all()


def test_efficiency_and_integrity_stay_within_their_bounds():
    traces = trace_cells(synthetic_coatings(500, seed=6), CELL, None, 300)
    there = ~np.isnan(traces.active)
    assert (traces.coulombic_efficiency[there] <= 1).all()
    assert (traces.coulombic_efficiency[there] >= 0).all()
    assert ((traces.integrity[there] >= 0) & (traces.integrity[there] <= 1)).all()
    assert (np.diff(traces.dead, axis=1)[there[:, 1:]] >= 0).all()


def test_none_and_wrong_draws():
    coatings = synthetic_coatings(5)
    assert trace_cells(coatings, CELL, [], 10).active.shape == (0, 0)
    assert trace_cells(coatings, CELL, [1], 0).active.shape == (1, 0)
    with pytest.raises(OutOfRange, match="no draw 5"):
        trace_cells(coatings, CELL, [0, 5])
    with pytest.raises(OutOfRange, match="no draw -1"):
        trace_cells(coatings, CELL, [-1])
    with pytest.raises(OutOfRange, match="whole numbers"):
        trace_cells(coatings, CELL, [0.5])
    with pytest.raises(OutOfRange, match="fits the memory"):
        trace_cells(coatings, CELL, [0] * 1000, 2**31 - 1)
