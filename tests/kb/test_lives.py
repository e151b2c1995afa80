"""The lives of a base: which count, as what; what a calibration keeps."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.connection import open_base
from kb.lives import Samples, calibrate_base, last_calibration, read_lives
from kb.readings import read_readings
from kb.screening.posterior import FACTORS
from kb.screening.shifted import cells_of, shown
from kb.store import ingest_document
from kb.testing import BARE, COATED, Said, compose
from schema.records import Conditions

TEST = Conditions(
    current_density_mA_cm2=0.5, areal_capacity_mAh_cm2=1.0, cell="Li|Li symmetric", electrolyte_class="ether"
)


def put(db: sqlite3.Connection, *said: Said, source: str = "a.txt") -> None:
    mined = compose(*said, source=source, title=f"A long enough title of {source} here")
    ingest_document(db, mined, path=source, extractor_version="1")


def told(number: str, metric: str = "cycling_hours", unit: str = "h", subject: object = COATED, **more: object) -> Said:
    conditions = more.pop("conditions", TEST)
    return Said(f"It came to {number} in {metric}.", number, subject, metric, unit, conditions, more)  # type: ignore[arg-type]


def test_a_life_is_read_with_its_test_control_and_efficiency(db: sqlite3.Connection) -> None:
    put(db, told("800"), told("200", subject=BARE, is_control=True), told("98.0", "coulombic_efficiency", "percent"))
    (control, _), (life, row) = read_lives(db)
    assert (life.low, life.high) == (math.log(800), math.log(800))
    assert (life.current, life.capacity, life.control, life.efficiency) == (0.5, 1.0, 0, 0.98)
    assert control.is_control
    assert row["id"] == life.measurement


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (told("800", qualifier=">"), (math.log(800), math.inf)),
        (told("100", "failure_cycle", "1"), (math.log(400), math.log(400))),  # 100 cycles of 2 * 1 / 0.5 h
        (told("100", "cycle_count", "1"), (math.log(400), math.inf)),
        (told("100", "failure_cycle", "1", qualifier="<"), (-math.inf, math.log(400))),
        (told("2 to 8", value=2.0, value_max=8.0, qualifier="range"), (math.log(2), math.log(8))),
    ],
)
def test_what_has_not_failed_is_a_bound(db: sqlite3.Connection, said: Said, ends: tuple[float, float]) -> None:
    put(db, said)
    ((life, _),) = read_lives(db)
    assert (life.low, life.high) == pytest.approx(ends)


def test_without_current_or_capacity_a_life_does_not_count_and_hours_count_before_cycles(
    db: sqlite3.Connection,
) -> None:
    put(db, told("800", conditions=Conditions(current_density_mA_cm2=1.0)))
    assert read_lives(db) == []
    put(db, told("800"), told("90", "cycle_count", "1"), source="b.txt")
    ((life, _),) = read_lives(db)
    assert life.low == math.log(800)


def test_more_lithium_that_dies_means_shorter_lives(db: sqlite3.Connection) -> None:
    put(db, told("800"), told("200", subject=BARE, is_control=True))
    particles = np.zeros((2, len(FACTORS)))
    particles[1, :4] = 1.0
    for life, row in read_lives(db):
        hours = shown(life, cells_of(life, Samples(db).study(row), cells=32), particles)
        assert hours.shape == (2, 32)
        assert np.all(hours[1] <= hours[0])
        assert hours[1].mean() < hours[0].mean()


ON_COPPER = replace(TEST, cell="Li|Cu half")


def efficiency(number: str, **more: object) -> Said:
    return told(number, "coulombic_efficiency", "percent", **{"conditions": ON_COPPER, **more})


def overpotential(number: str, metric: str = "overpotential", **more: object) -> Said:
    return told(number, metric, "mV", **more)


def logit(share: float) -> float:
    return math.log(share / (1 - share))


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (efficiency("98.0"), (logit(0.02), logit(0.02))),
        (efficiency("98.0", qualifier=">"), (-math.inf, logit(0.02))),
        (efficiency("98.0", qualifier="<"), (logit(0.02), math.inf)),
        (efficiency("97 to 98", value=97.0, value_max=98.0, qualifier="range"), (logit(0.02), logit(0.03))),
        (efficiency("100"), (-math.inf, logit(0.005))),
        (overpotential("40"), (math.log(40), math.log(40))),
        (overpotential("40", qualifier="<"), (-math.inf, math.log(40))),
    ],
)
def test_a_young_cell_is_read(db: sqlite3.Connection, said: Said, ends: tuple[float, float]) -> None:
    put(db, said)
    ((reading, row),) = read_readings(db)
    assert (reading.low, reading.high) == pytest.approx(ends)
    assert reading.measurement == row["id"]


@pytest.mark.parametrize(
    "said",
    [
        efficiency("98.0", conditions=replace(TEST, cell="full LFP")),  # tells of the cathode
        efficiency("98.0", conditions=replace(ON_COPPER, at_cycle=1.0)),
        efficiency("98.0", conditions=replace(ON_COPPER, current_density_mA_cm2=None)),
        efficiency("98.0", conditions=replace(ON_COPPER, areal_capacity_mAh_cm2=None)),
        overpotential("40", conditions=replace(TEST, at_cycle=50.0)),
        Said("The Aurbach protocol gave 98.0 here.", "98.0", COATED, "coulombic_efficiency", "percent", ON_COPPER, {}),
    ],
)
def test_what_a_young_cell_does_not_show_is_left_out(db: sqlite3.Connection, said: Said) -> None:
    put(db, said)
    assert read_readings(db) == []


@pytest.mark.parametrize(
    ("metric", "cell", "factors"),
    [("overpotential", "Li|Cu half", (1, 2)), ("overpotential", "Li|Li symmetric", (2, 4)),
     ("voltage_hysteresis", "Li|Cu half", (2, 4)), ("voltage_polarization", None, (1, 2, 4))],
)  # fmt: skip
def test_what_an_overpotential_may_mean(
    db: sqlite3.Connection, metric: str, cell: str | None, factors: tuple[int, ...]
) -> None:
    put(db, overpotential("40", metric, conditions=replace(TEST, cell=cell)))
    ((reading, _),) = read_readings(db)
    assert reading.factors == factors


def test_a_sample_counts_once_as_efficiency_and_once_as_overpotential(db: sqlite3.Connection) -> None:
    put(db, efficiency("98.0"), efficiency("97.0"), overpotential("40"), overpotential("50"),
        efficiency("92.0", subject=BARE, is_control=True))  # fmt: skip
    assert sorted((bool(r.factors), r.is_control) for r, _ in read_readings(db)) == [
        (False, False), (False, True), (True, False),
    ]  # fmt: skip


def test_a_long_life_beside_a_loss_on_copper_says_that_more_is_lost_there(db: sqlite3.Connection) -> None:
    """400 cycles on 3 mAh/cm2 to spare take a CE of 99.25 %; on copper 98 % was measured."""
    put(db, efficiency("98.0"), told("1600"))
    found, records = calibrate_base(db)
    assert (found.lives, found.efficiencies, len(records)) == (1, 1, 2)
    assert found.factors["copper"][1] > 1.4


def filled(path: Path, papers: int) -> None:
    db = open_base(path, read_only=False)
    for n in range(papers):
        put(db, told(f"{300 + 7 * n}"), told(f"{150 + 3 * n}", subject=BARE, is_control=True), source=f"{n}.txt")
    db.close()


def test_few_lives_give_no_coverage_and_nothing_is_kept(base_path: Path) -> None:
    filled(base_path, 2)
    result = CliRunner().invoke(cli, ["calibrate", "--db", str(base_path)])
    assert result.exit_code == 0, result.output
    assert "4 lives with known current and capacity (4 ended, 2 of controls), from 2 papers." in result.stdout
    assert "no coverage" in result.stdout
    with KnowledgeBase(base_path) as base:
        assert last_calibration(base._reader) is None


def test_a_calibration_is_kept_and_says_whether_it_beats_the_baselines(base_path: Path) -> None:
    filled(base_path, 11)
    result = CliRunner().invoke(cli, ["calibrate", "--db", str(base_path)])
    assert result.exit_code == 0, result.output
    assert "90 % intervals hold" in result.stdout
    # Here every ratio to the control is nearly the same: nothing predicts better than that.
    assert "The simulator does not beat the baselines: no ranking uses it, and kb simulate" in result.stdout
    with KnowledgeBase(base_path) as base:
        kept = last_calibration(base._reader)
        rows = base.sql("SELECT factors, measurements FROM calibrations").rows
    assert kept is not None
    assert (kept["beats"], kept["scores"]["lives"]) == (False, 22)
    assert all(name in rows[0][0] for name in FACTORS)


def test_a_base_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["calibrate", "--db", str(tmp_path / "no.sqlite")])
    assert result.exit_code == 2
    assert not (tmp_path / "no.sqlite").exists()
