"""Our metrics as ChemDataExtractor's models, and the grammars of their values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add, mul, or_
from typing import Any

from extractors.chemdata.library import ODD, library
from schema.vocabulary import Metric, vocabulary

Key = tuple[tuple[str, int], ...]
COUNTS = ("cycle_count", "failure_cycle")
_WAYS = tuple(f"convert_{what}_{way}_standard" for what in ("value", "error") for way in ("to", "from"))
_ATOM = re.compile(
    r"(?P<per>/)?[munkMGc]?(?P<symbol>cycles|percent|degC|deg|eV|ohm|Pa|[hsAVmgJWS1])(?:\^(?P<power>-?\d))?"
)
_SPELT = {"percent": "%", "degC": "°C", "deg": "°", "ohm": "Ω", "um": "μm", "^": "", " ": ""}


@dataclass(frozen=True)
class Kind:
    """A metric in ChemDataExtractor's terms.

    Attributes
    ----------
    model : a ``QuantityModel``
    unit : its ``Unit`` for the metric's controlled unit; None where that has no dimension
    key : the symbols of that unit with their powers, without prefixes: its values are those of all metrics with it
    names : the metric's synonyms in lower case, each with the grammar that finds it among tokens
    """

    metric: Metric
    model: Any
    unit: Any
    key: Key
    names: dict[str, Any]


def _own(name: str, regex: str) -> Any:
    """Make a dimension with one unit that the package lacks; ``regex`` is that of its symbol."""
    cde = library()
    dimension: Any = type(name, (cde.units.Dimension,), {})

    def init(self: Any, magnitude: float = 0.0, powers: Any = None) -> None:
        cde.units.Unit.__init__(self, dimension(), magnitude, powers)

    unit = type(f"{name}Unit", (cde.units.Unit,), {"__init__": init, **dict.fromkeys(_WAYS, lambda _, value: value)})
    dimension.units_dict = {cde.parse.R(regex, group=0): unit}
    dimension.standard_units = unit()
    return dimension


@lru_cache(maxsize=1)
def _dimensions() -> dict[str, Any]:
    """Give the dimension of each symbol that the units of metrics are made of."""
    u = library().units
    return {
        "A": u.ElectricalCurrent, "J": u.Energy, "V": u.ElectricPotential, "W": u.Power, "deg": u.Angle,
        "degC": u.Temperature, "eV": u.Energy, "g": u.Mass, "h": u.Time, "m": u.Length, "percent": u.Ratio,
        "s": u.Time,
        "1": u.Dimensionless, "Pa": _own("Pressure", "Pa(scals?)?"), "S": _own("Conductance", "S(iemens)?"),
        "cycles": _own("Cycles", "cycles?"), "ohm": _own("Resistance", "Ω|\u2126|[Oo]hms?"),
    }  # fmt: skip


def symbols(unit: str) -> Key:
    """Take a controlled unit apart; nothing where a symbol of it has no dimension here.

    Examples
    --------
    >>> symbols("mAh/cm^2"), symbols("ohm cm^2"), symbols("mol/L")
    ((('A', 1), ('h', 1), ('m', -2)), (('ohm', 1), ('m', 2)), ())
    """
    out, per, position, plain = [], 1, 0, unit.replace(" ", "")
    while position < len(plain):
        atom = _ATOM.match(plain, position)
        if atom is None:
            return ()
        per = -1 if atom["per"] else per
        out.append((atom["symbol"], per * int(atom["power"] or 1)))
        position = atom.end()
    return tuple(out)


@lru_cache(maxsize=4)
def kinds_of(fingerprint: str) -> tuple[Kind, ...]:
    """Make a model of each metric whose unit the package can express."""
    kinds = (_kind(metric) for metric in vocabulary().metrics.values())
    return tuple(kind for kind in kinds if kind is not None)


def _kind(metric: Metric) -> Kind | None:
    cde = library()
    controlled = "cycles" if metric.name in COUNTS else metric.unit
    key = symbols(controlled)
    if not key:
        return None
    # A power of 1 makes a dimension of another class, with other units.
    of_symbols = [base() if power == 1 else base() ** power for base, power in ((_dimensions()[s], p) for s, p in key)]
    dimension = reduce(mul, of_symbols)
    units = [element.regex for element in dimension.units_dict] if dimension else []
    # "hours" is a name of the metric, too; but it stands at every time.
    names = {name.lower(): _phrase(name) for name in metric.synonyms if not any(u.fullmatch(name) for u in units)}
    if not names:
        return None
    specifier = cde.model.StringType(parse_expression=reduce(or_, names.values()), required=True)
    model = type(
        metric.name,
        (cde.units.QuantityModel if dimension else cde.units.DimensionlessModel,),
        {"dimensions": dimension, "specifier": specifier, "parsers": [cde.auto.AutoTableParser()]},
    )
    unit = cde.quantity.extract_units(printed(controlled), dimension) if dimension else None
    return Kind(metric, model, unit, key, names)


def printed(unit: str) -> str:
    """Spell a controlled unit as the package reads it.

    Examples
    --------
    >>> printed("ohm cm^2"), printed("degC")
    ('Ωcm2', '°C')
    """
    return reduce(lambda text, pair: text.replace(*pair), _SPELT.items(), unit)


def _phrase(name: str) -> Any:
    """Make the grammar of a name: its tokens in any case, or as they are where it is in capitals."""
    cde = library()
    word = cde.parse.W if name.isupper() else cde.parse.I
    return reduce(add, (word(token.text) for token in cde.text.Sentence(name).tokens)).add_action(cde.parse.join)


@lru_cache(maxsize=4)
def grammars_of(fingerprint: str) -> dict[Key, Any]:
    """Give the grammar of the values of each unit that differs by more than a prefix."""
    one_of_each = {kind.key: kind for kind in kinds_of(fingerprint)}
    return {key: _value_of(kind).streamline() for key, kind in one_of_each.items()}


def _value_of(kind: Kind) -> Any:
    cde = library()
    if kind.unit is None:
        return cde.quantity.value_element()
    unit = cde.auto.construct_unit_element(kind.model.dimensions)
    fits = cde.auto.match_dimensions_of(kind.model)
    return cde.quantity.value_element(cde.elements.Group(unit.with_condition(fits)("raw_units")))


def in_unit(kind: Kind, raw_value: str, raw_units: str) -> list[float]:
    """Give the number, or the two ends of a range, in the metric's unit; nothing where the package cannot read it."""
    try:
        record = kind.model(raw_value=raw_value, raw_units=raw_units or None)
        if not record.value or (kind.unit is not None and record.units is None):
            return []
        signs = [-1.0 if value < 0 and not kind.metric.magnitude else 1.0 for value in record.value[:2]]
        # Its powers of negative numbers are complex.
        record.value = [abs(value) for value in record.value[:2]]
        if kind.unit is not None:
            record = record.convert_to(kind.unit)
        return sorted(sign * float(f"{value:.12g}") for sign, value in zip(signs, record.value, strict=True))
    except ODD:
        return []
