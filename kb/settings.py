"""What an operator sets in words: ``thickness=1um``, ``current=0.5,1,2,4``, ``thickness=0.1..10um:log:25``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from kb.screening.draws import check
from kb.screening.priors import priors, unknown
from schema.errors import OutOfRange, UnitMismatch, UnknownParameter
from schema.units import convert

CLASSES: Mapping[str, str] = {"electrolyte_class": "electrolyte", "coating_kind": "coating"}
EFFICIENCY = "coulombic_efficiency"  # of the coated electrode: how papers give the loss
MOST_POINTS = 10_000
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)
_GRID = re.compile(rf"\s*({_NUMBER})\s*([^.,:]*?)\s*\.\.\s*({_NUMBER})\s*([^:.]*?)\s*(?::(log|lin))?(?::(\d+))?\s*")
DEFAULT_POINTS = 10


@dataclass(frozen=True)
class Settings:
    """What is set in place of what is reported or assumed.

    Attributes
    ----------
    inputs : parameters of the simulator, in the units of ``priors.toml``
    protocol : numbers of the protocol, in battery units
    classes : "electrolyte" or "coating" -> class
    """

    inputs: Mapping[str, float] = field(default_factory=dict)
    protocol: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Axis:
    """One parameter that is varied: its name, unit, and values in that unit."""

    key: str
    unit: str
    values: tuple[float, ...]


def quantity(key: str, text: str) -> float:
    """Read a number with or without a unit for a parameter; a bare number is in the parameter's unit.

    Raises
    ------
    UnknownParameter, UnitMismatch, OutOfRange
        Where there is no such parameter, or no such number; with the remedy.

    Examples
    --------
    >>> quantity("thickness", "800nm"), quantity("current", "10 A/m^2"), quantity("capacity", "1")
    (0.8, 1.0, 1.0)
    >>> round(quantity("coulombic_efficiency", "98.3%"), 4)
    98.3
    """
    unit = _unit(key)
    read = _QUANTITY.fullmatch(text)
    if read is None:
        raise OutOfRange(f"{key} = {text!r} is no number; write it like {_example(key)}")
    try:
        value = convert(float(read[1]), read[2], unit) if read[2] else float(read[1])
    except UnitMismatch as error:
        raise UnitMismatch(f"{key}: {error}", read[2], unit) from error
    _check(key, value)
    return value


def _unit(key: str) -> str:
    if key == EFFICIENCY:
        return "percent"
    if key in CLASSES:
        raise OutOfRange(f"{key} is a name and cannot be varied; --set {key}={_classes(key)[0]}")
    try:
        return priors().known(key).unit
    except UnknownParameter as error:
        known = priors()
        words = [*known.inputs, *known.derived, *known.protocol, EFFICIENCY, *CLASSES]
        raise unknown(key, words) from error


def _check(key: str, value: float) -> None:
    if key == EFFICIENCY:
        if not 0.0 < value <= 100.0:
            raise OutOfRange(f"{key} = {value:g} % is outside its domain (above 0, to 100 %)")
    else:
        check(key, value)


def _example(key: str) -> str:
    unit = _unit(key)
    return f"{key}=1" + ("" if unit == "1" else unit if " " not in unit else f" {unit}")


def _classes(key: str) -> list[str]:
    by = CLASSES[key]
    return sorted({name for i in priors().inputs.values() if i.by == by for name in i.classes})


def settings(words: Iterable[str]) -> Settings:
    """Read ``key=value`` words.

    Raises
    ------
    UnknownParameter, UnitMismatch, OutOfRange
        Where one cannot be read, or is there twice.

    Examples
    --------
    >>> read = settings(["thickness=1um", "current=2", "electrolyte_class=ether"])
    >>> read.inputs, read.protocol, read.classes
    ({'thickness': 1.0}, {'current': 2.0}, {'electrolyte': 'ether'})
    """
    inputs: dict[str, float] = {}
    protocol: dict[str, float] = {}
    classes: dict[str, str] = {}
    seen: set[str] = set()
    for word in words:
        key, _, text = (part.strip() for part in word.partition("="))
        if not text:
            raise OutOfRange(f"{word!r} sets nothing; write it like thickness=1um")
        if key in seen:
            raise OutOfRange(f"{key} is set twice; set it once, or --vary it")
        seen.add(key)
        if key in CLASSES:
            if text not in _classes(key):
                raise UnknownParameter(f"unknown {key} {text!r}; name one of {', '.join(_classes(key))}")
            classes[CLASSES[key]] = text
            continue
        value = quantity(key, text)
        if key == EFFICIENCY:
            key, value = "loss", max(1.0 - value / 100.0, priors().inputs["loss"].least)
        (protocol if key in priors().protocol else inputs)[key] = value
    return Settings(inputs, protocol, classes)


def axis(text: str) -> Axis:
    """Read what is varied: a list, or a range with its ends, ``log`` or ``lin`` (the default) and a number of points.

    Raises
    ------
    UnknownParameter, UnitMismatch, OutOfRange
        Where it cannot be read.

    Examples
    --------
    >>> axis("current=0.5,1,2,4").values
    (0.5, 1.0, 2.0, 4.0)
    >>> axis("thickness=0.1..10um:log:3").values
    (0.1, 1.0, 10.0)
    >>> axis("capacity=1..3:3").values
    (1.0, 2.0, 3.0)
    """
    key, _, body = (part.strip() for part in text.partition("="))
    unit = _unit(key)
    if key == EFFICIENCY:
        raise OutOfRange(f"{key} is varied as what is lost: --vary loss=0.5..5percent:log:10")
    read = _GRID.fullmatch(body)
    if read is None:
        if ".." in body or not body:
            raise OutOfRange(f"{text!r} cannot be read; write it like {key}=0.1..10:log:25 or {key}=0.5,1,2")
        return Axis(key, unit, _listed(key, body))
    first_unit, last_unit = read[2] or read[4], read[4] or read[2]
    low, high = quantity(key, read[1] + first_unit), quantity(key, read[3] + last_unit)
    points = int(read[6] or DEFAULT_POINTS)
    if not 2 <= points <= MOST_POINTS:
        raise OutOfRange(f"{key} is varied over {points} points; give 2 to {MOST_POINTS}")
    if read[5] == "log":
        if min(low, high) <= 0.0:
            raise OutOfRange(f"{key} = {min(low, high):g} has no logarithm; begin above zero, or vary it :lin")
        values = np.geomspace(low, high, points)
    else:
        values = np.linspace(low, high, points)
    return Axis(key, unit, tuple(float(f"{v:.12g}") for v in values))


def _listed(key: str, body: str) -> tuple[float, ...]:
    """Read a list; a unit after the last number is that of all."""
    words = body.split(",")
    last = _QUANTITY.fullmatch(words[-1])
    unit = last[2] if last else ""
    return tuple(quantity(key, word if not re.fullmatch(rf"\s*{_NUMBER}\s*", word) else word + unit) for word in words)
