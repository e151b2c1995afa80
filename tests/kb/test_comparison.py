"""What is compared: within strata, against controls, each result once."""

from __future__ import annotations

import math
import sqlite3
from typing import Any

import pytest

from kb.across import ACROSS_SD
from kb.comparison import CLASS, EFFECT_SD, NONE, OWN, VALUE, Comparison, compare
from kb.screening.rank import parse_criterion
from kb.store import ingest_document
from kb.testing import BARE, Said, bare, coated, compose
from schema.errors import BadCriterion
from schema.records import Conditions, Reference, Subject

LIFE = "cycling_hours"
SYMMETRIC = Conditions(current_density_mA_cm2=1.0, cell="Li|Li symmetric")
FULL = Conditions(current_density_mA_cm2=5.0, cell="full NCM811")


def put(db: sqlite3.Connection, *sentences: Said, source: str = "a.txt", **front: Any) -> None:
    ingest_document(db, compose(*sentences, source=source, **front), path=source, extractor_version="1")


def sample(name: str) -> Subject:
    return Subject(f"{name} coated Li", (name,), "Li", "surface coating")


def life(number: str, subject: Subject, conditions: Conditions = SYMMETRIC, **more: Any) -> Said:
    return Said(f"It ran for {number} h there.", number, subject, LIFE, "h", conditions, more)


def control(number: str, conditions: Conditions = SYMMETRIC, **more: Any) -> Said:
    return life(number, BARE, conditions, is_control=True, **more)


def of(db: sqlite3.Connection, *criteria: str, **more: Any) -> Comparison:
    return compare(db, [parse_criterion(c) for c in criteria or (LIFE,)], **more)


def test_an_effect_is_against_the_papers_own_control(db: sqlite3.Connection) -> None:
    put(db, life("1400", sample("PVDF"), qualifier=">"), control("400"))
    found = of(db)
    ((effect,),) = found.effects
    assert (effect.low, effect.high, effect.against) == (pytest.approx(math.log(3.5)), math.inf, OWN)
    assert (found.support[0].papers, found.support[0].measurements, found.support[0].controls) == (1, 1, 1)
    assert found.classes == ("surface coating",)


def test_efficiencies_are_compared_by_what_is_lost(db: sqlite3.Connection) -> None:
    put(db, coated("98.0"), bare("96.0"))
    ((effect,),) = of(db, "coulombic_efficiency").effects
    assert effect.low == effect.high == pytest.approx(math.log(2))
    ((worse,),) = of(db, "coulombic_efficiency:min").effects
    assert worse.low == pytest.approx(-math.log(2))


@pytest.mark.parametrize(
    ("mine", "theirs", "low", "high"),
    [("=", "=", 1.0, 1.0), (">", "=", 1.0, None), ("<", "=", None, 1.0), ("=", ">", None, 1.0), ("=", "<", 1.0, None),
     (">", "<", 1.0, None), (">", ">", None, None)],
)  # fmt: skip
def test_bounds_are_bounds(db: sqlite3.Connection, mine: str, theirs: str, low: float, high: float) -> None:
    put(db, life("200", sample("PVDF"), qualifier=mine), control("100", qualifier=theirs))
    ((effect,),) = of(db).effects
    assert effect.low == (-math.inf if low is None else pytest.approx(math.log(2)))
    assert effect.high == (math.inf if high is None else pytest.approx(math.log(2)))


def test_a_range_is_an_interval_and_its_sign_turns_with_the_direction(db: sqlite3.Connection) -> None:
    put(db, life("200 to 400", sample("PVDF"), value=200.0, value_max=400.0, qualifier="range"), control("100"))
    ((more,),) = of(db).effects
    ((less,),) = of(db, LIFE + ":min").effects
    assert (more.low, more.high) == pytest.approx((math.log(2), math.log(4)))
    assert (less.low, less.high) == pytest.approx((-math.log(4), -math.log(2)))


def test_a_missing_control_is_the_class_s_with_more_variance(db: sqlite3.Connection) -> None:
    put(db, life("200", sample("PVDF")), control("100"), source="a.txt")
    put(db, life("300", sample("PEO")), control("400"), source="b.txt")
    put(db, life("800", sample("PAN")), source="c.txt")
    found = of(db)
    effect = found.effects[[c.name for c in found.candidates].index("PAN")][0]
    assert effect.against == CLASS
    assert effect.low == pytest.approx(math.log(800 / 200))  # 200: the geometric mean of the two controls
    assert effect.sd > EFFECT_SD


def test_without_a_comparable_control_nothing_is_known(db: sqlite3.Connection) -> None:
    put(db, life("200", sample("PVDF")), source="a.txt")
    put(db, life("300", sample("PEO"), FULL), control("400", FULL), source="b.txt")
    found = of(db, across=True)
    effect = found.effects[[c.name for c in found.candidates].index("PVDF")][0]
    assert (effect.against, effect.low, effect.high) == (NONE, -math.inf, math.inf)


def test_a_metric_without_controls_is_compared_by_its_values(db: sqlite3.Connection) -> None:
    stiff = Said("It has 2 GPa.", "2", sample("PVDF"), "elastic_modulus", "GPa")
    put(db, stiff)
    ((effect,),) = of(db, "elastic_modulus").effects
    assert (effect.against, effect.low) == (VALUE, pytest.approx(math.log(2)))


