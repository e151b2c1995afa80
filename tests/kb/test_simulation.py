"""Candidates of a base simulated: names, facts with their origin, what was observed, what to mind."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.base import KnowledgeBase
from kb.lives import store_calibration
from kb.reported import reported
from kb.screening.calibrate import Score, calibrate
from kb.screening.outcome import ENDS, Run
from kb.screening.posterior import FACTORS, Normal
from kb.simulation import simulate_candidate, thickness_curve
from schema.errors import AmbiguousCandidate, OutOfRange, UnknownCandidate, UnknownParameter

CORPUS = Path(__file__).parents[2] / "corpus"
SMALL = Run(draws=256, cycles=600)
OTHER = """# The same fibres again

DOI: 10.1000/other

The PMMA/PVDF-coated Cu electrode has a Coulombic efficiency of 99.1% at a current density of 1 mA cm-2.
The elastic modulus of the PMMA/PVDF coating was 0.4 GPa.
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("simulation")
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as one:
        one.ingest([CORPUS / "pmma_pvdf_cu.md", CORPUS / "cu3n_sbr.txt", CORPUS / "poss_peg.md"])
        yield one


@pytest.fixture(scope="module")
def two_papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("two")
    (folder / "other.md").write_text(OTHER)
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as one:
        one.ingest([CORPUS / "pmma_pvdf_cu.md", folder / "other.md"])
        yield one


@pytest.mark.parametrize("name", ["PMMA/PVDF on Cu", "pvdf/pmma", "PVDF/PMMA on cu", "PMMA/PVDF-coated electrodes"])
def test_a_candidate_is_found_by_any_of_its_names(base: KnowledgeBase, name: str):
    assert reported(base._reader, name).name == "PMMA/PVDF on Cu"


def test_an_unknown_name_has_a_neighbour(base: KnowledgeBase):
    for name in ("PMMA/PVD", "PMMA/PVDF on Li"):
        with pytest.raises(UnknownCandidate, match="did you mean 'PMMA/PVDF on Cu'"):
            base.simulate(name)


def test_an_empty_base_says_so(tmp_path: Path):
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as empty:
        with pytest.raises(UnknownCandidate, match="ingest papers first"):
            empty.simulate("Cu3N")
        assert empty.simulate(run=Run(draws=8, cycles=10)).outcome.limit == 10


def test_two_papers_are_told_apart_and_lend_each_other_facts(two_papers: KnowledgeBase):
    with pytest.raises(AmbiguousCandidate, match=r"10\.1039/d1ma00121c.*10\.1000/other"):
        two_papers.simulate("PMMA/PVDF")
    first = two_papers.simulate("PMMA/PVDF", paper="10.1039/d1ma00121c", run=SMALL)
    modulus = first.study.inputs["modulus"]
    assert modulus.given is not None
    assert modulus.given.origin == "carried over"
    assert "10.1000/other" in modulus.origin
    assert modulus.distribution.second > 0.5
    assert first.study.inputs["loss"].origin.startswith("reported")
    assert any(line.startswith("carried over") and "modulus" in line for line in first.caveats)
    assert two_papers.simulate("PMMA/PVDF", paper="fibres again", run=SMALL).paper == "10.1000/other"
    with pytest.raises(AmbiguousCandidate):
        two_papers.simulate("PMMA/PVDF", paper="nowhere")


def test_facts_come_with_their_measurements(base: KnowledgeBase):
    done = base.simulate("PMMA/PVDF on Cu", run=SMALL)
    by_name = {row["parameter"]: row for row in done.parameters()}
    loss = by_name["loss"]
    values = [base.show(number)["value"] for number in loss["measurements"]]
    assert values == [98.3, 98.2]  # at 1 mA/cm^2 and 1 mAh/cm^2, of five that the paper has
    assert loss["median"] == pytest.approx(0.0175, abs=1e-4)
    assert by_name["loss_bare"]["from"].endswith("(control)")
    assert by_name["thickness"]["low"] < 5 < 40 < by_name["thickness"]["high"]
    assert "tafel_exchange" not in by_name  # impedance says it better
    assert done.study.classes == {"electrolyte": "ether", "coating": "polymer"}


