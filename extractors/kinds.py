"""Dimension classes of printed units, misprinted ones included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from schema.errors import UnitMismatch
from schema.units import factor, fold_unit
from schema.vocabulary import vocabulary

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
# No cell is cycled for years: they are a date or a hope.
_FOLDED = {"degree": ANGLE, "degC": TEMPERATURE, "K": TEMPERATURE, "year": OTHER}


def kind_of(unit: str) -> str:
    """Give the dimension class of a printed unit.

    Examples
    --------
    >>> kind_of("mA cm^-2"), kind_of("wt %"), kind_of("Ω cm^-2"), kind_of("C"), kind_of("C·cm^-2"), kind_of("")
    ('mA/cm^2', 'percent', 'ohm cm^2', 'C', 'mAh/cm^2', '1')
    """
    kind = _kind(unit)
    return _own_kind(unit, vocabulary().fingerprint) if kind == OTHER else kind


@lru_cache(maxsize=4096)
def _kind(unit: str) -> str:
    plain = unit.strip()
    if plain in ("", "1"):
        return BARE
    if plain.strip("-–").startswith("cycle"):
        return CYCLES
    if plain in {"fold", "times", "×", "x"} or plain.startswith("order"):
        return FOLD
    if plain == "C":
        return RATE
    try:
        folded = fold_unit(plain)
    except UnitMismatch:
        return OTHER
    if "percent" in folded:
        return PERCENT
    if folded in _FOLDED:
        return _FOLDED[folded]
    kinds = ("kJ/g",) if "J" in folded and "g" in folded else _CONVERTED
    if kind := _first_of(plain, kinds):
        return kind
    meant = suspect_unit(plain)
    return _kind(meant) if meant else OTHER


@lru_cache(maxsize=4096)
def _own_kind(unit: str, fingerprint: str) -> str:
    """Give the unit of a user's metric that a printed unit converts to."""
    own = dict.fromkeys(m.unit for m in vocabulary().metrics.values() if _kind(m.unit) == OTHER)
    return _first_of(unit, own) or OTHER


def _first_of(unit: str, kinds: Iterable[str]) -> str:
    for kind in kinds:
        try:
            factor(unit, kind)
        except UnitMismatch:
            continue
        return kind
    return ""


@lru_cache(maxsize=4096)
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
