"""What the simulator is calibrated on, and how likely cells under a particle make each of it.

Lives, efficiencies and overpotentials, each with the spread that cells made alike have; what differs from sample to
sample is in the cells that are averaged over, and so is what a paper leaves open of the meaning of its number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LIFE_SD = 0.3  # ln units between cells made alike (physics.md g3)
LOSS_SD = 0.15  # logit of 1 - CE, the least that a paper's own error is taken for (physics.md e)
OVERPOTENTIAL_SD = 0.3  # ln units (physics.md e)
# A record that was misread, or a cell that died of something else, must not turn the whole fit (judgement).
UNLIKE = 0.05  # of the records
UNLIKE_SD = 2.0  # ln units


@dataclass(frozen=True)
class Life:
    """A life that a paper reports, with all that is needed to simulate it.

    Attributes
    ----------
    paper : it is held out with all others of its paper
    low, high : ends of ln hours; equal for a life that ended, ``high`` infinite for one that had not
    current, capacity : of the test [mA/cm^2, mAh/cm^2]
    control : index of the life of its control among the lives; None where there is none, and for a control
    is_control : it is one
    efficiency : the Coulombic efficiency its paper reports for the sample, 0 to 1; None where it does not
    lithium : spare on the anode at the start [mAh/cm^2]
    cell : of the test; "" where not stated
    name, measurement : of the sample, in its base
    """

    paper: str
    low: float
    high: float
    current: float
    capacity: float
    control: int | None = None
    is_control: bool = False
    efficiency: float | None = None
    lithium: float = 4.0
    cell: str = ""
    name: str = ""
    measurement: int | None = None

    @property
    def ended(self) -> bool:
        """Whether the life itself is known, not a bound."""
        return self.low == self.high

    @property
    def sd(self) -> float:
        """Between cells made alike [ln units]."""
        return LIFE_SD


@dataclass(frozen=True)
class Reading:
    """What a paper reports of a young cell: its Coulombic efficiency, or its overpotential.

    Attributes
    ----------
    paper : it is held out with all others of its paper
    low, high : ends of logit(1 - CE), or of ln mV as stated; equal for a value, one infinite for a bound
    current, capacity : of the test [mA/cm^2, mAh/cm^2]
    cycles : that an efficiency is the mean of
    factors : what is stated may be so many times the overpotential of one electrode; () for an efficiency
    is_control : of a control
    cell : of the test; "" where not stated
    name, measurement : of the sample, in its base
    """

    paper: str
    low: float
    high: float
    current: float
    capacity: float
    cycles: float = 1.0
    factors: tuple[int, ...] = ()
    is_control: bool = False
    cell: str = ""
    name: str = ""
    measurement: int | None = None

    @property
    def sd(self) -> float:
        """Between a cell and what is stated of it [the unit of the ends]."""
        return OVERPOTENTIAL_SD if self.factors else LOSS_SD


Record = Life | Reading


def log_likelihoods(records: Sequence[Record], simulated: Sequence[Floats], particles: int) -> Floats:
    """Say how likely each particle makes each record: the density of a value, the probability of a bound or range.

    Parameters
    ----------
    records : n of them
    simulated : for each float64 array, shape (k, m)
        What m cells show under each of k particles, in the unit of the record's ends.
    particles : k, for no records

    Returns
    -------
    float64 array, shape (n, k)
    """
    from scipy.special import logsumexp

    out = np.empty((len(records), particles))
    for row, record, cells in zip(out, records, simulated, strict=True):
        right = _log_chance(record, cells, record.sd) + math.log(1.0 - UNLIKE)
        each = np.logaddexp(right, _log_chance(record, cells, UNLIKE_SD) + math.log(UNLIKE))
        row[:] = logsumexp(each, axis=1) - math.log(cells.shape[1])
    return out


def _log_chance(record: Record, cells: Floats, sd: float) -> Floats:
    from scipy.special import log_ndtr

    if record.low == record.high:
        out: Floats = -0.5 * ((record.low - cells) / sd) ** 2 - math.log(sd * math.sqrt(2 * math.pi))
        return out
    if math.isinf(record.high):
        return np.asarray(log_ndtr((cells - record.low) / sd))
    # The difference of two normal tails, of which one may be 0 or 1.
    upper = log_ndtr((record.high - cells) / sd)
    lower = log_ndtr((record.low - cells) / sd)
    return np.asarray(upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-12))))
