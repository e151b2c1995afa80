"""How long a cell lives on the lithium that it may lose."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from kb.screening.models.constants import LITHIUM_CAPACITY_PER_UM
from kb.screening.models.units import Values, fraction, in_units, not_negative, positive, series
from schema.errors import OutOfRange, did_you_mean


class CellConfiguration(StrEnum):
    """Where the cycled lithium starts, which decides how much of it may be lost."""

    LI_FREE_CATHODE = "li_free_cathode"  # LTO, sulfur, air: the anode gives the cycled lithium too
    LI_FULL_CATHODE = "li_full_cathode"  # NCM, LFP: the cathode brings it, so all of the anode is spare
    ANODE_FREE = "anode_free"  # nothing is spare
    SYMMETRIC = "symmetric"  # two finite lithium electrodes
    HALF_FINITE = "half_finite"  # lithium plated on a collector, against thick lithium

    @property
    def electrodes(self) -> int:
        """Electrodes that lose (1 - CE) of the capacity in each full cycle.

        Examples
        --------
        >>> CellConfiguration.SYMMETRIC.electrodes, CellConfiguration.ANODE_FREE.electrodes
        (2, 1)
        """
        return 2 if self is CellConfiguration.SYMMETRIC else 1


class Bounds(NamedTuple):
    """The least and the most that a quantity can be; equal where it is known."""

    low: Values
    high: Values


def _configuration(name: str) -> CellConfiguration:
    known = [c.value for c in CellConfiguration]
    if name not in known:
        hint = did_you_mean(str(name), known) or f"; name one of {', '.join(known)}"
        raise OutOfRange(f"configuration {name!r} is unknown{hint}")
    return CellConfiguration(name)


@in_units("mAh/cm^2", thickness=not_negative("um"), porosity=fraction())
def lithium_capacity(thickness: Values, porosity: Values = 0.0) -> Values:
    """Give the areal capacity of a layer of lithium.

    Parameters
    ----------
    thickness : of the layer [um]
    porosity : share of the layer that is not lithium [1]

    References
    ----------
    docs/models.md a: 3860 mAh/g, 0.534 g/cm^3.

    Examples
    --------
    >>> lithium_capacity([1, 20, 50]).round(3).tolist()
    [0.206, 4.122, 10.306]
    """
    return thickness * LITHIUM_CAPACITY_PER_UM * (1.0 - porosity)


@in_units("um", capacity=not_negative("mAh/cm^2"), porosity=fraction())
def lithium_thickness(capacity: Values, porosity: Values = 0.0) -> Values:
    """Give the thickness of deposited lithium: the displacement of the interface per cycle.

    Parameters
    ----------
    capacity : plated [mAh/cm^2]
    porosity : share of the deposit that is not lithium [1]

    References
    ----------
    docs/models.md c5.

    Examples
    --------
    >>> round(lithium_thickness(3), 2), round(lithium_thickness(1, porosity=0.46), 1)
    (14.55, 9.0)
    """
    return capacity / (LITHIUM_CAPACITY_PER_UM * (1.0 - porosity))


@in_units("mAh/cm^2", lithium=not_negative("mAh/cm^2"), capacity=positive("mAh/cm^2"))
def excess_lithium(configuration: str, lithium: Values, capacity: Values) -> Bounds:
    """Give the lithium that may be lost before the capacity fades.

    Only ``half_finite`` leaves it open: the thick counter electrode may refill the working electrode or not.  In a
    ``symmetric`` cell it is that of both electrodes together, so the life needs ``electrodes=2``.

    Parameters
    ----------
    configuration : a `CellConfiguration`, or its name
    lithium : on the anode before cycling; in a symmetric cell, on each electrode [mAh/cm^2]
    capacity : cycled [mAh/cm^2]

    Raises
    ------
    OutOfRange
        Also where the anode must give the cycled lithium and holds less, or where ``anode_free`` comes with lithium.

    References
    ----------
    docs/models.md a.

    Examples
    --------
    >>> excess_lithium("li_free_cathode", lithium=10, capacity=3)
    Bounds(low=7.0, high=7.0)
    >>> excess_lithium("half_finite", lithium=4, capacity=2)
    Bounds(low=2.0, high=4.0)
    """
    cell = _configuration(configuration)
    lithium, capacity = np.broadcast_arrays(lithium, capacity)
    if cell is CellConfiguration.ANODE_FREE:
        if np.any(lithium > 0.0):
            raise OutOfRange("lithium is above zero, yet the cell is anode_free; li_full_cathode is what it is then")
        return Bounds(0.0 * capacity, 0.0 * capacity)
    if cell is CellConfiguration.LI_FULL_CATHODE:
        return Bounds(lithium.copy(), lithium.copy())
    if np.any(lithium < capacity):
        raise OutOfRange(
            f"lithium is less than the capacity cycled, which {cell} takes from it; give lithium >= capacity"
        )
    excess = cell.electrodes * lithium - capacity
    return Bounds(excess, lithium.copy() if cell is CellConfiguration.HALF_FINITE else excess.copy())


@in_units(
    "1",
    excess=not_negative("mAh/cm^2"),
    capacity=positive("mAh/cm^2"),
    coulombic_efficiency=fraction(),
    electrodes=positive(),
)
def cycles_before_fade(
    excess: Values, capacity: Values, coulombic_efficiency: Values, electrodes: Values = 1
) -> Values:
    """Count the cycles a cell runs before its spare lithium is gone; no whole number, infinite at an efficiency of 1.

    Papers round it to the nearest; a simulator that counts completed cycles rounds down.

    Parameters
    ----------
    excess : lithium that may be lost before the capacity fades [mAh/cm^2]
    capacity : cycled [mAh/cm^2]
    coulombic_efficiency : of each cycle [1]
    electrodes : that lose lithium so, 2 in a symmetric cell [1]

    References
    ----------
    docs/models.md a1; Liu et al., Adv. Mater. 29, 1605531 (2017), LTO cells.

    Examples
    --------
    >>> cycles_before_fade(7, 3, [0.9, 0.8, 0.7]).round(2).tolist()
    [23.33, 11.67, 7.78]
    """
    lost = electrodes * capacity * (1.0 - coulombic_efficiency)
    return np.where((lost == 0.0) & ~np.isnan(excess), np.inf, excess / lost)


@in_units("1", excess=not_negative("mAh/cm^2"), capacity=positive("mAh/cm^2"), cycles=positive(), electrodes=positive())
def required_efficiency(excess: Values, capacity: Values, cycles: Values, electrodes: Values = 1) -> Values:
    """Give the coulombic efficiency that so many cycles without fade need; zero where any would do.

    Where the cycles are "at least" so many, the efficiency is at least this.

    Parameters
    ----------
    excess : lithium that may be lost before the capacity fades [mAh/cm^2]
    capacity : cycled [mAh/cm^2]
    cycles : before the fade [1]
    electrodes : that lose lithium so, 2 in a symmetric cell [1]

    References
    ----------
    docs/models.md a1, the inverse.

    Examples
    --------
    >>> required_efficiency(7, 3, [20, 8, 65, 90]).round(4).tolist()
    [0.8833, 0.7083, 0.9641, 0.9741]
    >>> required_efficiency(7, 1, 700, electrodes=2)
    0.995
    """
    return np.maximum(1.0 - excess / (electrodes * cycles * capacity), 0.0)


@in_units("1", coulombic_efficiency=fraction(), efficiency_error=not_negative())
def relative_life_error(coulombic_efficiency: Values, efficiency_error: Values) -> Values:
    """Give the relative error of a life in cycles from the absolute error of the efficiency.

    Parameters
    ----------
    coulombic_efficiency : from which the life is computed [1]
    efficiency_error : its absolute error [1]

    References
    ----------
    docs/models.md a1: dN/N = dCE/(1 - CE).

    Examples
    --------
    >>> round(relative_life_error(0.99, 0.001), 3)
    0.1
    """
    return efficiency_error / (1.0 - coulombic_efficiency)


@in_units(
    "1",
    excess=not_negative("mAh/cm^2"),
    capacity=positive("mAh/cm^2"),
    coulombic_efficiency=series(fraction()),
    electrodes=positive(),
)
def cycle_of_fade(excess: Values, capacity: Values, coulombic_efficiency: Values, electrodes: Values = 1) -> Values:
    """Give the first cycle by whose end the spare lithium is gone, for an efficiency that varies.

    Infinite where the series ends before; zero where nothing was spare.

    Parameters
    ----------
    excess : lithium that may be lost before the capacity fades, shape (...) [mAh/cm^2]
    capacity : cycled, shape (...) [mAh/cm^2]
    coulombic_efficiency : of cycle 1, 2 ..., shape (..., n) [1]
    electrodes : that lose lithium so, 2 in a symmetric cell, shape (...) [1]

    References
    ----------
    docs/models.md a2.

    Examples
    --------
    >>> cycle_of_fade(1, 2, [0.9, 0.8, 0.7, 0.6])
    3.0
    """
    excess, scale = np.broadcast_arrays(excess, electrodes * capacity)
    lost = np.cumsum(scale[..., None] * (1.0 - coulombic_efficiency), axis=-1)
    # Twelve digits: a sum of a hundred losses of 0.04 is 4.
    gone = lost >= excess[..., None] * (1.0 - 1e-12)
    never = np.where(np.isnan(lost[..., -1:]).any(axis=-1) | np.isnan(excess), np.nan, np.inf)
    cycle = np.where(gone.any(axis=-1), gone.argmax(axis=-1) + 1.0, never)
    return np.where(excess == 0.0, 0.0, cycle)


@in_units(
    "mAh/cm^2",
    excess=not_negative("mAh/cm^2"),
    capacity=positive("mAh/cm^2"),
    coulombic_efficiency=series(fraction()),
    electrodes=positive(),
)
def capacity_by_cycle(excess: Values, capacity: Values, coulombic_efficiency: Values, electrodes: Values = 1) -> Values:
    """Give the capacity of each cycle: constant while lithium is spare, then whatever lithium is left.

    Parameters
    ----------
    excess : lithium that may be lost before the capacity fades, shape (...) [mAh/cm^2]
    capacity : cycled at first, shape (...) [mAh/cm^2]
    coulombic_efficiency : of cycle 1, 2 ..., shape (..., n) [1]
    electrodes : that lose lithium so, 2 in a symmetric cell, shape (...) [1]

    Returns
    -------
    float64 array, shape (..., n)

    References
    ----------
    docs/models.md a2.

    Examples
    --------
    >>> capacity_by_cycle(0.5, 1, [0.75] * 4).tolist()
    [1.0, 1.0, 1.0, 0.75]
    """
    left, full, losing = np.broadcast_arrays(excess + capacity, capacity, electrodes)
    steps = []
    for efficiency in np.moveaxis(coulombic_efficiency, -1, 0):
        cycled = np.minimum(full, left)
        steps.append(np.broadcast_to(cycled, np.broadcast_shapes(cycled.shape, efficiency.shape)))
        left = np.maximum(left - losing * (1.0 - efficiency) * cycled, 0.0)
    return np.stack(steps, axis=-1) if steps else np.zeros((*full.shape, 0))


@in_units("mAh/cm^2", capacity=positive("mAh/cm^2"), coulombic_efficiency=fraction(), cycles=not_negative())
def capacity_after_fade(capacity: Values, coulombic_efficiency: Values, cycles: Values) -> Values:
    """Give the capacity of a lithium-limited cell some cycles after its spare lithium was gone.

    Parameters
    ----------
    capacity : before the fade [mAh/cm^2]
    coulombic_efficiency : of each cycle [1]
    cycles : since the spare lithium was gone [1]

    References
    ----------
    docs/models.md a2.

    Examples
    --------
    >>> capacity_after_fade(3, 0.9, [0, 1, 2]).round(2).tolist()
    [3.0, 2.7, 2.43]
    """
    return capacity * coulombic_efficiency**cycles