def test_the_protocol_chooses_among_the_efficiencies(base: KnowledgeBase):
    fast = base.simulate("PMMA/PVDF on Cu", protocol={"current": "3 mA/cm^2"}, run=SMALL)
    assert fast.study.inputs["loss"].distribution.median == pytest.approx(0.044, rel=0.01)


def test_a_bulk_conductor_is_carried_over_from_what_the_coating_turns_into(base: KnowledgeBase):
    done = base.simulate("Cu3N", protocol={"capacity": 3, "lithium": 10}, run=SMALL)
    assert done.study.inputs["conductivity"].origin.startswith("carried over")
    assert "Li3N" in done.study.inputs["conductivity"].origin
    assert "composite_factor" in done.study.inputs
    assert done.study.inputs["roughness"].distribution.median == pytest.approx(0.58)


def test_a_bound_cuts_the_prior_and_a_shear_modulus_is_turned_into_youngs(base: KnowledgeBase):
    done = base.simulate("POSS/PEG", protocol={"current": 0.3}, run=SMALL)
    assert float(done.study.inputs["conductivity"].distribution.at(0.0)) == pytest.approx(1e-3)
    assert done.study.inputs["modulus"].distribution.median == pytest.approx(2 * 1.35 * 0.0336, rel=1e-3)


def test_what_was_observed_stands_beside_as_what_it_is(base: KnowledgeBase):
    done = base.simulate("PMMA/PVDF on Cu", run=SMALL)
    lives = {o.words: o for o in done.observed if o.cycles is not None}
    assert lives["> 1400 h"].cycles == 700
    assert lives["> 1400 h"].censored
    assert any("> 1400 h" in line and "above the 90 % interval" in line for line in done.caveats)
    assert not any(o.metric == "nucleation_overpotential" for o in done.observed)


def test_what_to_mind(base: KnowledgeBase):
    done = base.simulate("PMMA/PVDF on Cu", protocol={"current": 5}, run=Run(draws=256, cycles=20))
    said = "\n".join(done.caveats)
    for words in (
        "not calibrated",
        "electrolyte is not reported: 37 mg/cm²",
        "5 mA/cm² is above any current density it was tested at (3 mA/cm²)",
        "reach the limit of 20 cycles",
    ):
        assert words in said
    wide = simulate_candidate(None, run=SMALL)
    assert any("class of the electrolyte is not known" in line for line in wide.caveats)
    assert not any("class of the electrolyte" in line for line in done.caveats)


def test_a_what_if_needs_no_base_and_uses_what_is_set():
    settings = {"thickness": "1um", "modulus": "0.8GPa", "conductivity": "1e-5S/cm", "coulombic_efficiency": "98.3%"}
    done = simulate_candidate(None, settings=settings, run=SMALL)
    assert done.name == ""
    assert {n for n, d in done.study.inputs.items() if d.origin == "set"} == {
        "thickness", "modulus", "conductivity", "loss",
    }  # fmt: skip
    better = simulate_candidate(None, settings={**settings, "coulombic_efficiency": "99%"}, run=SMALL)
    assert better.outcome.quantile(0.5) > 1.4 * done.outcome.quantile(0.5)


def test_a_grid_has_an_outcome_for_each_point(base: KnowledgeBase):
    vary = {"thickness": "0.1..10um:log:3", "current": [1.0, 2.0]}
    done = base.simulate("Cu3N", vary=vary, run=SMALL, protocol={"capacity": 3, "lithium": 10})
    assert [o.varied["current"] for o in done.outcomes] == [1.0, 2.0] * 3
    assert done.traces is None
    assert {row["from"] for row in done.parameters() if row["parameter"] == "thickness"} == {"varied"}
    for current in (0, 1):
        assert done.outcomes[current].quantile(0.5) != done.outcomes[4 + current].quantile(0.5)
    with pytest.raises(OutOfRange, match="set and varied"):
        base.simulate("Cu3N", vary=vary, settings={"thickness": "1um"}, run=SMALL)


