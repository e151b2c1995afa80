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
        "Ω": "ohm",
        "\u2126": "ohm",  # the ohm sign, which is not the Greek letter
        "μ": "u",
        "µ": "u",
        "℃": "degC",
        "\u2009": " ",
        "\u202f": " ",
        "\u00a0": " ",
    }
)
_SPELT = {
    "percent": "percent", "%": "percent", "fold": "fold", "times": "fold",
    "hours": "hour", "hour": "hour", "hrs": "hour", "hr": "hour", "h": "hour", "min": "minute", "mins": "minute",
    "minutes": "minute", "s": "second", "days": "day", "weeks": "week", "cycles": "dimensionless",
    "cycle": "dimensionless",
    "Ah": "A hour", "mAh": "mA hour", "Wh": "W hour", "mWh": "mW hour", "kWh": "kW hour", "uAh": "uA hour",
    "degC": "degC", "°C": "degC", "deg": "degree", "°": "degree", "degrees": "degree", "C": "coulomb",
    "microns": "micrometer", "micron": "micrometer", "Å": "angstrom", "M": "mol/l", "Ohm": "ohm", "ohms": "ohm",
    "milliampere": "mA", "milliamperes": "mA", "centimeter": "cm", "centimeters": "cm",
    "m": "m", "g": "g", "kg": "kg",
}  # fmt: skip
_WEIGHT_PERCENT = re.compile(r"(?:wt|vol|mol|at)\.?\s*%")
_STRAY_DOT = re.compile(r"\bm\s+Ah\b")
_CELSIUS = re.compile(r"°\s*C\b")
_PER = re.compile(r"\s+per\s+")
_SQUARE = re.compile(r"square\s+centimet(?:er|re)s?")
_ATOM = re.compile(r"([A-Za-z%°Å.]+)\s*(?:\^?\{?([+-]?\d{1,3})\}?)?|(/)|(\()|(\))")
# What pint raises beside its own errors: on "cm^0" a KeyError, on "kPa^999" an OverflowError.
_GARBLED = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


@lru_cache(maxsize=1)
def registry() -> Any:
    """Give the project's pint registry, with ``units.txt`` read in."""
    import pint

    ureg: Any = pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)
    ureg.load_definitions(Path(__file__).parent / "units.txt")
    return ureg


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
    """
    plain = text.translate(SUPERSCRIPTS).translate(_SIGNS).replace("**", "^").replace("*", " ").strip()
    plain = _WEIGHT_PERCENT.sub("percent", plain)
    plain = _CELSIUS.sub("degC", plain)
    plain = _STRAY_DOT.sub("mAh", plain)
    plain = _SQUARE.sub("cm^2", _PER.sub("/", plain))
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
