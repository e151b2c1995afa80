"""What a gold fact or a mined record claims, in a form in which the two can be compared."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import schema

MAIN = ("current_density_mA_cm2", "areal_capacity_mAh_cm2")
NUMERIC = (*MAIN, "cycles", "c_rate", "temperature_C", "time_h", "np_ratio", "at_cycle")
# Over how many cycles a result is given and at which it was read are told apart by nobody: either serves for either.
_EITHER = {"cycles": "at_cycle", "at_cycle": "cycles"}
# A metric that only repeats a test setting -> the conditions it may repeat.
_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "areal_capacity": ("areal_capacity_mAh_cm2",), "np_ratio": ("np_ratio",), "temperature": ("temperature_C",),
    "cycle_count": ("cycles", "at_cycle"), "failure_cycle": ("cycles", "at_cycle"), "cycling_hours": ("time_h",),
}  # fmt: skip
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NEAR_WHOLE = 90.0  # percent: from here on shares are compared in points, as 99.1 % and 99.2 % are far apart


@dataclass(frozen=True)
class Claim:
    """A value of a metric on a sample under conditions.

    Attributes
    ----------
    metrics : what it may be called; of a mined record one
    components : folded, so that the names of one material meet
    conditions : those that are known
    spared : neither hit nor miss: outside the metric list, hypothetical
    record : the gold fact or the mined record itself
    """

    metrics: tuple[str, ...]
    value: float
    value_max: float | None
    unit: str
    components: frozenset[str]
    is_control: bool
    conditions: Mapping[str, Any]
    spared: bool = False
    record: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def metric(self) -> str:
        return self.metrics[0]

    @property
    def numbers(self) -> dict[str, float]:
        """The conditions that are numbers."""
        return {k: self.conditions[k] for k in NUMERIC if isinstance(self.conditions.get(k), int | float)}

    def condition(self, key: str) -> Any:
        told = self.conditions.get(key)
        return self.conditions.get(_EITHER.get(key, key)) if told is None else told


def of_gold(fact: Mapping[str, Any]) -> Claim | None:
    """Read a gold fact; None where it states no number in the metric list, not even as an alternative."""
    metrics = tuple(m for m in (fact["metric"], *(fact.get("metric_alt") or ())) if m != "other")
    if not metrics or fact.get("value_norm") is None:
        return None
    conditions = fact.get("conditions") or {}
    return Claim(
        metrics,
        fact["value_norm"],
        fact.get("value_norm_max", fact.get("value_max_norm")),
        fact["unit_norm"],
        folded(fact.get("components") or ()),
        bool(fact.get("is_control")),
        conditions,
        fact["metric"] == "other" or bool(conditions.get("hypothetical")),
        fact,
    )


def of_record(record: Mapping[str, Any]) -> Claim:
    """Read a mined record as it is exported."""
    return Claim(
        (record["metric"],),
        record["value"],
        record.get("value_max"),
        record["unit"],
        folded((record.get("subject") or {}).get("components") or ()),
        bool(record.get("is_control")),
        record.get("conditions") or {},
        record=record,
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Other name of a material -> the one it counts as."""
    groups = tomllib.loads((Path(schema.__file__).parent / "same_names.toml").read_text("utf-8"))
    return {other: name for name, others in groups.items() for other in others}


def _plain(name: str) -> str:
    return " ".join(name.translate(_LOWERED).lower().split())


def folded(components: Iterable[str]) -> frozenset[str]:
    """Fold the names of what a sample is made of; a composite gives its parts.

    Examples
    --------
    >>> sorted(folded(["Cu₃N", "PVDF/PMMA"])), folded(["copper nitride"]) == folded(["Cu3N"])
    (['cu3n', 'pmma', 'pvdf'], True)
    """
    names = _names()
    out: set[str] = set()
    for component in map(_plain, map(str, components)):
        parts = [component] if component in names else re.split(r"[/@+|,;\s]+", component)
        out.update(names.get(part, part).strip("()[]") for part in parts)
    return frozenset(out - {""})


def close(one: float | None, two: float | None, points: bool = False) -> bool:
    """Say whether two numbers are equal but for the rounding of conversions; in ``points`` to 0.02.

    Examples
    --------
    >>> close(99.1, 99.11, points=True), close(99.1, 99.2), close(None, None), close(None, 0.0)
    (True, False, True, False)
    """
    if one is None or two is None:
        return one is two
    return abs(one - two) <= 0.02 if points else math.isclose(one, two, rel_tol=1e-3, abs_tol=1e-9)


def same_value(gold: Claim, told: Claim) -> bool:
    """Say whether a record has the metric, the number (of a range both) and the unit of a gold fact."""
    if told.metric not in gold.metrics or told.unit != gold.unit:
        return False
    if (gold.value_max is None) != (told.value_max is None):
        return False
    points = gold.unit == "percent" and abs(gold.value) >= NEAR_WHOLE
    ends = ([c.value] if c.value_max is None else sorted((c.value, c.value_max)) for c in (gold, told))
    return all(close(a, b, points) for a, b in zip(*ends, strict=True))


def same_sample(gold: Claim, told: Claim) -> bool:
    """Say whether a record is of the gold fact's sample: both the control or neither, half of the components shared.

    Shared is by Dice's coefficient, so that naming everything is no answer; gold that names nothing asks for nothing.
    """
    if gold.is_control != told.is_control:
        return False
    shared = len(gold.components & told.components)
    return not gold.components or 4 * shared >= len(gold.components) + len(told.components)


def condition_counts(gold: Claim, told: Claim) -> tuple[int, int, int, int]:
    """Count the conditions that a gold fact states: found, in all; that a record states: right, in all."""
    asked, stated = gold.numbers, told.numbers
    found = sum(close(value, told.condition(key)) for key, value in asked.items())
    right = sum(close(value, gold.condition(key)) for key, value in stated.items())
    return found, len(asked), right, len(stated)


def same_main_conditions(gold: Claim, told: Claim, paper: Iterable[Claim]) -> bool:
    """Say whether the current density and the areal capacity of a record are right.

    Where gold is silent, only what it says elsewhere of the same sample in the same cell may stand.

    Parameters
    ----------
    paper : all gold facts of the paper
    """
    alike: list[Claim] | None = None
    for key in MAIN:
        wanted, said = gold.conditions.get(key), told.conditions.get(key)
        if said is None or wanted is not None:
            if not close(wanted, said):
                return False
            continue
        if alike is None:
            alike = [c for c in paper if c.components == gold.components
                     and c.conditions.get("cell") == gold.conditions.get("cell")]  # fmt: skip
        # "cathode_areal_capacity_mAh_cm2" is an areal capacity of that cell too.
        kind = "_mAh_cm2" if key.endswith("_mAh_cm2") else key
        elsewhere = (v for c in alike for k, v in c.conditions.items() if k.endswith(kind))
        if not any(isinstance(v, int | float) and close(v, said) for v in elsewhere):
            return False
    return True


def repeats_setting(told: Claim, paper: Iterable[Claim]) -> bool:
    """Say whether a record only repeats a condition of a gold fact as a measurement."""
    keys = _SETTINGS.get(told.metric, ())
    settings = (fact.conditions.get(key) for fact in paper for key in keys)
    return any(isinstance(v, int | float) and close(v, told.value) for v in settings)
