"""The specific energy of a pouch cell with a protective layer, on what ``schema/pouch.toml`` assumes of the rest."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.screening.models.pouch import CATHODES, Sensitivity, layer_mass, pouch_specific_energy, sensitivity_table
from kb.screening.priors import SHAPES, Distribution
from schema.errors import BadVocabulary, OutOfRange, UnknownParameter, did_you_mean

Floats = NDArray[np.float64]

FILE = Path(__file__).parents[2] / "schema" / "pouch.toml"
CATHODE = "cathode"  # a name in CATHODES, in place of the two numbers of its active material
LITHIUM_CAPACITY = 3.860  # mAh/mg
REPLACEABLE = ("collector", "separator")


@dataclass(frozen=True)
class PouchInput:
    """One number of the cell, as ``pouch.toml`` has it."""

    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    least: float
    most: float
    source: str


@dataclass(frozen=True)
class Pouch:
    """All of ``pouch.toml``.

    Attributes
    ----------
    inputs : of the cell
    density : class of a layer ("polymer", "inorganic"; "" for others) -> distribution [g/cm^3]
    porosity : of a layer [1]
    membrane : thickness [um]
    replaces : strategy -> what it takes the place of
    thickness : strategy -> "membrane", "reported" or "none"; the others are coatings
    """

    inputs: Mapping[str, PouchInput]
    density: Mapping[str, Distribution]
    porosity: Distribution
    membrane: Distribution
    replaces: Mapping[str, tuple[str, ...]]
    thickness: Mapping[str, str]


@lru_cache(maxsize=1)
def pouch() -> Pouch:
    """Read ``schema/pouch.toml``, once.

    Examples
    --------
    >>> pouch().inputs["voltage"].value, pouch().density["polymer"].words
    (3.8, 'lognormal, median 1.4, log-sd 0.2')
    """
    return read_pouch(FILE)


def read_pouch(path: Path) -> Pouch:
    """Read a file of assumptions.

    Raises
    ------
    BadVocabulary
        Where it cannot be read.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        layer, strategies = told["layer"], told["strategies"]
        density = {key: layer["density"] | own for key, own in layer["density"].items() if isinstance(own, dict)}
        replaces = {name: tuple(of["replaces"]) for name, of in strategies.items()}
        if unknown := {part for parts in replaces.values() for part in parts} - {*REPLACEABLE}:
            raise ValueError(f"nothing of the cell is a {min(unknown)}")
        return Pouch(
            {name: PouchInput(name, **of) for name, of in told["inputs"].items()},
            {name: _distribution(of) for name, of in {"": layer["density"], **density}.items()},
            _distribution(layer["porosity"]),
            _distribution(layer["membrane_thickness"]),
            replaces,
            {name: of["thickness"] for name, of in strategies.items() if "thickness" in of},
        )
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadVocabulary(f"{path.name} cannot be read ({error!r}); its header says how it is written") from error


def _distribution(told: Mapping[str, Any]) -> Distribution:
    first, second = (float(told[name]) for name in SHAPES[told["distribution"]])
    return Distribution(told["distribution"], first, second, told["least"], told["most"])


