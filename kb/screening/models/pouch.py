"""What a pouch cell stores for its mass, and what a lighter current collector gains.

Masses are areal, for one side of a current collector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from kb.screening.models.units import Values, fraction, in_units, not_negative, positive
from schema.errors import OutOfRange, did_you_mean


class Cathode(NamedTuple):
    """Active material of a cathode: capacity [mAh/g] and mean voltage against lithium [V]."""

    specific_capacity: float
    voltage: float


# Round figures to start from, no measurements: give your own where you have them.
CATHODES: Mapping[str, Cathode] = MappingProxyType({"NCM811": Cathode(200.0, 3.8), "Li-rich": Cathode(250.0, 3.5)})


class Sensitivity(NamedTuple):
    """What a result becomes as one input goes from its least to its most likely value, the others held."""

    argument: str
    low: Any
    high: Any
    result_low: Any
    result_high: Any


@in_units("mg/cm^2", thickness=not_negative("um"), density=positive("g/cm^3"), porosity=fraction(), sides=positive())
def layer_mass(thickness: Values, density: Values, porosity: Values = 0.0, sides: Values = 1.0) -> Values:
    """Give the areal mass of a foil, a film or a separator, for one side.

    Parameters
    ----------
    thickness : of the layer [um]
    density : of its solid [g/cm^3]
    porosity : share of the layer that is empty [1]
    sides : that share the layer: 2 for a current collector that is coated on both [1]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    Copper of 9 um, lithium of 20 um, polyimide of 8 um:

    >>> layer_mass([9, 20, 8], [8.9, 0.534, 1.42], sides=[2, 1, 1]).round(3).tolist()
    [4.005, 1.068, 1.136]
    """
    return 0.1 * thickness * density * (1.0 - porosity) / sides


@in_units("mg/cm^2", mass=not_negative("mg/cm^2"), mass_fraction=fraction())
def added_mass(mass: Values, mass_fraction: Values) -> Values:
    """Give the mass of what makes up a fraction of the whole, from the mass of the rest.

    Parameters
    ----------
    mass : of the rest [mg/cm^2]
    mass_fraction : of what is added, in the whole [1]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> round(added_mass(1.136, 0.24), 3)
    0.359
    """
    return mass * mass_fraction / (1.0 - mass_fraction)


@in_units(
    "mg/cm^2",
    capacity=not_negative("mAh/cm^2"),
    specific_capacity=positive("mAh/g"),
    active_fraction=fraction(),
)
def cathode_mass(capacity: Values, specific_capacity: Values, active_fraction: Values) -> Values:
    """Give the areal mass of a cathode, without its current collector.

    Parameters
    ----------
    capacity : of the cathode [mAh/cm^2]
    specific_capacity : of its active material [mAh/g]
    active_fraction : of the active material in the cathode, by mass [1]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> round(cathode_mass(4, specific_capacity=200, active_fraction=0.96), 2)
    20.83
    """
    return 1e3 * capacity / (specific_capacity * active_fraction)


@in_units("mg/cm^2", capacity=not_negative("mAh/cm^2"), electrolyte_per_capacity=not_negative("g/Ah"))
def electrolyte_mass(capacity: Values, electrolyte_per_capacity: Values) -> Values:
    """Give the areal mass of the electrolyte.

    Parameters
    ----------
    capacity : of the cell [mAh/cm^2]
    electrolyte_per_capacity : as papers say how lean a cell is [g/Ah]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> electrolyte_mass(4, electrolyte_per_capacity=[6, 1]).tolist()
    [24.0, 4.0]
    """
    return capacity * electrolyte_per_capacity


@in_units(
    "mg/cm^2",
    cathode=not_negative("mg/cm^2"),
    cathode_collector=not_negative("mg/cm^2"),
    separator=not_negative("mg/cm^2"),
    electrolyte=not_negative("mg/cm^2"),
    anode=not_negative("mg/cm^2"),
    packaging_fraction=fraction(),
)
def pouch_mass(
    cathode: Values,
    cathode_collector: Values,
    separator: Values,
    electrolyte: Values,
    anode: Values,
    packaging_fraction: Values = 0.0,
) -> Values:
    """Sum the areal masses of a pouch cell, each for one side.

    Parameters
    ----------
    cathode : from `cathode_mass` [mg/cm^2]
    cathode_collector : half of the aluminium [mg/cm^2]
    separator : from `layer_mass` [mg/cm^2]
    electrolyte : from `electrolyte_mass` [mg/cm^2]
    anode : lithium, coating and half of the current collector [mg/cm^2]
    packaging_fraction : of tabs and pouch, in the whole cell [1]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> round(pouch_mass(21, 1.35, 0.6, 12, 5.073, packaging_fraction=0.05), 2)
    42.13
    """
    return (cathode + cathode_collector + separator + electrolyte + anode) / (1.0 - packaging_fraction)


@in_units("Wh/kg", capacity=not_negative("mAh/cm^2"), voltage=not_negative("V"), mass=positive("mg/cm^2"))
def specific_energy(capacity: Values, voltage: Values, mass: Values) -> Values:
    """Give the specific energy of a cell.

    Parameters
    ----------
    capacity : of the cell [mAh/cm^2]
    voltage : mean one of the discharge [V]
    mass : of the cell, from `pouch_mass` [mg/cm^2]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> round(specific_energy(4, 3.53, 4.005 / 0.16))
    564
    """
    return 1e3 * capacity * voltage / mass


@in_units(
    "Wh/kg",
    capacity=positive("mAh/cm^2"),
    voltage=not_negative("V"),
    cathode_specific_capacity=positive("mAh/g"),
    active_fraction=fraction(),
    cathode_collector=not_negative("mg/cm^2"),
    separator=not_negative("mg/cm^2"),
    electrolyte_per_capacity=not_negative("g/Ah"),
    anode=not_negative("mg/cm^2"),
    packaging_fraction=fraction(),
)
def pouch_specific_energy(
    capacity: Values,
    voltage: Values,
    cathode_specific_capacity: Values,
    active_fraction: Values,
    cathode_collector: Values,
    separator: Values,
    electrolyte_per_capacity: Values,
    anode: Values,
    packaging_fraction: Values,
) -> Values:
    """Give the specific energy of a pouch cell from all of its parts, each of which is to be given.

    The parts that papers leave out are guesses: show them in a `sensitivity_table`.

    Parameters
    ----------
    capacity : of the cell [mAh/cm^2]
    voltage : mean one of the discharge, such as of `CATHODES` [V]
    cathode_specific_capacity : of the active material, such as of `CATHODES` [mAh/g]
    active_fraction : of the active material in the cathode, by mass [1]
    cathode_collector : half of the aluminium [mg/cm^2]
    separator : from `layer_mass` [mg/cm^2]
    electrolyte_per_capacity : as papers say how lean a cell is [g/Ah]
    anode : lithium, coating and half of the current collector [mg/cm^2]
    packaging_fraction : of tabs and pouch, in the whole cell [1]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> material = CATHODES["NCM811"]
    >>> known = dict(capacity=4, voltage=material.voltage, cathode_specific_capacity=material.specific_capacity)
    >>> guessed = dict(active_fraction=0.96, cathode_collector=1.62, separator=0.6, packaging_fraction=0.05)
    >>> anodes = [5.073, 1.815]  # 20 um of lithium on 9 um of copper, on silver-coated polyimide
    >>> pouch_specific_energy(**known, **guessed, electrolyte_per_capacity=3, anode=anodes).round().tolist()
    [360.0, 392.0]
    """
    cathode = cathode_mass(capacity, cathode_specific_capacity, active_fraction)
    electrolyte = electrolyte_mass(capacity, electrolyte_per_capacity)
    return specific_energy(
        capacity, voltage, pouch_mass(cathode, cathode_collector, separator, electrolyte, anode, packaging_fraction)
    )


@in_units("mAh/g", capacity=not_negative("mAh/cm^2"), mass=positive("mg/cm^2"))
def specific_capacity(capacity: Values, mass: Values) -> Values:
    """Give the capacity of an electrode for all of its mass.

    Parameters
    ----------
    capacity : of the electrode [mAh/cm^2]
    mass : of the electrode with its current collector [mg/cm^2]

    References
    ----------
    docs/models.md f.

    Examples
    --------
    >>> specific_capacity(4, [1.815, 5.073]).round().tolist()
    [2204.0, 788.0]
    """
    return 1e3 * capacity / mass


@in_units("1", anode_mass_fraction=fraction(), mass_before=positive("mg/cm^2"), mass_after=not_negative("mg/cm^2"))
def collector_swap_gain(anode_mass_fraction: Values, mass_before: Values, mass_after: Values) -> Values:
    """Give the relative gain in specific energy as an anode is swapped for another one, all else the same.

    It needs nothing of the cathode; energies before and after have the ratio 1 + gain.

    Parameters
    ----------
    anode_mass_fraction : of the anode before, in the cell before [1]
    mass_before : of the anode before [mg/cm^2]
    mass_after : of the anode after [mg/cm^2]

    References
    ----------
    docs/models.md f: 1 / (1 - f (1 - after/before)) - 1.

    Examples
    --------
    Copper of 8, 9 and 10 um without lithium, swapped for silver-coated polyimide with 20 um of lithium:

    >>> copper = layer_mass([8, 9, 10], 8.9, sides=2)
    >>> collector_swap_gain(0.16, copper, 1.815).round(3).tolist()
    [0.085, 0.096, 0.105]
    """
    return 1.0 / (1.0 - anode_mass_fraction * (1.0 - mass_after / mass_before)) - 1.0


def sensitivity_table(
    model: Callable[..., Any], inputs: Mapping[str, Any], ranges: Mapping[str, tuple[Any, Any]]
) -> list[Sensitivity]:
    """Vary the inputs of a model one at a time, and list what matters most first.

    Parameters
    ----------
    model : any function of this package that gives a number, or one of your own
    inputs : its arguments, by name; numbers or Quantities
    ranges : for some of them the least and the most likely value

    Raises
    ------
    OutOfRange
        Where a range is given for what is no input.

    References
    ----------
    docs/models.md f: a gain rests on guessed masses, so it is a table and not one number.

    Examples
    --------
    >>> swap = {"anode_mass_fraction": 0.16, "mass_before": 4.005, "mass_after": 1.815}
    >>> ranges = {"mass_before": (3.56, 4.45), "anode_mass_fraction": (0.12, 0.20)}
    >>> for row in sensitivity_table(collector_swap_gain, swap, ranges):
    ...     print(f"{row.argument:20} {row.low:5} {row.high:5} {row.result_low:.3f} {row.result_high:.3f}")
    anode_mass_fraction   0.12   0.2 0.070 0.123
    mass_before           3.56  4.45 0.085 0.105
    """
    for name in ranges:
        if name not in inputs:
            raise OutOfRange(f"{name} has a range and is no input{did_you_mean(name, inputs)}")
    rows = [
        Sensitivity(name, low, high, model(**{**inputs, name: low}), model(**{**inputs, name: high}))
        for name, (low, high) in ranges.items()
    ]
    return sorted(rows, key=_swing, reverse=True)


def _swing(row: Sensitivity) -> float:
    difference = row.result_high - row.result_low
    return float(np.max(np.abs(getattr(difference, "magnitude", difference))))
