"""The one pint registry, and the folding of the ways papers print a unit.

pint is loaded at the first conversion, not at import.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from schema.errors import UnitMismatch

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SIGNS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "‐": "-",
        "‑": "-",
        "·": " ",
        "∙": " ",
        "⋅": " ",
        "•": " ",
        "×": " ",
        "Ω": "ohm ",
        "\u2126": "ohm ",  # the ohm sign, which is not the Greek letter
        "μ": "u",
        "µ": "u",
        "º": "°",
        "˚": "°",
        "℃": "degC",
        "\u2009": " ",
        "\u202f": " ",
        "\u00a0": " ",
    }
)
_SPELT = {
    "percent": "percent", "%": "percent", "fold": "fold", "times": "fold",
    "hrs": "hour", "hr": "hour", "h": "hour", "min": "minute", "mins": "minute", "s": "second", "sec": "second",
    "d": "day", "yr": "year", "yrs": "year", "cycles": "dimensionless", "cycle": "dimensionless",
    "Ah": "A hour", "mAh": "mA hour", "Wh": "W hour", "mWh": "mW hour", "kWh": "kW hour", "MWh": "MW hour",
    "uAh": "uA hour", "Js": "J second", "degC": "degC", "oC": "degC", "deg": "degree", "°": "degree",
    "degrees": "degree", "C": "coulomb", "Å": "angstrom", "M": "mol/l", "mM": "mmol/l", "uM": "umol/l",
    "Ohm": "ohm", "decade": "dec",
}  # fmt: skip
_PREFIXES = {
    "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "u", "milli": "m", "centi": "c", "deci": "d",
    "kilo": "k", "mega": "M", "giga": "G", "tera": "T",
}  # fmt: skip
_NAMES = {
    "ampere": "A", "amp": "A", "volt": "V", "watt": "W", "ohm": "ohm", "siemens": "S", "pascal": "Pa", "joule": "J",
    "electronvolt": "eV", "electron volt": "eV", "hertz": "Hz", "newton": "N", "meter": "m", "metre": "m",
    "micron": "um", "angstrom": "angstrom", "ångström": "angstrom", "ångstrom": "angstrom", "liter": "L", "litre": "L",
    "gram": "g", "mole": "mol", "kelvin": "K", "second": "second", "minute": "minute", "hour": "hour", "day": "day",
    "week": "week", "month": "month", "year": "year",
}  # fmt: skip
# A unit's name spelt out, as a regex.
SPELT_UNIT = rf"(?i:(?:{'|'.join(_PREFIXES)})?(?:{'|'.join(_NAMES)})s?)"
_NAME = re.compile(rf"(?i:\b({'|'.join(_PREFIXES)})?({'|'.join(_NAMES)})s?\b)")
_SHARE_PERCENT = re.compile(
    r"(?:wt|weight|vol|volume|mol|at|atom(?:ic)?|mass)\.?[\s-]*(?:%|per\s?cent\b)|\bper\s?cent\b"
)
_SPACE = re.compile(r"\b(square|sq\.?|cubic)[\s-](\w+)|\b(\w+)\s(squared|cubed)\b")
_STRAY_DOT = re.compile(r"\bm\s+Ah\b")
_CELSIUS = re.compile(r"(?:°|\bdeg(?:ree)?s?\.?)\s*(?:C|[Cc]elsius|centigrade)\b|\b(?:[Cc]elsius|centigrade)\b")
_PER = re.compile(r"\s+per\s+")
# What is written together: "mA.cm", "milliampere-hour", "mAcm-2".
_JOINED = re.compile(
    r"(?<=[A-Za-z])\s?[.-](?=[A-Za-z])|(?<=\d)\.(?=[A-Za-z])|(?<=[AhSgJ])(?=(?:cm|kg)\^?[-\d])|(?<=[hAJ\d])(?=g\^?-)"
)
_ATOM = re.compile(r"([A-Za-z%°Å.]+)\s*(?:\^?[{(]?([+-]?\d{1,3})[})]?)?|(/)|(\()|(\))")
# What pint raises beside its own errors: on "cm^0" a KeyError, on "kPa^999" an OverflowError.
_GARBLED = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


@lru_cache(maxsize=1)
def registry() -> Any:
    """Give the project's pint registry, with ``units.txt`` read in."""
    import pint

    ureg: Any = pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)
    ureg.load_definitions(Path(__file__).parent / "units.txt")
    ureg.enable_contexts("per_particle")
    return ureg


