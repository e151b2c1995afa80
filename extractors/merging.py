"""Facts a document states twice are one record: the statement that says most of its conditions stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from extractors.confidence import repeated
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


Row = tuple[str, str | None]  # the label and the reference that a value of a table stands beside


@dataclass
class _Group:
    """Records of one value, and which of them stand in which row of which table."""

    told: list[Measurement] = field(default_factory=list)
    of_table: dict[int, set[int]] = field(default_factory=dict)
    of_row: dict[tuple[int, Row], set[int]] = field(default_factory=dict)

    def candidates(self, m: Measurement) -> Iterable[int]:
        """Give the places of the records, in their order, that do not stand in another row of the table of ``m``."""
        table = m.evidence.passage
        if table not in self.of_table:
            return range(len(self.told))
        apart, here = self.of_table[table], self.of_row.get((table, _row(m)), set())
        if len(apart) == len(self.told):
            return sorted(here)
        return (i for i in range(len(self.told)) if i in here or i not in apart)

    def stands(self, place: int, m: Measurement) -> None:
        """Note that a record stands in the row of ``m``."""
        table = m.evidence.passage
        self.of_table.setdefault(table, set()).add(place)
        self.of_row.setdefault((table, _row(m)), set()).add(place)


def _row(m: Measurement) -> Row:
    return m.subject.name, m.cited_ref


def merge_repeats(found: Iterable[Measurement], tables: Collection[int] = ()) -> list[Measurement]:
    """Merge records of one value, sample and control flag whose conditions do not contradict one another.

    The order of first mention is kept.

    Parameters
    ----------
    tables : indices of the passages that are tables: what stands beside two labels of one is of two samples
    """
    groups: dict[tuple[Any, ...], _Group] = {}
    for m in found:
        setting = m.metric in _SETTINGS
        one_value = (m.metric, m.value, m.value_max, m.unit, m.is_control or setting, m.qualifier if setting else "")
        group = groups.setdefault(one_value, _Group())
        for place in group.candidates(m):
            told = group.told[place]
            if (setting or _same_sample(m, told)) and _agree(m.conditions, told.conditions):
                group.told[place] = _merged(told, m)
                break
        else:
            place = len(group.told)
            group.told.append(m)
        if m.evidence.passage in tables:
            group.stands(place, m)
    return [told for group in groups.values() for told in group.told]


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
        clues=_joined(best.clues, repeated(first, second)),
    )


def _joined(one: Sequence[str], two: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *two)))
