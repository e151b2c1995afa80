"""What the draws of a study come to: lives, modes of failure, trajectories, over a grid where asked."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.screening.cycling import LARGEST_NOISE, SURVIVED, Protocol, simulate_cells
from kb.screening.models import CellConfiguration, excess_lithium
from kb.screening.priors import priors
from kb.screening.traces import trace_cells
from schema.errors import OutOfRange

if TYPE_CHECKING:
    from kb.screening.draws import Study

Floats = NDArray[np.float64]

# What is told of the kernel's modes, in the order of their codes.
ENDS = ("runs to the limit", "short circuit", "lithium used up", "electrolyte dry", "polarisation")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# 20 parameters of 8 bytes, the inputs behind them and their copies: 2.2 GB measured.
MOST_TRAJECTORIES = 2_000_000
MOST_CYCLES = 100_000  # more take minutes, and no cell has run so many
MOST_TRACED = 256  # trajectories; bands of more look the same
MOST_TRACED_STEPS = 2_000_000  # trajectories times cycles: 80 MB
LEAST_LIVING = 0.25  # of the draws, below which a band would show the last few


@dataclass(frozen=True)
class Run:
    """How a study is run.

    Attributes
    ----------
    draws, cycles : how many; a life that reaches ``cycles`` is censored there
    seed : of the draws and of process noise
    noise : log-sd of the process noise of each cycle
    cell : where the cycled lithium starts, a `kb.screening.models.CellConfiguration`
    """

    draws: int = 4096
    cycles: int = 2000
    seed: int = 0
    noise: float = 0.0
    cell: str = "li_free_cathode"

    def __post_init__(self) -> None:
        for name, least, most in (("draws", 1, MOST_TRAJECTORIES), ("cycles", 1, MOST_CYCLES), ("seed", 0, 2**63 - 1)):
            value = getattr(self, name)
            if not least <= value <= most:
                raise OutOfRange(f"{name} = {value} is outside {least} to {most}")
        if not 0.0 <= self.noise <= LARGEST_NOISE:
            raise OutOfRange(f"noise = {self.noise:g} is outside 0 to {LARGEST_NOISE:g} (log-sd of a cycle)")

    def of_kernel(self, protocol: Protocol) -> Protocol:
        """Give the protocol as the kernel counts: it fails a cell where less than the capacity is active.

        Raises
        ------
        OutOfRange
            Where the anode holds less lithium than it must give.
        """
        cell = CellConfiguration(self.cell)
        spare = excess_lithium(cell, protocol.lithium, protocol.capacity).low / cell.electrodes
        return replace(protocol, lithium=spare + protocol.capacity)


@dataclass(frozen=True)
class Outcome:
    """The lives of all draws under one protocol and one set of varied parameters.

    Attributes
    ----------
    varied : parameter -> its value, in its unit; empty where nothing is
    protocol : that was simulated
    cycles : int32 array, shape (n,); full cycles completed
    mode : int8 array, shape (n,); a code of the kernel, an index into `ENDS`
    limit : cycles at which a life is censored
    capped : share of the draws that would have lost more than the capacity in one cycle
    """

    varied: Mapping[str, float]
    protocol: Protocol
    cycles: NDArray[np.int32]
    mode: NDArray[np.int8]
    limit: int
    capped: float = 0.0

    def quantile(self, share: float) -> int:
        """Give the cycles that a share of the draws does not outlive; `limit` stands for what is beyond it."""
        return int(np.quantile(self.cycles, share, method="inverted_cdf"))

    def is_censored(self, cycles: float) -> bool:
        return cycles >= self.limit

    def hours(self, cycles: float) -> float:
        return float(cycles * self.protocol.period)

    @property
    def survived(self) -> float:
        """Share of the draws that ran to the limit."""
        return float(np.mean(self.mode == SURVIVED))

    @property
    def share_at_once(self) -> float:
        """Share of the draws that fail in their first cycle."""
        return float(np.mean((self.cycles == 0) & (self.mode != SURVIVED)))

    @property
    def probabilities(self) -> dict[str, float]:
        """The probability of each mode of failure."""
        counted = np.bincount(self.mode, minlength=len(ENDS)) / len(self.mode)
        return dict(zip(ENDS, counted.tolist(), strict=True))

    def surviving(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Give the survival curve with the 95 % interval of its sampling error (Wilson).

        Returns
        -------
        cycles, share alive after them, lower end, upper end : float64 arrays of one shape
        """
        at = np.unique(np.concatenate([[0], self.cycles])).astype(np.float64)
        n = len(self.cycles)
        # A draw of N completed cycles is alive until it fails in the next one; one at the limit has not failed.
        failed = np.sort(self.cycles[self.mode != SURVIVED])
        alive = 1.0 - np.searchsorted(failed, at, side="right") / n
        z = 1.959964
        middle, scale = alive + z * z / (2 * n), 1.0 + z * z / n
        half = z * np.sqrt(alive * (1.0 - alive) / n + z * z / (4.0 * n * n))
        return at, alive, (middle - half) / scale, (middle + half) / scale


@dataclass(frozen=True)
class Band:
    """A quantity over the cycles: its quantiles over the draws that still live.

    Attributes
    ----------
    cycles : float64 array, shape (m,)
    low, middle, high : float64 arrays, shape (m,); 5, 50 and 95 percent
    """

    cycles: Floats
    low: Floats
    middle: Floats
    high: Floats


