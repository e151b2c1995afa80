"""Sobol indices: of one input that decides alone, and of none."""

from __future__ import annotations

import numpy as np
import pytest

from kb.screening.cycling import Protocol
from kb.screening.draws import study
from kb.screening.outcome import Run
from kb.screening.sensitivity import sobol_indices

PROTOCOL = Protocol(electrolyte=37.0, dead_solvent=0.1, dendrite_rate=0.0)


def fixed(*but: str) -> dict[str, float]:
    """Set every uncertain input to its median, besides some."""
    return {name: d.distribution.median for name, d in study().inputs.items() if name not in but}


def test_the_only_uncertain_input_makes_all_of_the_spread():
    only = study(settings=fixed("dead_bare"))
    assert only.uncertain == ["dead_bare"]
    (index,) = sobol_indices(only, PROTOCOL, Run(256, 5000)).values()
    assert index.first == pytest.approx(1.0, abs=0.1)
    assert index.total == pytest.approx(1.0, abs=0.1)


def test_of_two_the_wider_matters_more_and_what_is_idle_not_at_all():
    two = study(settings=fixed("dead_bare", "rate_exponent", "modulus"))
    found = sobol_indices(two, PROTOCOL, Run(512, 5000))
    assert next(iter(found)) == "dead_bare"
    assert found["modulus"].total == 0.0
    assert found["dead_bare"].total > 10 * found["rate_exponent"].total
    again = sobol_indices(two, PROTOCOL, Run(512, 5000))
    assert [np.round(i.total, 12) for i in found.values()] == [np.round(i.total, 12) for i in again.values()]


@pytest.mark.parametrize(
    ("settings", "run"), [({}, Run(32, 100)), (fixed(), Run(256, 100)), ({}, Run(256, 1))]
)  # fmt: skip
def test_too_few_draws_nothing_uncertain_or_no_spread_give_none(settings, run):
    assert sobol_indices(study(settings={**settings, "coating_resistance": 0.0}), PROTOCOL, run) == {}
