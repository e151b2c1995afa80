"""The efficiencies and overpotentials a base knows, as the simulator is calibrated on them beside lives."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Hashable, Iterator

from kb.candidates import Row
from kb.comparison import second_hand
from kb.screening.likelihood import Reading
from kb.screening.shifted import COPPER
from kb.screening.strata import stratum_of
from schema.statements import statement

EFFICIENCY = "coulombic_efficiency"
#: What the number of a metric may be, as a multiple of the overpotential of one electrode (docs/models.md b6); in a
#: symmetric cell two electrodes stand in series, once or there and back.
FACTORS = {
    "overpotential": (1, 2),
    "mass_transfer_overpotential": (1, 2),
    "voltage_polarization": (1, 2, 4),
    "voltage_hysteresis": (2, 4),
}
IN_SYMMETRIC_CELLS = (2, 4)
#: Inputs that these records are reports of: left out of the study of a sample that is to predict them.
DISPLACED = ("loss", "loss_bare", "overpotential")
LEFT_OUT = ("reservoir", "one cycle")
ALL = 0.005  # least loss that a paper tells from none: "100 %"
YOUNG = 10.0  # cycles: a plateau of a later one hangs on what has grown until then
CAPACITY = 1.0  # mAh/cm^2, for an overpotential whose paper does not say: in the first cycle it matters nothing


def read_readings(db: sqlite3.Connection) -> list[tuple[Reading, Row]]:
    """Read the efficiencies and overpotentials that a young cell can be compared with, one of each a sample.

    Left out is what the simulator has no word for: the efficiency of a full cell, which tells of its cathode; one of
    the reservoir protocol, whose lower end hangs on amounts that the base does not keep; one of a single cycle, for the
    first forms the SEI and a late one hangs on the wear until then, as does the plateau of a later cycle.

    Returns
    -------
    list of the reading and the row it stands in
    """
    asked = {"metrics": json.dumps([EFFICIENCY, *FACTORS]), "least": 0.0}
    twice = second_hand(db)
    best: dict[Hashable, tuple[Reading, Row]] = {}
    for row in (Row.of(found) for found in db.execute(statement("comparable_rows"), asked)):
        if row["id"] in twice or not row["value"] > 0 or not row["current_density_mA_cm2"]:
            continue
        for reading in _reading(row):
            key = (row.work, row.sample, bool(row["is_control"]), bool(reading.factors))
            if key not in best or _order(row) < _order(best[key][1]):
                best[key] = reading, row
    return sorted(best.values(), key=lambda pair: (pair[1]["source"], pair[1]["id"]))


def _order(row: Row) -> tuple[bool, float, int]:
    return bool(row.flags), -row["confidence"], row["id"]


def _reading(row: Row) -> Iterator[Reading]:
    """Read a row; nothing where it cannot be compared with a young cell."""
    cell, capacity, told = row["cell"] or "", row["areal_capacity_mAh_cm2"], row["qualifier"]
    factors: tuple[int, ...] = ()
    if row["metric"] == EFFICIENCY:
        if cell not in ("", COPPER) or not capacity or stratum_of(row.columns).protocol in LEFT_OUT:
            return
        if max(row["value"], row["value_max"] or 0.0) > 100.0:
            return
        ends = sorted(1.0 - end / 100.0 for end in (row["value"], row["value_max"] or row["value"]))
        low, high = (_logit(max(end, ALL / 10)) for end in ends)
        told = told.translate(str.maketrans("<>", "><"))
        if ends[1] == 0.0:
            low, high, told = -math.inf, _logit(ALL), "<"
    else:
        if (row["at_cycle"] or row["cycle_first"] or 1.0) > YOUNG:
            return
        low, high = math.log(row["value"]), math.log(row["value_max"] or row["value"])
        factors = IN_SYMMETRIC_CELLS if "symmetric" in cell else FACTORS[row["metric"]]
    if told[0] in "<>":
        low, high = (low, math.inf) if told[0] == ">" else (-math.inf, high)
    yield Reading(
        paper=str(row["doi"] or row["title"] or row["source"]), low=low, high=high,
        current=row["current_density_mA_cm2"], capacity=capacity or CAPACITY,
        cycles=row["cycles"] or row["cycle_last"] or 1.0, factors=factors,
        is_control=bool(row["is_control"]), cell=cell, name="/".join(row.components) or str(row["subject"]),
        measurement=row["id"],
    )  # fmt: skip


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))
