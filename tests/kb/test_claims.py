"""Gold facts and records compared: values, samples, conditions."""

from __future__ import annotations

from typing import Any

import pytest

from kb.claims import (
    Claim,
    close,
    condition_counts,
    folded,
    of_gold,
    repeats_setting,
    same_main_conditions,
    same_sample,
    same_value,
)

CURRENT, CAPACITY = "current_density_mA_cm2", "areal_capacity_mAh_cm2"


def claim(value: float = 98.3, **changes: Any) -> Claim:
    plain: dict[str, Any] = {
        "metrics": ("coulombic_efficiency",), "value": value, "value_max": None, "unit": "percent",
        "components": frozenset({"pmma", "pvdf"}), "is_control": False, "conditions": {},
    }  # fmt: skip
    return Claim(**{**plain, **changes})


@pytest.mark.parametrize(
    ("told", "same"),
    [(claim(98.31), True), (claim(98.35), False), (claim(value_max=98.5), False), (claim(unit="fold"), False),
     (claim(metrics=("capacity_retention",)), False)],
)  # fmt: skip
def test_a_value_is_metric_number_and_unit(told: Claim, same: bool) -> None:
    assert same_value(claim(), told) is same


def test_large_shares_are_compared_in_points_small_numbers_in_proportion() -> None:
    volts = {"metrics": ("overpotential",), "unit": "mV"}
    assert same_value(claim(20.0, **volts), claim(20.01, **volts))
    assert not same_value(claim(20.0, **volts), claim(20.1, **volts))
    assert close(1000.0, 1000.9)
    assert not close(99.0, 99.05, points=True)


def test_ranges_are_compared_by_both_ends_in_any_order() -> None:
    assert same_value(claim(50.0, value_max=20.0), claim(20.0, value_max=50.0))
    assert not same_value(claim(20.0, value_max=50.0), claim(20.0, value_max=40.0))


def test_an_alternative_metric_serves() -> None:
    gold = claim(88.0, metrics=("failure_cycle", "cycle_count"), unit="1")
    assert same_value(gold, claim(88.0, metrics=("cycle_count",), unit="1"))


@pytest.mark.parametrize(
    ("components", "same"),
    [({"pmma", "pvdf"}, True), ({"pmma"}, True), ({"pmma", "zno", "al2o3"}, False), (set(), False), ({"zno"}, False)],
)
def test_half_of_the_components_make_the_sample(components: set[str], same: bool) -> None:
    assert same_sample(claim(), claim(components=frozenset(components))) is same


def test_the_control_is_another_sample_and_gold_without_components_asks_for_none() -> None:
    assert not same_sample(claim(), claim(is_control=True))
    assert same_sample(claim(components=frozenset()), claim())


@pytest.mark.parametrize(
    ("names", "parts"),
    [(["polyvinylidene fluoride"], {"pvdf"}), (["Cu₃N"], {"cu3n"}), (["PI-Ag/Li"], {"pi-ag", "li"}),
     (["copper nitride", "SBR"], {"cu3n", "sbr"}), (["graphite"], {"c"}), ([], set()), (["", " / "], set())],
)  # fmt: skip
def test_names_are_folded(names: list[str], parts: set[str]) -> None:
    assert folded(names) == parts


def test_cycles_serve_for_the_cycle_it_was_read_at() -> None:
    gold, told = claim(conditions={"at_cycle": 50, "temperature_C": 25}), claim(conditions={"cycles": 50.0})
    assert condition_counts(gold, told) == (1, 2, 1, 1)


@pytest.mark.parametrize(
    ("gold", "told", "paper", "right"),
    [
        ({CURRENT: 1}, {CURRENT: 1.0}, [], True),
        ({CURRENT: 1}, {}, [], False),
        ({CURRENT: 1}, {CURRENT: 2.0}, [], False),
        ({}, {CURRENT: 1.0}, [], False),
        ({}, {CURRENT: 1.0}, [{CURRENT: 1}], True),
        ({"cell": "half"}, {CURRENT: 1.0}, [{CURRENT: 1, "cell": "full"}], False),
        ({}, {CAPACITY: 4.0}, [{"cathode_areal_capacity_mAh_cm2": 4}], True),
    ],
)
def test_where_gold_is_silent_only_what_it_says_of_the_sample_may_stand(
    gold: dict[str, Any], told: dict[str, Any], paper: list[dict[str, Any]], right: bool
) -> None:
    facts = [claim(conditions=c) for c in paper]
    assert same_main_conditions(claim(conditions=gold), claim(conditions=told), facts) is right


def test_a_setting_told_again_as_a_measurement_is_known() -> None:
    setting = claim(3.0, metrics=("areal_capacity",), unit="mAh/cm^2")
    assert repeats_setting(setting, [claim(conditions={CAPACITY: 3})])
    assert not repeats_setting(setting, [claim(conditions={CURRENT: 3})])
    assert not repeats_setting(claim(3.0), [claim(conditions={CAPACITY: 3})])


def test_gold_outside_the_metric_list_is_spared() -> None:
    fact = {"metric": "other", "value_norm": 1.0, "unit_norm": "percent", "metric_alt": ["porosity"]}
    spared = of_gold(fact)
    assert spared is not None
    assert spared.spared
    assert spared.metrics == ("porosity",)
    assert of_gold({**fact, "metric_alt": []}) is None
    assert of_gold({**fact, "value_norm": None}) is None
    hypothetical = of_gold({**fact, "metric": "porosity", "conditions": {"hypothetical": True}})
    assert hypothetical is not None
    assert hypothetical.spared
