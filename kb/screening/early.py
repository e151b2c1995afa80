"""What a cell shows while it is young: the lithium it loses in a cycle, and its overpotential, in closed form.

The simulator's first cycles without running them, for many draws; the strain that dead lithium adds is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.screening import models
from kb.screening.cycling import THERMAL_VOLTAGE
from kb.screening.electrode import MOST_LOSS

if TYPE_CHECKING:
    from kb.screening.cycling import Protocol

Floats = NDArray[np.float64]


def mean_loss(coatings: Mapping[str, Floats], protocol: Protocol, cycles: float = 1.0) -> Floats:
    """Give the share of the plated lithium that is lost, 1 - CE, on the mean of the first cycles.

    Parameters
    ----------
    coatings : parameters of the kernel, each float64 array, shape (n,)
    protocol : of the test
    cycles : how many

    Returns
    -------
    float64 array, shape (n,)
        0 to 1.

    References
    ----------
    physics.md e, steps 3 to 6.
    """
    c = coatings
    worn = np.clip(c["damage_rate"] * c["strain_ratio"] ** c["fatigue_exponent"], 1e-12, 1e3)
    intact = np.exp(-worn) * np.expm1(-worn * cycles) / np.expm1(-worn) / cycles  # mean of a geometric series
    lost = 1.0 - intact
    grown = (np.sqrt(protocol.sei**2 + c["sei_growth"] * cycles * protocol.period) - protocol.sei) / cycles
    film = (grown + c["crack_growth"] * lost) * protocol.sei_charge * (1.0 + protocol.sei_area * lost)
    rate = (protocol.current * (1.0 + c["hot_spot"] * lost) / c["rate_current"]) ** c["rate_exponent"]
    dead = (c["dead_coated"] * intact + c["dead_bare"] * lost) * (1.0 + rate)
    out: Floats = np.clip(dead + film / protocol.capacity, 1e-9, MOST_LOSS)
    return out


def plateau(coatings: Mapping[str, Floats], protocol: Protocol) -> Floats:
    """Give the overpotential of one electrode in the first cycle.

    Returns
    -------
    float64 array, shape (n,) [V]

    References
    ----------
    physics.md b, with the SEI as thick as at the start.
    """
    c, current = coatings, protocol.current
    resistance = c["electrolyte_resistance"] + c["coating_resistance"] + c["sei_resistivity"] * protocol.sei
    used = np.minimum(current / c["limiting_current"], 0.999)
    kinetic = np.asarray(models.charge_transfer_overpotential(current, c["exchange_coated"]))
    out: Floats = 1e-3 * current * resistance + kinetic - THERMAL_VOLTAGE * np.log1p(-used)
    return out
