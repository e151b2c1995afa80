"""Dimension classes of printed units, misprinted ones included."""

from __future__ import annotations

import re
from functools import lru_cache

from schema.errors import UnitMismatch
from schema.units import factor, fold_unit

PERCENT = "percent"
CYCLES = "cycles"
FOLD = "fold"
ANGLE = "deg"
RATE = "C"
BARE = "1"
TIME = "h"
TEMPERATURE = "degC"
OTHER = "other"
CURRENT = "mA/cm^2"
AREAL = "mAh/cm^2"
VOLTAGE = "mV"
LENGTH = "um"
CONDUCTIVITY = "S/cm"
ENERGY = "eV"
_CONVERTED = (
    CURRENT, AREAL, VOLTAGE, "ohm", "ohm cm^2", CONDUCTIVITY, "GPa", LENGTH, "mAh/g", "Wh/kg", "mg/cm^2", "g/cm^3",
    "mJ/m^2", ENERGY, "kJ/g", "m^2/g", TIME,
)  # fmt: skip


@lru_cache(maxsize=4096)
def kind_of(unit: str) -> str:
    """Give the dimension class of a printed unit.

    Examples
    --------
    >>> kind_of("mA cm^-2"), kind_of("wt %"), kind_of("Ω cm^-2"), kind_of("C"), kind_of("C·cm^-2"), kind_of("")
    ('mA/cm^2', 'percent', 'ohm cm^2', 'C', 'mAh/cm^2', '1')
    """
    plain = unit.strip()
    if not plain:
        return BARE
    if "%" in plain or plain == "percent":
        return PERCENT
    if plain.strip("-–").startswith("cycle"):
        return CYCLES
    if plain in {"fold", "times"} or plain.startswith("order"):
        return FOLD
    if plain == "°":
        return ANGLE
    if plain == "C":
        return RATE
    if re.fullmatch(r"°\s?C|℃|K", plain):
        return TEMPERATURE
    for kind in ("kJ/g",) if "J" in plain and "g" in plain else _CONVERTED:
        try:
            factor(plain, kind)
        except UnitMismatch:
            continue
        return kind
    if suspect_unit(plain):
        return kind_of(suspect_unit(plain))
    return OTHER


def suspect_unit(unit: str) -> str:
    """Give what a misprinted area unit must mean, or "".

    Examples
    --------
    >>> suspect_unit("Ω cm^-2"), suspect_unit("mA h cm^-1"), suspect_unit("mV")
    ('ohm cm^2', 'mAh/cm^2', '')
    """
    try:
        folded = fold_unit(unit)
    except UnitMismatch:
        return ""
    if re.fullmatch(r"[kmM]?ohm\*cm\*\*-2", folded):
        return folded.replace("**-2", "^2").replace("*", " ", 1)
    if re.fullmatch(r"(?:mA\*hour|A\*hour)\*cm(?:\*\*-1)?", folded):
        return "mAh/cm^2"
    if re.fullmatch(r"mA\*cm(?:\*\*-1)?", folded):
        return "mA/cm^2"
    return ""
