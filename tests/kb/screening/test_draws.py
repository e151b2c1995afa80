"""Draws: their levels, and that reports come out of the simulator as they went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.screening.cycling import PARAMETERS, Protocol, simulate_cells
from kb.screening.draws import study
from kb.screening.given import Fact, Given
from kb.screening.priors import priors
from kb.screening.traces import trace_cells
from schema.errors import OutOfRange, UnknownParameter

PROTOCOL = Protocol(electrolyte=37.0, dead_solvent=0.1, dendrite_rate=0.0)


def of(**facts: Fact) -> dict[str, Given]:
    return {key: Given((fact,)) for key, fact in facts.items()}


def at_medians(made) -> dict:
    return made.values_at(np.full((1, len(made.uncertain)), 0.5))


def test_electrolyte_draws_are_shared_candidate_draws_are_not():
    one, other = (study(classes={"electrolyte": "ether"}, name=name).draw(128, seed=3) for name in ("A", "B"))
    third = study(classes={"electrolyte": "carbonate"}, name="A").draw(128, seed=3)
    for name, drawn in priors().inputs.items():
        if name in one and not (drawn.prior and drawn.prior.is_fixed):
            assert np.array_equal(one[name], other[name]) == (drawn.level == "electrolyte"), name
            assert abs(np.corrcoef(one[name], other[name])[0, 1]) < 0.3 or drawn.level == "electrolyte"
    assert not np.array_equal(one["sei_growth"], third["sei_growth"])


def test_one_more_report_leaves_the_other_draws_as_they_were():
    plain, told = study().draw(64), study(of(modulus=Fact(1.0))).draw(64)
    same = {name for name in plain if np.array_equal(plain[name], told[name])}
    assert plain.keys() - same == {"modulus"}


def test_draws_follow_their_distribution_and_the_seed():
    values = study().draw(4096, seed=1)
    assert np.median(values["sei_growth"]) == pytest.approx(0.3, rel=0.01)
    assert np.std(np.log(values["sei_growth"])) == pytest.approx(1.0, rel=0.02)
    assert not np.array_equal(values["sei_growth"], study().draw(4096, seed=2)["sei_growth"])
    assert np.array_equal(values["sei_growth"], study().draw(4096, seed=1)["sei_growth"])


@pytest.mark.parametrize("control", [None, 0.028])
@pytest.mark.parametrize("roughness", [0.01, 0.5])
def test_a_reported_efficiency_is_the_mean_of_the_simulated_one(control, roughness):
    facts = of(
        loss=Fact(0.017, current=1.0, capacity=1.0, cycles=100.0), thickness=Fact(1.0), roughness=Fact(roughness)
    )
    if control:
        facts |= of(loss_bare=Fact(control, current=1.0, capacity=1.0, cycles=70.0))
    made = study(facts)
    coatings = made.coatings(at_medians(made), PROTOCOL).coatings
    long = Protocol(**{**vars(PROTOCOL), "lithium": 100.0, "cutoff": 10.0})
    traces = trace_cells(coatings, long, max_cycles=100)
    assert 1.0 - traces.coulombic_efficiency.mean() == pytest.approx(0.017, rel=0.02)


def test_an_efficiency_at_one_thickness_is_worse_at_a_thinner_one():
    facts = of(
        loss=Fact(0.01, cycles=1.0), loss_bare=Fact(0.05), thickness=Fact(2.0), roughness=Fact(0.5)
    )  # fmt: skip
    dead = []
    for thickness in (0.1, 0.5, 2.0):
        made = study(facts, {"thickness": thickness})
        dead.append(float(made.coatings(at_medians(made), PROTOCOL).coatings["dead_coated"][0]))
    assert dead[0] > dead[1] > dead[2]
    assert dead[0] > 2 * dead[2]
    as_reported = study(facts)
    assert dead[2] == pytest.approx(
        float(as_reported.coatings(at_medians(as_reported), PROTOCOL).coatings["dead_coated"][0])
    )


def test_a_reported_overpotential_is_that_of_the_first_cycle():
    made = study(of(overpotential=Fact(60.0, current=1.0)), {"voltage_definition": 1.0})
    coatings = made.coatings(at_medians(made), PROTOCOL).coatings
    first = trace_cells(coatings, PROTOCOL, max_cycles=1).overpotential[0, 0]
    assert 1e3 * first == pytest.approx(60.0, rel=0.02)


def test_a_measured_resistance_is_the_exchange_current_density_of_the_interface():
    made = study(of(charge_transfer_resistance=Fact(48.8), thickness=Fact(5.0)), {"electrode_area": 1.767})
    assert float(made.coatings(at_medians(made), PROTOCOL).coatings["exchange_coated"][0]) == pytest.approx(
        0.298, rel=1e-2
    )
    assert "exchange_coated" not in made.inputs


def test_the_bulk_conductivity_of_a_conductor_is_that_of_no_composite():
    bulk = study(of(conductivity=Fact(1e-3, bulk=True), thickness=Fact(1.0)), {"composite_factor": 0.01})
    own = study(of(conductivity=Fact(1e-3), thickness=Fact(1.0)))
    resistances = [float(m.coatings(at_medians(m), PROTOCOL).coatings["coating_resistance"][0]) for m in (bulk, own)]
    assert resistances == pytest.approx([10.0, 0.1])
    assert "composite_factor" not in own.inputs


def test_what_is_set_beats_what_is_reported():
    made = study(of(loss=Fact(0.01), thickness=Fact(3.0)), {"thickness": 1.0, "dead_coated": 0.02})
    assert made.inputs["thickness"].origin == "set"
    values = made.draw(8)
    assert set(values["thickness"]) == {1.0}
    assert np.median(values["thickness_reported"]) == pytest.approx(3.0, rel=0.1)
    assert set(made.coatings(values, PROTOCOL).coatings["dead_coated"]) == {0.02}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"thicknes": 1.0}, UnknownParameter),
        ({"thickness": -1.0}, OutOfRange),
        ({"modulus": float("nan")}, OutOfRange),
    ],
)
def test_a_wrong_setting_is_named(wrong, error):
    with pytest.raises(error, match=next(iter(wrong))):
        study(settings=wrong)


REPORTABLE = [name for name, one in priors().inputs.items() if one.metrics]


@settings(max_examples=40)
@given(
    facts=st.dictionaries(
        st.sampled_from(REPORTABLE),
        st.builds(
            Fact,
            value=st.floats(1e-9, 1e6),
            qualifier=st.sampled_from(["=", "~", ">", "<=", "range"]),
            current=st.none() | st.floats(0.01, 20.0),
            capacity=st.none() | st.floats(0.1, 20.0),
            cycles=st.none() | st.floats(1.0, 1e4),
            bulk=st.booleans(),
        ),
    ),
    current=st.floats(0.01, 50.0),
)
def test_whatever_is_reported_the_kernel_takes_the_draws(facts, current):
    protocol = Protocol(**{**vars(PROTOCOL), "current": current})
    made = study({key: Given((fact,)) for key, fact in facts.items()})
    electrode = made.coatings(made.draw(32), protocol)
    assert electrode.coatings.keys() == PARAMETERS.keys()
    lives = simulate_cells(electrode.coatings, protocol, max_cycles=50)
    assert lives.cycles.shape == (32,)
    assert 0.0 <= electrode.capped <= 1.0