def settled(told: Mapping[str, float | str]) -> dict[str, float]:
    """Give every input of the cell: as told, else as assumed.

    Parameters
    ----------
    told : inputs by name, and ``cathode``, a name of ``CATHODES``

    Raises
    ------
    UnknownParameter
        Where there is no such input or cathode.
    OutOfRange
        Where a number is outside its domain.

    Examples
    --------
    >>> cell = settled({"cathode": "Li-rich", "electrolyte_per_capacity": 2})
    >>> cell["cathode_specific_capacity"], cell["electrolyte_per_capacity"], cell["voltage"]
    (250.0, 2.0, 3.5)
    """
    inputs = pouch().inputs
    out = {name: of.value for name, of in inputs.items()}
    if CATHODE in told:
        name = str(told[CATHODE])
        if name not in CATHODES:
            near = did_you_mean(name, CATHODES) or f"; there are {', '.join(CATHODES)}"
            raise UnknownParameter(f"pouch.cathode = {name!r} is not known{near}; or give its numbers")
        out |= {"cathode_specific_capacity": CATHODES[name].specific_capacity, "voltage": CATHODES[name].voltage}
    for key, value in told.items():
        if key == CATHODE:
            continue
        if key not in inputs:
            near = did_you_mean(key, (CATHODE, *inputs)) or f"; it has {', '.join((CATHODE, *inputs))}"
            raise UnknownParameter(f"a pouch cell has no {key!r}{near}")
        of = inputs[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not of.least <= value <= of.most:
            domain = f"{of.least:g} to {of.most:g} {of.unit}".removesuffix(" 1")
            raise OutOfRange(f"pouch.{key} = {value!r}: it takes a number within {domain}")
        out[key] = float(value)
    return out


@dataclass(frozen=True)
class Layer:
    """A protective layer, as far as it is known.

    Attributes
    ----------
    thickness : [um]; None where the protection has no layer
    density : of its solid [g/cm^3]
    porosity : share that is empty [1]
    replaces : parts of the cell that it takes the place of
    name : of the candidate, which its draws hang on
    """

    thickness: Distribution | None
    density: Distribution
    porosity: Distribution
    replaces: tuple[str, ...] = ()
    name: str = ""

    def masses(self, n: int, seed: int = 0) -> Floats:
        """Draw its areal mass n times, shape (n,) [mg/cm^2]."""
        if self.thickness is None:
            return np.zeros(n)
        from scipy.stats import qmc

        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        points = qmc.LatinHypercube(3, rng=rng).random(n)
        drawn = (d.at(x) for d, x in zip((self.thickness, self.density, self.porosity), points.T, strict=True))
        out: Floats = layer_mass(*drawn)
        return out


def energies(cell: Mapping[str, float], masses: Floats, replaces: tuple[str, ...] = ()) -> Floats:
    """Give the specific energy of a cell with a layer.

    Parameters
    ----------
    cell : from :func:`settled`
    masses : float64 array, shape (n,); of the layer [mg/cm^2]
    replaces : parts of the cell that it takes the place of

    Returns
    -------
    float64 array, shape (n,) [Wh/kg]

    References
    ----------
    docs/models.md f; a mass balance: it says nothing of how long the cell lives.

    Examples
    --------
    >>> energies(settled({}), np.array([0.0, 1.0])).round().tolist()
    [360.0, 351.0]
    """
    kept = {name: 0.0 if name in replaces else 1.0 for name in REPLACEABLE}
    out: Floats = pouch_specific_energy(
        **{name: cell[name] for name in ("capacity", "voltage", "cathode_specific_capacity", "active_fraction",
                                         "cathode_collector", "electrolyte_per_capacity", "packaging_fraction")},
        separator=cell["separator"] * kept["separator"],
        anode=cell["lithium"] / LITHIUM_CAPACITY + cell["collector"] * kept["collector"] + masses,
    )  # fmt: skip
    return out


def sensitivity(cell: Mapping[str, float], masses: Floats, replaces: tuple[str, ...] = ()) -> list[Sensitivity]:
    """Vary the inputs of a cell one at a time between their likely ends, and the layer within its 90 %.

    Returns
    -------
    list of Sensitivity
        Results in Wh/kg; what matters most first.

    Examples
    --------
    >>> [row.argument for row in sensitivity(settled({}), np.array([0.5, 1.0]))][:2]
    ['electrolyte_per_capacity', 'capacity']
    """

    def model(layer: float, **inputs: float) -> float:
        return float(energies(inputs, np.array([layer]), replaces)[0])

    low, high = (float(x) for x in np.quantile(masses, [0.05, 0.95]))
    ranges = {
        name: (min(of.low, cell[name]), max(of.high, cell[name]))
        for name, of in pouch().inputs.items()
        if name not in replaces
    }
    return sensitivity_table(model, {"layer": float(np.median(masses)), **cell}, {**ranges, "layer": (low, high)})


def in_words(cell: Mapping[str, float]) -> str:
    """Say all inputs of a cell.

    Examples
    --------
    >>> in_words(settled({}))[:61]
    'capacity 4 mAh/cm^2, cathode_specific_capacity 200 mAh/g, vol'
    """
    told = (f"{name} {value:g} {pouch().inputs[name].unit}".removesuffix(" 1") for name, value in cell.items())
    return ", ".join(told)