def test_the_thickness_curve_has_its_best_near_the_closed_form(base: KnowledgeBase):
    done = base.simulate("Cu3N", protocol={"capacity": 3, "lithium": 10}, run=SMALL)
    curve = thickness_curve(done)
    best = curve.thickness[curve.middle.argmax()]
    assert 0.3 < best / curve.optimum[1] < 3.0
    assert (curve.low <= curve.middle).all()
    assert (curve.middle <= curve.high).all()


def test_the_answer_for_programs_is_json_and_repeats(base: KnowledgeBase):
    from kb.writing import plain

    first, again = (json.dumps(plain(base.simulate("Cu3N", run=SMALL).as_dict())) for _ in range(2))
    assert first == again
    said = json.loads(first)
    assert said["calibrated"] is False
    assert set(said["outcomes"][0]["probability"]) == set(ENDS)
    assert sum(said["outcomes"][0]["probability"].values()) == pytest.approx(1.0)
    assert said["outcomes"][0]["cycles"].keys() == {"5%", "25%", "50%", "75%", "95%"}


def keep(base: KnowledgeBase, ours: float, **moved: float) -> None:
    """Keep a calibration with factors that are known to a hundredth, better or worse than a guess."""
    score, guess = Score(30, ours, {}), Score(30, 0.5, {})
    found = calibrate([], lambda record, particles: particles, rounds=(64,))
    mean = np.array([moved.get(name, 0.0) for name in FACTORS])
    fitted = replace(found, lives=30, posterior=Normal(mean, np.eye(len(FACTORS)) * 1e-4), simulator=score,
                     against={"a guess": (score, guess)})  # fmt: skip
    assert base._writer is not None
    store_calibration(base._writer, fitted, [], seed=0)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as one:
        one.ingest([CORPUS / "pmma_pvdf_cu.md"])
        yield one


def test_a_calibration_that_beat_the_baselines_is_drawn_from(own: KnowledgeBase):
    name, halved = "PMMA/PVDF on Cu", math.log(0.5)
    told = own.simulate(name, run=SMALL)
    keep(own, 0.6, copper=math.log(3.0), damage_rate=halved)
    assert own.simulate(name, run=SMALL).as_dict() == told.as_dict()
    keep(own, 0.4, copper=math.log(3.0), damage_rate=halved)
    found = own.simulate(name, run=SMALL)
    assert found.outcome.quantile(0.5) > 2 * told.outcome.quantile(0.5)
    before, after = ({row["parameter"]: row for row in one.parameters()} for one in (told, found))
    # Less is lost than was measured on copper; what was not measured moves with its prior.
    assert after["loss"]["median"] == pytest.approx(before["loss"]["median"] / 3)
    assert after["loss"]["from"] == f"{before['loss']['from']}, calibrated"
    assert after["damage_rate"]["median"] == pytest.approx(before["damage_rate"]["median"] / 2)
    assert (after["damage_rate"]["from"], after["modulus"]) == ("calibrated", before["modulus"])
    assert "calibrated on 30 lives" in found.caveats[0]
    assert found.as_dict()["calibrated"] is True
    assert own.simulate(name, run=SMALL, from_priors=True).as_dict() == told.as_dict()
    # Against copper the loss is what was measured there.
    half = own.simulate(name, run=replace(SMALL, cell="half_finite"))
    assert {row["parameter"]: row for row in half.parameters()}["loss"]["median"] == before["loss"]["median"]


def test_what_is_set_is_not_moved_by_a_calibration(own: KnowledgeBase):
    keep(own, 0.4, dead_other=1.0)
    found = own.simulate(settings={"dead_bare": 0.01}, run=SMALL)
    assert found.study.inputs["dead_bare"].origin == "set"
    assert own.simulate(run=SMALL).study.inputs["dead_bare"].origin == "calibrated"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"settings": {"thicknes": 1}}, UnknownParameter),
        ({"protocol": {"current": -1}}, OutOfRange),
        ({"protocol": {"capacity": 5, "lithium": 4}}, OutOfRange),
        ({"vary": {"capacity": [1, 5]}}, OutOfRange),
        ({"vary": {"thickness": []}}, OutOfRange),
    ],
)
def test_wrong_input_is_refused(arguments, error):
    with pytest.raises(error):
        simulate_candidate(None, run=SMALL, **arguments)
