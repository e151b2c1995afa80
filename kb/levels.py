"""What a filter's findings are told as: measurements, or the experiments, candidates, papers that have some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schema.errors import UnknownName, did_you_mean

_RESULTS = """json_group_array(json_object('id', m.id, 'metric', m.metric, 'value', m.value, 'value_max', m.value_max,
  'qualifier', m.qualifier, 'unit', m.unit))"""
_PAPER = {"paper_id": "e.paper_id", "doi": "p.doi", "title": "p.title", "year": "p.year"}
_CONDITIONS = (
    "current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "cycle_first", "cycle_last", "at_cycle", "c_rate",
    "temperature_C", "time_h", "np_ratio", "electrolyte", "electrolyte_class", "cell",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """A kind of row.

    Attributes
    ----------
    keys : the columns that tell two rows apart, also the order of the rows that are equal in what is sorted by
    columns : name -> SQL over the tables m, e, s, p, grouped by the keys
    lists : the columns that hold JSON arrays
    """

    name: str
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    lists: tuple[str, ...] = ("results",)


MEASUREMENT = "measurement"
LEVELS: Mapping[str, Level] = {
    "experiment": Level(
        "experiment",
        ("experiment_id",),
        {
            "experiment_id": "m.experiment_id", **_PAPER, "system_id": "e.system_id", "system": "s.label",
            "strategy": "s.strategy", "is_control": "e.is_control", "cited_ref": "e.cited_ref",
            **{name: f"e.{name}" for name in _CONDITIONS},
            "measurements": "count(*)", "results": _RESULTS,
        },
    ),
    "candidate": Level(
        "candidate",
        ("paper_id", "system_id"),
        {
            **_PAPER, "system_id": "e.system_id", "system": "s.label", "substrate": "s.substrate",
            "strategy": "s.strategy", "process": "s.process",
            "experiments": "count(DISTINCT m.experiment_id)", "measurements": "count(*)", "results": _RESULTS,
        },
    ),
    "paper": Level(
        "paper",
        ("paper_id",),
        {
            **_PAPER, "journal": "p.journal", "systems": "count(DISTINCT e.system_id)",
            "experiments": "count(DISTINCT m.experiment_id)", "measurements": "count(*)",
            "metrics": "json_group_array(DISTINCT m.metric)",
        },
        ("metrics",),
    ),
}  # fmt: skip


def level(name: str) -> Level:
    """Give a level by its name, in the singular or plural.

    Raises
    ------
    UnknownName
        Where there is none of that name; "measurement" is none of these.

    Examples
    --------
    >>> level("candidates").keys
    ('paper_id', 'system_id')
    """
    found = LEVELS.get(name.removesuffix("s"))
    if found is None:
        known = (MEASUREMENT, *LEVELS)
        raise UnknownName(
            f"nothing is found as {name!r}{did_you_mean(name, known) or '; there are ' + ', '.join(known)}"
        )
    return found
