"""Coulombic efficiencies as protocols measure them, and what a retention says of them."""

from __future__ import annotations

import numpy as np

from kb.screening.models.units import Values, fraction, in_units, not_negative, positive, series
from schema.errors import OutOfRange


@in_units("1", retention_per_cycle=not_negative(), cycles=not_negative())
def retained_capacity(retention_per_cycle: Values, cycles: Values) -> Values:
    """Give the share of the capacity that is left after cycles, at a constant retention in each.

    Parameters
    ----------
    retention_per_cycle : capacity of a cycle over that of the one before; no coulombic efficiency [1]
    cycles : since the full capacity [1]

    References
    ----------
    docs/models.md a3.

    Examples
    --------
    >>> round(retained_capacity(0.9994, 170), 4)
    0.903
    """
    return retention_per_cycle**cycles


@in_units("1", retention=not_negative(), cycles=positive())
def retention_per_cycle(retention: Values, cycles: Values) -> Values:
    """Give the mean retention in each cycle that leaves a retention after all of them.

    Parameters
    ----------
    retention : share of the capacity that is left [1]
    cycles : since the full capacity [1]

    References
    ----------
    docs/models.md a3, the inverse.

    Examples
    --------
    >>> round(retention_per_cycle(0.8, 500), 5)
    0.99955
    """
    return retention ** (1.0 / cycles)


@in_units(
    "1",
    retention=not_negative(),
    cycles=positive(),
    excess=not_negative("mAh/cm^2"),
    cathode_capacity=positive("mAh/cm^2"),
)
def least_efficiency_of_retention(
    retention: Values, cycles: Values, excess: Values, cathode_capacity: Values
) -> Values:
    """Give the least coulombic efficiency that a retention allows: all of the fade blamed on lithium.

    Parameters
    ----------
    retention : share of the capacity that is left after the cycles [1]
    cycles : since the full capacity [1]
    excess : lithium that may be lost before the capacity fades [mAh/cm^2]
    cathode_capacity : areal capacity of the cathode [mAh/cm^2]

    References
    ----------
    docs/models.md a3.

    Examples
    --------
    >>> round(least_efficiency_of_retention(0.9, 170, excess=4, cathode_capacity=4), 4)
    0.9935
    """
    lost = excess + (1.0 - retention) * cathode_capacity
    return np.clip(1.0 - lost / (cycles * cathode_capacity), 0.0, 1.0)


@in_units(
    "1",
    stripped=not_negative("mAh/cm^2"),
    cycles=positive(),
    capacity=positive("mAh/cm^2"),
    reservoir=positive("mAh/cm^2"),
)
def reservoir_efficiency(stripped: Values, cycles: Values, capacity: Values, reservoir: Values) -> Values:
    """Give the mean coulombic efficiency of the reservoir protocol: plate a reservoir, cycle within it, strip it all.

    Parameters
    ----------
    stripped : in the last step, at most the reservoir [mAh/cm^2]
    cycles : between the first and the last step [1]
    capacity : of each of them [mAh/cm^2]
    reservoir : plated in the first step [mAh/cm^2]

    Raises
    ------
    OutOfRange
        Also where more is stripped than the reservoir holds.

    References
    ----------
    docs/models.md a4; Adams et al., Adv. Energy Mater. 8, 1702097 (2018).

    Examples
    --------
    >>> round(reservoir_efficiency(4.5, cycles=10, capacity=1, reservoir=5), 4)
    0.9667
    """
    if np.any(stripped > reservoir):
        raise OutOfRange("stripped is more than the reservoir; give what the last step alone strips")
    return (cycles * capacity + stripped) / (cycles * capacity + reservoir)


@in_units("1", cycles=positive(), capacity=positive("mAh/cm^2"), reservoir=positive("mAh/cm^2"))
def reservoir_efficiency_floor(cycles: Values, capacity: Values, reservoir: Values) -> Values:
    """Give the least efficiency that the reservoir protocol can show: nothing is left to strip at the end.

    Parameters
    ----------
    cycles : between the first and the last step [1]
    capacity : of each of them [mAh/cm^2]
    reservoir : plated in the first step [mAh/cm^2]

    References
    ----------
    docs/models.md a4.

    Examples
    --------
    >>> round(reservoir_efficiency_floor(cycles=10, capacity=1, reservoir=5), 3)
    0.667
    """
    return cycles * capacity / (cycles * capacity + reservoir)


@in_units(
    None,
    coulombic_efficiency=fraction(),
    cycles=positive(),
    capacity=positive("mAh/cm^2"),
    reservoir=positive("mAh/cm^2"),
    tolerance=not_negative(),
)
def is_at_reservoir_floor(
    coulombic_efficiency: Values, cycles: Values, capacity: Values, reservoir: Values, tolerance: Values = 5e-4
) -> Values:
    """Say whether an efficiency stands at its protocol's floor, so that it is left-censored: the true one may be lower.

    Parameters
    ----------
    coulombic_efficiency : as reported; of an unknown one nothing is said, False [1]
    cycles : between the first and the last step [1]
    capacity : of each of them [mAh/cm^2]
    reservoir : plated in the first step [mAh/cm^2]
    tolerance : half the last digit that is reported [1]

    Returns
    -------
    bool, or bool array

    References
    ----------
    docs/models.md a4.

    Examples
    --------
    >>> is_at_reservoir_floor([0.833, 0.946], cycles=5, capacity=1, reservoir=1).tolist()
    [True, False]
    """
    floor = cycles * capacity / (cycles * capacity + reservoir)
    return coulombic_efficiency <= floor + tolerance


@in_units("1", stripped=series(not_negative("mAh/cm^2")), plated=series(positive("mAh/cm^2")))
def mean_efficiency(stripped: Values, plated: Values, first_cycle: int = 1, last_cycle: int | None = None) -> Values:
    """Give the mean over cycles of what is stripped over what was plated; one unknown cycle makes it unknown.

    Say the window with the value: the first cycles are often lower than the rest.

    Parameters
    ----------
    stripped : in cycle 1, 2 ..., shape (..., n) [mAh/cm^2]
    plated : in the same cycles, shape (..., n) [mAh/cm^2]
    first_cycle, last_cycle : window, both ends in it; the last is n where not given

    Raises
    ------
    OutOfRange
        Also where the window is not within the cycles.

    References
    ----------
    docs/models.md a5.

    Examples
    --------
    >>> round(mean_efficiency([132.7], [170.4]), 4)
    0.7788
    >>> round(mean_efficiency([0.5, 0.9, 0.8], [1, 1, 1], first_cycle=2), 3)
    0.85
    """
    efficiency = stripped / plated
    n = efficiency.shape[-1]
    last = n if last_cycle is None else last_cycle
    if not 1 <= first_cycle <= last <= n:
        raise OutOfRange(f"cycles {first_cycle} to {last} are no window of cycles 1 to {n}")
    return efficiency[..., first_cycle - 1 : last].mean(axis=-1)
