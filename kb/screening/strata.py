"""Strata: values may be compared where what they were measured under is comparable.

Bands rather than exact numbers, because papers test at 0.5, 1, 2, 5 and 10 mA/cm^2 and no two at all the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

from kb.screening.floors import NAMED

K = TypeVar("K", bound=Hashable)

# Upper edges of the bands, between the numbers papers choose (judgement).
CURRENT_EDGES = (0.75, 1.5, 3.5, 7.5)  # [mA/cm^2]
CAPACITY_EDGES = (0.75, 1.5, 3.5, 7.5)  # [mAh/cm^2]
# Above this ratio of negative to positive capacity a cell is not short of lithium for most of its life (judgement).
THICK_LITHIUM = 4.0
EFFICIENCIES = frozenset({"coulombic_efficiency"})

STARTS = 64  # profiles that a stratum is grown from

WORDS: Mapping[str, str] = {
    "cell": "cell", "electrolyte": "electrolyte class", "current": "current density", "capacity": "areal capacity",
    "lithium": "lithium excess", "protocol": "CE protocol",
}  # fmt: skip


@dataclass(frozen=True)
class Stratum:
    """What values must share to be compared; "" is not stated.

    Attributes
    ----------
    cell : such as "Li|Cu half"
    electrolyte : class of the electrolyte
    current, capacity : bands [mA/cm^2, mAh/cm^2]
    lithium : "thin" or "thick", by the ratio of negative to positive capacity
    protocol : of a Coulombic efficiency: "reservoir", "one cycle" or "cycle by cycle"
    """

    cell: str = ""
    electrolyte: str = ""
    current: str = ""
    capacity: str = ""
    lithium: str = ""
    protocol: str = ""

    @cached_property
    def stated(self) -> dict[str, str]:
        """What is stated, by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    def __str__(self) -> str:
        return ", ".join(self.stated.values()) or "nothing stated"


def band(value: float | None, edges: tuple[float, ...], unit: str) -> str:
    """Name the band a number lies in; "" where there is no number.

    Examples
    --------
    >>> band(1.0, CURRENT_EDGES, "mA/cm^2"), band(0.5, CURRENT_EDGES, "mA/cm^2"), band(10, CURRENT_EDGES, "mA/cm^2")
    ('0.75-1.5 mA/cm^2', 'up to 0.75 mA/cm^2', 'above 7.5 mA/cm^2')
    """
    if value is None:
        return ""
    place = bisect_left(edges, value)
    if place == 0:
        return f"up to {edges[0]:g} {unit}"
    if place == len(edges):
        return f"above {edges[-1]:g} {unit}"
    return f"{edges[place - 1]:g}-{edges[place]:g} {unit}"


def stratum_of(row: Mapping[str, Any]) -> Stratum:
    """Say which stratum a row of measurement_view lies in.

    Examples
    --------
    >>> row = {"metric": "coulombic_efficiency", "cell": "Li|Cu half", "electrolyte_class": "ether", "cycles": 260.0,
    ...        "current_density_mA_cm2": 1.0, "areal_capacity_mAh_cm2": None, "np_ratio": None, "at_cycle": None,
    ...        "cycle_last": None, "evidence": ""}
    >>> str(stratum_of(row))
    'Li|Cu half, ether, 0.75-1.5 mA/cm^2, cycle by cycle'
    """
    ratio = row["np_ratio"]
    return Stratum(
        cell=row["cell"] or "",
        electrolyte=row["electrolyte_class"] or "",
        current=band(row["current_density_mA_cm2"], CURRENT_EDGES, "mA/cm^2"),
        capacity=band(row["areal_capacity_mAh_cm2"], CAPACITY_EDGES, "mAh/cm^2"),
        lithium="" if ratio is None else "thick lithium" if ratio > THICK_LITHIUM else "thin lithium",
        protocol=_protocol(row) if row["metric"] in EFFICIENCIES else "",
    )


def _protocol(row: Mapping[str, Any]) -> str:
    if NAMED.search(row["evidence"] or ""):
        return "reservoir"
    if row["at_cycle"] is not None:
        return "one cycle"
    return "cycle by cycle" if row["cycles"] is not None or row["cycle_last"] is not None else ""


def comparable(one: Stratum, other: Stratum) -> bool:
    """Say whether two may be compared: nothing that both state differs."""
    mine, theirs = one.stated, other.stated
    return all(theirs.get(name, value) == value for name, value in mine.items())


def largest(strata: Mapping[K, Stratum], of: Mapping[K, Hashable] | None = None) -> tuple[Stratum, tuple[K, ...]]:
    """Find the stratum that most values belong to, and these.

    A value belongs where nothing that both state differs; what the one leaves open the next may state, and that holds
    for all that come after, so no two members contradict each other.  It is grown from each of the profiles that are
    most common, in the order of how common they are.

    Parameters
    ----------
    strata : of each value
    of : what each value is of; of one sample many values count once.  Each for itself where None

    Returns
    -------
    stratum, the keys of its members in their order; an empty stratum and none where there is nothing

    Examples
    --------
    >>> half, other = Stratum(cell="Li|Cu half"), Stratum(cell="Li|Li symmetric")
    >>> str(largest({1: half, 2: other, 3: half})[0]), largest({1: half, 2: other, 3: half})[1]
    ('Li|Cu half', (1, 3))
    """
    common = Counter(strata.values())
    profiles = sorted(common, key=lambda s: (-common[s], -len(s.stated), astuple(s)))
    best: Stratum = Stratum()
    members: tuple[K, ...] = ()
    most = 0
    for start in profiles[:STARTS]:
        grown = start
        for profile in profiles:
            if comparable(grown, profile):
                grown = Stratum(**{**profile.stated, **grown.stated})
        fit = tuple(key for key, stratum in strata.items() if comparable(grown, stratum))
        if (number := len({of[key] for key in fit} if of else fit)) > most:
            best, members, most = grown, fit, number
    return best, members


def mixed(strata: Iterable[Stratum]) -> dict[str, Counter[str]]:
    """Give the conditions that differ, each with how many values state what.

    Examples
    --------
    >>> {name: dict(told) for name, told in mixed([Stratum("Li|Cu half"), Stratum("full LFP"), Stratum()]).items()}
    {'cell': {'Li|Cu half': 1, 'full LFP': 1}}
    """
    told: dict[str, Counter[str]] = {name: Counter() for name in WORDS}
    for stratum in strata:
        for name, value in stratum.stated.items():
            told[name][value] += 1
    return {name: counted for name, counted in told.items() if len(counted) > 1}


def caveat(metric: str, strata: Iterable[Stratum]) -> str:
    """Say in words that the values of a metric were not measured alike; "" where they were, as far as is stated.

    Examples
    --------
    >>> caveat("cycling_hours", [Stratum("Li|Cu half"), Stratum("full LFP")])
    'cycling hours: compared across strata (cell: 1 Li|Cu half, 1 full LFP)'
    """
    differing = mixed(strata)
    if not differing:
        return ""
    counts = "; ".join(
        f"{WORDS[name]}: " + ", ".join(f"{n} {value}" for value, n in sorted(told.items(), key=lambda p: (-p[1], p[0])))
        for name, told in differing.items()
    )
    return f"{metric.replace('_', ' ')}: compared across strata ({counts})"