def _symbol(name: re.Match[str]) -> str:
    return _PREFIXES.get((name[1] or "").lower(), "") + _NAMES[name[2].lower()]


def _raised(unit: re.Match[str]) -> str:
    power = 3 if "cub" in unit[0] else 2
    return f"{unit[2] or unit[3]}^{power}"


@lru_cache(maxsize=4096)
def fold_unit(text: str) -> str:
    """Fold a unit as papers print it into one spelling that pint reads.

    Examples
    --------
    >>> fold_unit("mA h cm−2")
    'mA*hour*cm**-2'
    >>> fold_unit("Ω·cm^{2}")
    'ohm*cm**2'
    >>> fold_unit("mS/cm")
    'mS*cm**-1'
    >>> fold_unit("milliampere-hours per square centimeter")
    'mA*hour*cm**-2'
    """
    plain = text.translate(SUPERSCRIPTS).translate(_SIGNS).replace("**", "^").replace("*", " ").strip()
    plain = _SHARE_PERCENT.sub("percent", plain)
    plain = _CELSIUS.sub("degC", plain)
    plain = _PER.sub("/", _JOINED.sub(" ", _STRAY_DOT.sub("mAh", plain)))
    plain = _NAME.sub(_symbol, _SPACE.sub(_raised, plain))
    parts: list[str] = []
    sign = 1
    position = 0
    while position < len(plain):
        if plain[position].isspace():
            position += 1
            continue
        match = _ATOM.match(plain, position)
        if match is None:
            raise UnitMismatch(f"unit {text!r} cannot be read", unit=text)
        position = match.end()
        if match[3]:
            sign = -1
        elif match[1]:
            power = sign * int(match[2] or 1)
            for word in _SPELT.get(match[1], match[1]).split():
                parts.append(word if power == 1 else f"{word}**{power}")
    return "*".join(parts).replace("mol/l**", "(mol/l)**")


@lru_cache(maxsize=4096)
def factor(unit: str, target: str) -> tuple[float, float]:
    """Give (scale, shift) such that ``value_in_target = value * scale + shift``.

    Raises
    ------
    UnitMismatch
        Where the unit is unknown or has another dimension than the target.

    Examples
    --------
    >>> factor("A/m^2", "mA/cm^2")
    (0.1, 0.0)
    """
    import pint

    if unit == target:
        return 1.0, 0.0
    ureg = registry()
    try:
        folded = ("" if u == "1" else fold_unit(u) for u in (unit, target))
        one, two = (ureg.parse_units(u or "dimensionless") for u in folded)
        shift = float(ureg.Quantity(0.0, one).to(two).magnitude)
        scale = float(ureg.Quantity(1.0, one).to(two).magnitude) - shift
    except pint.DimensionalityError as error:
        message = f"{unit!r} is no unit for a quantity in {target!r} (dimensions {error.dim1} and {error.dim2} differ)"
        raise UnitMismatch(message, unit=unit, expected=target) from error
    except (pint.PintError, *_GARBLED) as error:
        raise UnitMismatch(
            f"unknown unit {unit!r}; write it like mA/cm^2, mAh/cm^2, S/cm, GPa, h", unit=unit
        ) from error
    return scale, shift


def convert(value: float, unit: str, target: str) -> float:
    """Convert a number between two units.

    Examples
    --------
    >>> convert(10, "A/m^2", "mA/cm^2")
    1.0
    >>> convert(28.8, "C/cm^2", "mAh/cm^2")
    8.0
    """
    scale, shift = factor(unit, target)
    # Twelve digits undo the noise of the conversion: 1e-4 * 1e3 is 0.1, not 0.10000000000000002.
    return float(f"{value * scale + shift:.12g}")
