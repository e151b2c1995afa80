"""Figures of a simulation: what is on them, in which units; where they cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.plots.simulation import plot_simulation
from kb.screening.outcome import Run
from kb.simulation import Simulation, simulate_candidate
from schema.errors import BadOutput, OutOfRange

CORPUS = Path(__file__).parents[3] / "corpus"
SMALL = Run(draws=128, cycles=400)


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    folder = tmp_path_factory.mktemp("plots")
    with KnowledgeBase(folder / "kb.sqlite", read_only=False) as base:
        base.ingest([CORPUS / "pmma_pvdf_cu.md"])
        return base.simulate("PMMA/PVDF on Cu", run=SMALL)


def test_four_panels_with_units_and_the_observations(simulation: Simulation, tmp_path: Path):
    text = plot_simulation(simulation, tmp_path / "one.svg").read_text("utf-8")
    for words in (
        "Full cycles", "Hours", "Share of draws alive", "Coulombic efficiency [%]",
        "Overpotential of one electrode [mV]", "Thickness of the coating [µm]", "Life [full cycles]",
        "closed-form optimum h*", "&gt; 1400 h", "not calibrated",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_the_same_simulation_is_the_same_file(simulation: Simulation, tmp_path: Path, ending: str):
    one, other = (plot_simulation(simulation, tmp_path / f"{n}{ending}").read_bytes() for n in (1, 2))
    assert one == other


def test_a_grid_is_curves_over_its_longest_axis(tmp_path: Path):
    vary = {"current": [1, 2, 4], "thickness": "0.1..10um:log:5"}
    text = plot_simulation(simulate_candidate(None, vary=vary, run=SMALL), tmp_path / "grid.svg").read_text("utf-8")
    for words in ("Thickness [µm]", "current 1 mA/cm²", "current 4 mA/cm²"):
        assert words in text
    many = {"current": "1..4:20", "thickness": "0.1..10um:log:21"}
    with pytest.raises(OutOfRange, match="20 curves"):
        plot_simulation(simulate_candidate(None, vary=many, run=Run(8, 10)), tmp_path / "grid.svg")


def test_one_draw_and_lives_of_nothing_can_be_drawn(tmp_path: Path):
    for settings in ({}, {"coating_resistance": 1e6}):
        done = simulate_candidate(None, settings=settings, run=Run(1, 5))
        assert plot_simulation(done, tmp_path / "one.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", ["figure.bmp", "nowhere/figure.png"])
def test_a_file_that_cannot_be_written_is_refused(simulation: Simulation, tmp_path: Path, name: str):
    with pytest.raises(BadOutput):
        plot_simulation(simulation, tmp_path / name)
