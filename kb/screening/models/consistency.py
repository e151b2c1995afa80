"""Whether the hours and the coulombic efficiency that one paper reports agree."""

from __future__ import annotations

import numpy as np

from kb.screening.models.units import Values, in_units, not_negative, positive

AMBER, RED = 1.5, 3.0


@in_units(
    "h",
    cycles=not_negative(),
    capacity=positive("mAh/cm^2"),
    current_density=positive("mA/cm^2"),
    rest=not_negative("h"),
)
def hours_of_cycles(cycles: Values, capacity: Values, current_density: Values, rest: Values = 0.0) -> Values:
    """Give the hours that full cycles take, plating and stripping.

    Parameters
    ----------
    cycles : full ones [1]
    capacity : plated and stripped in each [mAh/cm^2]
    current_density : of both, referred to the same area [mA/cm^2]
    rest : in each full cycle [h]

    References
    ----------
    docs/models.md a.

    Examples
    --------
    >>> hours_of_cycles(700, capacity=1, current_density=1)
    1400.0
    """
    return cycles * (2.0 * capacity / current_density + rest)


@in_units(
    "1",
    hours=not_negative("h"),
    capacity=positive("mAh/cm^2"),
    current_density=positive("mA/cm^2"),
    rest=not_negative("h"),
)
def cycles_in_hours(hours: Values, capacity: Values, current_density: Values, rest: Values = 0.0) -> Values:
    """Give the full cycles that fit into hours; no whole number.

    Parameters
    ----------
    hours : of cycling [h]
    capacity : plated and stripped in each cycle [mAh/cm^2]
    current_density : of both, referred to the same area [mA/cm^2]
    rest : in each full cycle [h]

    References
    ----------
    docs/models.md a, the inverse.

    Examples
    --------
    >>> cycles_in_hours(400, capacity=2, current_density=2)
    200.0
    """
    return hours / (2.0 * capacity / current_density + rest)


@in_units("1", hours_observed=not_negative("h"), hours_allowed=not_negative("h"))
def hours_ratio(hours_observed: Values, hours_allowed: Values) -> Values:
    """Compare the hours a cell ran with those that the efficiency of the same paper allows.

    Above 1 the two disagree: losses on the copper side of the efficiency cell, dead lithium recovered, or a soft
    short.  Neither is to be averaged with the other.

    Parameters
    ----------
    hours_observed : that the cell ran [h]
    hours_allowed : from `cycles_before_fade` and `hours_of_cycles` [h]

    References
    ----------
    docs/models.md a, audit rule A1.

    Examples
    --------
    >>> from kb.screening.models import cycles_before_fade
    >>> cycles = cycles_before_fade(7, 1, 0.983, electrodes=2)
    >>> round(hours_ratio(1400, hours_of_cycles(cycles, capacity=1, current_density=1)), 1)
    3.4
    """
    return hours_observed / hours_allowed


@in_units(None, ratio=not_negative())
def consistency_flag(ratio: Values) -> Values:
    """Say how far hours and efficiency of one paper agree: green, amber above 1.5, red above 3, or unknown.

    Parameters
    ----------
    ratio : from `hours_ratio` [1]

    Returns
    -------
    str, or array of str

    References
    ----------
    docs/models.md a, audit rule A1.

    Examples
    --------
    >>> consistency_flag([0.9, 1.6, 3.4, float("nan")]).tolist()
    ['green', 'amber', 'red', 'unknown']
    """
    flags = np.select([np.isnan(ratio), ratio > RED, ratio > AMBER], ["unknown", "red", "amber"], default="green")
    return np.asarray(flags)
