"""Coulombic efficiencies at the floor of their protocol: bounds, though they are printed as values.

The reservoir protocol plates a reservoir Q_T, cycles n times Q_c within it and strips what is left.  Where nothing is
left it shows n Q_c / (n Q_c + Q_T), however bad the efficiency was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

METRIC = "coulombic_efficiency"
RESERVOIR_METRIC = "lithium_excess"
NAMED = re.compile(r"\b(?:Aurbach|Adams|reservoir)\b", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:average|mean|avg\.?)\s(?:Coulombic|coulombic|CEs?\b)")
# n Q_c / Q_T in use: ten cycles of a fifth or a tenth of the reservoir (Adams), and up to ten of all of it.
STANDARD = (1, 2)
MOST_TURNS = 10


def floor_of(row: Mapping[str, Any], reservoir: float | None = None) -> str:
    """Say why a reported efficiency is but the floor of its protocol; "" where it is not, as far as one can tell.

    With cycles, areal capacity and reservoir stated the floor is computed.  Without, it is suspected where an average
    efficiency stands at k / (k + 1) to its last digit: k up to 10 where a decimal is printed (66.7, 83.3), else 1 or 2
    in a test that is named a reservoir's.

    Parameters
    ----------
    row : of measurement_view: metric, value, qualifier, value_reported, evidence, cell, at_cycle, cycles,
        areal_capacity_mAh_cm2
    reservoir : plated first [mAh/cm^2]; None where the paper does not say

    References
    ----------
    physics.md section a4; Adams et al., Adv. Energy Mater. 8, 1702097 (2018): n = 10, Q_c = 1 or 0.5, Q_T = 5.

    Examples
    --------
    >>> row = {"metric": METRIC, "value": 83.3, "qualifier": "=", "value_reported": "83.3", "cell": "Li|Cu half",
    ...        "at_cycle": None, "cycles": None, "areal_capacity_mAh_cm2": None,
    ...        "evidence": "The average Coulombic efficiency is 83.3% on copper."}
    >>> floor_of(row)
    'suspected floor of a reservoir protocol, 5/6'
    >>> floor_of({**row, "value": 66.7, "value_reported": "66.7", "cycles": 10.0, "areal_capacity_mAh_cm2": 1.0}, 5.0)
    'floor of its reservoir protocol, 10 cycles of 1 mAh/cm^2 in 5 mAh/cm^2'
    >>> floor_of({**row, "value": 94.6, "value_reported": "94.6"})
    ''
    """
    if row["metric"] != METRIC or row["qualifier"] not in ("=", "~") or row["at_cycle"] is not None:
        return ""
    if row["cell"] is not None and "half" not in row["cell"]:
        return ""
    evidence, value, decimals = row["evidence"] or "", row["value"], _decimals(row["value_reported"])
    is_named = bool(NAMED.search(evidence)) or reservoir is not None
    if not is_named and not _AVERAGE.search(evidence):
        return ""
    half_digit = 0.5 * 10.0**-decimals * 1.0001
    cycles, capacity = row["cycles"], row["areal_capacity_mAh_cm2"]
    if reservoir and cycles and capacity:
        from kb.screening.models.efficiency import reservoir_efficiency_floor  # which loads numpy

        at_floor = abs(value - 100 * float(reservoir_efficiency_floor(cycles, capacity, reservoir))) <= half_digit
        told = f"{cycles:g} cycles of {capacity:g} mAh/cm^2 in {reservoir:g} mAh/cm^2"
        return f"floor of its reservoir protocol, {told}" if at_floor else ""
    turns = range(1, MOST_TURNS + 1) if decimals else STANDARD if is_named else ()
    found = next((k for k in turns if abs(value - 100 * k / (k + 1)) <= half_digit), None)
    return "" if found is None else f"suspected floor of a reservoir protocol, {found}/{found + 1}"


def _decimals(reported: str) -> int:
    """Count the decimals that are printed.

    >>> _decimals("83.3"), _decimals("80")
    (1, 0)
    """
    return len((reported or "").partition(".")[2].strip().rstrip("%"))