def test_only_the_largest_stratum_is_compared_and_the_rest_is_counted(db: sqlite3.Connection) -> None:
    put(db, life("200", sample("PVDF")), control("100"), source="a.txt")
    put(db, life("300", sample("PEO")), control("100"), source="b.txt")
    put(db, life("400", sample("PAN"), FULL), control("100", FULL), source="c.txt")
    found = of(db)
    assert [c.name for c in found.candidates] == ["PVDF", "PEO"]
    assert (found.strata[LIFE].cell, found.left_out) == ("Li|Li symmetric", {LIFE: 1})
    assert found.caveats == ()


def test_across_strata_all_are_compared_with_more_variance_and_a_caveat(db: sqlite3.Connection) -> None:
    put(db, life("200", sample("PVDF")), control("100"), source="a.txt")
    put(db, life("300", sample("PEO")), control("100"), source="b.txt")
    put(db, life("400", sample("PAN"), FULL), control("100", FULL), source="c.txt")
    found = of(db, across=True)
    sd = {c.name: e[0].sd for c, e in zip(found.candidates, found.effects, strict=True)}
    assert sd["PVDF"] == pytest.approx(EFFECT_SD)
    assert sd["PAN"] == pytest.approx(math.sqrt(EFFECT_SD**2 + 2 * ACROSS_SD**2))  # cell and current differ
    assert "compared across strata" in found.caveats[0]


def test_a_stratum_may_be_named(db: sqlite3.Connection) -> None:
    put(db, life("200", sample("PVDF")), control("100"), source="a.txt")
    put(db, life("300", sample("PEO")), control("100"), source="b.txt")
    put(db, life("400", sample("PAN"), FULL), control("100", FULL), source="c.txt")
    assert [c.name for c in of(db, within={LIFE: {"cell": "full NCM811"}}).candidates] == ["PAN"]
    with pytest.raises(BadCriterion, match="no condition 'cel'"):
        of(db, within={LIFE: {"cel": "full NCM811"}})


def test_one_work_told_twice_counts_once(db: sqlite3.Connection) -> None:
    cited = {"provenance": "cited", "cited_ref": "7"}
    work = Reference("7", "Smith, J. Chem. 2020", doi="10.1/smith")
    put(db, life("500", sample("PAN"), **cited), source="review.txt", references=(work,))
    put(db, life("500", sample("PAN"), **cited), life("9", sample("X"), FULL), source="other.txt", references=(work,))
    found = of(db)
    assert (len(found.candidates), found.twice) == (1, 1)
    put(db, life("480", sample("PAN")), control("100"), source="smith.txt", doi="10.1/smith")
    found = of(db)
    assert [c.observations[LIFE].value for c in found.candidates] == [480]
    assert found.twice == 2


def test_volts_against_a_reference_have_no_ratio(db: sqlite3.Connection) -> None:
    put(db, Said("It breaks at 4.5 V.", "4.5", sample("PVDF"), "decomposition_voltage", "V"))
    with pytest.raises(BadCriterion, match="no ratio"):
        of(db, "decomposition_voltage:max")


def test_hundred_percent_is_a_bound(db: sqlite3.Connection) -> None:
    put(db, coated("100"), bare("90.0"))
    ((effect,),) = of(db, "coulombic_efficiency").effects
    assert (effect.low, effect.high) == (pytest.approx(math.log(20)), math.inf)


def test_an_empty_base_compares_nothing(db: sqlite3.Connection) -> None:
    assert of(db).candidates == ()


def test_a_control_at_the_floor_of_its_protocol_is_a_bound_and_named(db: sqlite3.Connection) -> None:
    def average(number: str, subject: Subject, **more: Any) -> Said:
        said = f"The average Coulombic efficiency was {number} % on it."
        half = Conditions(current_density_mA_cm2=0.1, cell="Li|Cu half")
        return Said(said, number, subject, "coulombic_efficiency", "percent", half, more)

    put(db, average("94.6", sample("Ag")), average("83.3", BARE, is_control=True), source="a.txt")
    put(db, average("95.0", sample("PEO")), source="b.txt")
    found = of(db, "coulombic_efficiency")
    effects = dict(zip([c.name for c in found.candidates], (e for (e,) in found.effects), strict=True))
    assert (effects["Ag"].low, effects["Ag"].high) == (pytest.approx(math.log(16.7 / 5.4)), math.inf)
    assert effects["PEO"].against == NONE  # a bound is no reference for another paper
    assert found.caveats == (
        f"83.3 % (#{effects['Ag'].observation.control.measurement}) is taken for a bound: "
        "suspected floor of a reservoir protocol, 5/6",
    )


def test_with_reservoir_cycles_and_capacity_stated_the_floor_is_computed(db: sqlite3.Connection) -> None:
    half = Conditions(current_density_mA_cm2=0.5, areal_capacity_mAh_cm2=1.0, cycles=8.0, cell="Li|Cu half")
    reservoir = Said("A lithium reservoir of 5 mAh cm^-2 came first.", "5", sample("Ag"), "lithium_excess", "mAh/cm^2")
    told = Said("It keeps 61.5 % of it.", "61.5", BARE, "coulombic_efficiency", "percent", half, {"is_control": True})
    put(db, reservoir, coated("98.0", conditions=half), told)
    ((effect,),) = of(db, "coulombic_efficiency").effects
    assert (effect.low, effect.high) == (pytest.approx(math.log(38.5 / 2)), math.inf)