@dataclass(frozen=True)
class Traces:
    """What trajectories show.

    Attributes
    ----------
    efficiency, overpotential : over the cycles [1, V]
    first_efficiency, middle_efficiency, first_overpotential, middle_overpotential : in the first cycle and in the
        middle of each life; float64 arrays, shape (traced,)
    """

    efficiency: Band
    overpotential: Band
    first_efficiency: Floats
    middle_efficiency: Floats
    first_overpotential: Floats
    middle_overpotential: Floats


def grid(axes: Mapping[str, Sequence[float]]) -> list[dict[str, float]]:
    """Give every combination of varied parameters, the last one fastest.

    Examples
    --------
    >>> grid({"thickness": [1.0], "current": [1.0, 2.0]})
    [{'thickness': 1.0, 'current': 1.0}, {'thickness': 1.0, 'current': 2.0}]
    """
    return [dict(zip(axes, point, strict=True)) for point in product(*axes.values())]


def simulate(
    study: Study, protocol: Protocol, run: Run, points: Sequence[Mapping[str, float]] = ({},)
) -> list[Outcome]:
    """Simulate a study at each point of a grid, with the same draws at each.

    All points of one protocol are one call of the core: its parameters are arrays, its protocol is not, so a grid over
    ``current`` takes a call for each current.

    Parameters
    ----------
    study : what is known and assumed
    protocol : of all points, where they do not vary it
    run : how many draws, cycles ...
    points : parameter -> value, in its unit, for each point

    Returns
    -------
    list of Outcome, one a point, in their order

    Raises
    ------
    OutOfRange
        Where it is more than fits in memory.
    """
    if run.draws * len(points) > MOST_TRAJECTORIES:
        raise OutOfRange(
            f"{run.draws} draws at {len(points)} points are {run.draws * len(points):,} trajectories; "
            f"{MOST_TRAJECTORIES:,} fit: take fewer --draws or points"
        )
    drawn = study.draw(run.draws, run.seed)
    together: dict[Protocol, list[int]] = defaultdict(list)
    for number, point in enumerate(points):
        own = {key: value for key, value in point.items() if key in priors().protocol}
        together[replace(protocol, **own)].append(number)
    for one in together:
        run.of_kernel(one)  # before anything is computed
    outcomes: dict[int, Outcome] = {}
    for one, numbers in together.items():
        electrodes = [study_at(study, drawn, points[number], one) for number in numbers]
        names = electrodes[0].coatings
        stacked = {name: np.concatenate([e.coatings[name] for e in electrodes]) for name in names}
        # The same noise at each point, so that points differ by what is varied alone.
        ids = np.tile(study.draw_ids(run.draws), len(numbers))
        lives = simulate_cells(
            stacked, run.of_kernel(one), max_cycles=run.cycles, noise=run.noise, seed=run.seed, draw_ids=ids
        )
        shape = (len(numbers), run.draws)
        rows = zip(numbers, electrodes, lives.cycles.reshape(shape), lives.mode.reshape(shape), strict=True)
        for number, made, cycles, mode in rows:
            outcomes[number] = Outcome(points[number], one, cycles, mode, run.cycles, made.capped)
    return [outcomes[number] for number in range(len(points))]


def study_at(study: Study, drawn: Mapping[str, Floats], point: Mapping[str, float], protocol: Protocol) -> Any:
    """Give the electrode of a study with its varied inputs at a point of the grid."""
    values = dict(drawn)
    fixed = {}
    for key, value in point.items():
        if key in priors().derived:
            fixed[key] = value
        elif key in priors().inputs:
            values[key] = np.full(len(drawn["thickness"]), value)
    return replace(study, fixed={**study.fixed, **fixed}).coatings(values, protocol)


def trace(study: Study, protocol: Protocol, run: Run) -> Traces:
    """Follow some of the draws over the cycles.

    Parameters
    ----------
    study, protocol, run : as :func:`simulate` takes them
    """
    number = min(run.draws, MOST_TRACED, max(1, MOST_TRACED_STEPS // run.cycles))
    coatings = study.coatings(study.draw(run.draws, run.seed), protocol).coatings
    traces = trace_cells(
        coatings, run.of_kernel(protocol), np.arange(number), run.cycles, run.noise, run.seed, study.draw_ids(run.draws)
    )
    each, middle = np.arange(number), np.maximum((traces.cycles + 1) // 2 - 1, 0)
    return Traces(
        efficiency=_band(traces.coulombic_efficiency),
        overpotential=_band(traces.overpotential),
        first_efficiency=traces.coulombic_efficiency[:, 0],
        middle_efficiency=traces.coulombic_efficiency[each, middle],
        first_overpotential=traces.overpotential[:, 0],
        middle_overpotential=traces.overpotential[each, middle],
    )


def _band(values: Floats) -> Band:
    living = np.mean(~np.isnan(values), axis=0)
    columns = np.flatnonzero(living >= LEAST_LIVING)
    # No figure has more pixels across than this.
    columns = np.unique(columns[np.linspace(0, len(columns) - 1, 400).round().astype(int)]) if len(columns) else columns
    low, middle, high = np.asarray(
        np.nanquantile(values[:, columns], (0.05, 0.5, 0.95), axis=0) if len(columns) else np.empty((3, 0))
    )
    return Band((columns + 1).astype(np.float64), low, middle, high)


def quantiles(values: Floats, shares: Sequence[float] = (0.05, 0.5, 0.95)) -> list[float]:
    """Give quantiles of what is known; NaN where nothing is.

    Examples
    --------
    >>> quantiles(np.array([1.0, 3.0, np.nan]), [0.5])
    [2.0]
    """
    known = values[~np.isnan(values)]
    return [math.nan] * len(shares) if not len(known) else np.quantile(known, shares).tolist()
