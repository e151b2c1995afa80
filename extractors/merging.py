"""Facts a document states twice are one record: the statement that says most of its conditions stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from schema.records import Conditions, Measurement

_SETTINGS = frozenset({"voltage_window", "areal_loading", "np_ratio", "areal_capacity"})
_NUMERIC = (
    "current_density_mA_cm2",
    "areal_capacity_mAh_cm2",
    "cycles",
    "at_cycle",
    "c_rate",
    "temperature_C",
    "np_ratio",
)


def merge_repeats(found: Iterable[Measurement]) -> list[Measurement]:
    """Merge records of one value, sample and control flag whose conditions do not contradict one another.

    The order of first mention is kept.
    """
    groups: dict[tuple[Any, ...], list[Measurement]] = {}
    for m in found:
        setting = m.metric in _SETTINGS
        kept = groups.setdefault(
            (m.metric, m.value, m.value_max, m.unit, m.is_control or setting, m.qualifier if setting else ""), []
        )
        for i, other in enumerate(kept):
            if (setting or _same_sample(m, other)) and _agree(m.conditions, other.conditions):
                kept[i] = _merged(other, m)
                break
        else:
            kept.append(m)
    return [m for kept in groups.values() for m in kept]


def _same_sample(one: Measurement, two: Measurement) -> bool:
    """Take samples for one where their components overlap; a control named without a material is any control."""
    a, b = set(one.subject.components), set(two.subject.components)
    if one.is_control and (one.provenance != "cited" or not a or not b):
        return True
    return a == b or 2 * len(a & b) >= max(len(a), len(b), 1)


def _agree(one: Conditions, two: Conditions) -> bool:
    for key in _NUMERIC:
        a, b = getattr(one, key), getattr(two, key)
        if a is not None and b is not None and a != b:
            return False
    return one.cell is None or two.cell is None or one.cell.split()[0] == two.cell.split()[0]


def _known(m: Measurement) -> int:
    return len(m.conditions.known())


def _merged(first: Measurement, second: Measurement) -> Measurement:
    best, other = (first, second) if _known(first) >= _known(second) else (second, first)
    filled = {
        f.name: getattr(other.conditions, f.name)
        for f in fields(Conditions)
        if f.name != "conditions_far"
        and getattr(best.conditions, f.name) is None
        and getattr(other.conditions, f.name) is not None
    }
    far = tuple(sorted({*best.conditions.conditions_far, *filled}))
    conditions = replace(best.conditions, **filled, conditions_far=far)
    bounded = best if best.qualifier != "=" else other
    return replace(
        best,
        conditions=conditions,
        qualifier=bounded.qualifier,
        confidence=max(first.confidence, second.confidence),
        flags=_joined(first.flags, second.flags),
    )


def _joined(one: Sequence[str], two: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *two)))
