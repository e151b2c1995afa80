"""Cycle protected lithium electrodes until they fail: many draws at once, in the C core.

What is simulated, step by step, stands in plain Python in :mod:`kb.screening.cycling_twin`; the equations and their
sources in ``docs/simulation.md``.  Battery units throughout.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.screening import _core
from schema.errors import OutOfRange, UnknownParameter, WrongArray, did_you_mean

SURVIVED, SHORT, LITHIUM, DRY, POLARISATION = range(5)
MODES = ("survived", "short", "lithium", "dry", "polarisation")
ISA_VARIABLE = "KB_ISA"
THERMAL_VOLTAGE = 0.025692579  # RT/F at 298.15 K [V]
LONGEST = 2**31 - 1
LONGEST_SINGLE_MACRO = 2**24  # cycles are counted in float32 there
LARGEST_NOISE = 3.0
LARGEST_RATE = 1e30
LEAST_PART = 4096  # draws that are worth a thread

Floats = NDArray[np.float64]


class Domain(NamedTuple):
    """Where a number may lie."""

    low: float
    high: float = float("inf")
    open: bool = False  # the low end excluded

    def __str__(self) -> str:
        if self.high < float("inf"):
            return f"within {self.low:g}..{self.high:g}"
        return "positive" if self.open else "not negative"

    def holds(self, values: Any) -> Any:
        """Tell where values are finite and within."""
        return np.isfinite(values) & (values > self.low if self.open else values >= self.low) & (values <= self.high)


_POSITIVE, _NOT_NEGATIVE, _FRACTION = Domain(0, open=True), Domain(0), Domain(0, 1)

#: The keys of ``coatings``, in the order of the C core, with where they may lie.
PARAMETERS: Mapping[str, Domain] = {
    "dead_bare": _FRACTION,  # of the plated lithium, dies per cycle on bare surface
    "dead_coated": _FRACTION,  # same under an intact coating
    "exchange_bare": _POSITIVE,  # exchange current density [mA/cm^2]
    "exchange_coated": _POSITIVE,  # [mA/cm^2]
    "coating_resistance": _NOT_NEGATIVE,  # [ohm cm^2]
    "electrolyte_resistance": _NOT_NEGATIVE,  # [ohm cm^2]
    "sei_growth": _NOT_NEGATIVE,  # parabolic constant [nm^2/h]
    "sei_resistivity": _NOT_NEGATIVE,  # [ohm cm^2/nm]
    "crack_growth": _NOT_NEGATIVE,  # SEI per unit of lost integrity and cycle [nm]
    "strain_ratio": _POSITIVE,  # strain demand over critical strain
    "fatigue_exponent": _NOT_NEGATIVE,
    "damage_rate": _NOT_NEGATIVE,  # per cycle at strain ratio 1
    "rate_exponent": _NOT_NEGATIVE,
    "rate_current": _POSITIVE,  # at which rate-driven death doubles the loss [mA/cm^2]
    "suppression": _FRACTION,  # graded mechanical suppression
    "sei_solvent": _NOT_NEGATIVE,  # electrolyte per charge of SEI [mg/mAh]
    "dead_resistance": _NOT_NEGATIVE,  # per dead lithium [ohm cm^2/(mAh/cm^2)]
    "limiting_current": _POSITIVE,  # [mA/cm^2]
    "hot_spot": _NOT_NEGATIVE,  # extra local current per unit of lost integrity
    "dead_strain": _NOT_NEGATIVE,  # extra strain per cycled capacity of dead lithium
}


@dataclass(frozen=True)
class Protocol:
    """What the experimenter sets; the same for every draw of a study.

    Attributes
    ----------
    capacity : areal capacity cycled [mAh/cm^2]
    current : current density [mA/cm^2]
    lithium : lithium on the anode at the start [mAh/cm^2]
    electrolyte : at the start [mg/cm^2]
    sei : SEI thickness at the start [nm]
    separator : thickness a dendrite must cross [um]
    cutoff : polarisation at which the test stops [V]
    sei_charge : lithium in the SEI [mAh/cm^2 per nm]
    sei_area : extra SEI per unit of lost coating integrity
    dead_solvent : electrolyte used up per dead lithium [mg/mAh]
    dendrite_rate : growth per cycle and unit of drive [um]
    dendrite_threshold : drive below which no dendrite grows
    dry_fraction : share of the electrolyte left at which the cell is dry, 0 to 1

    Raises
    ------
    OutOfRange
        Where a number is not finite or out of its range.

    Examples
    --------
    >>> Protocol(capacity=1.0, current=0.5).period
    4.0
    """

    capacity: float = 1.0
    current: float = 1.0
    lithium: float = 4.0
    electrolyte: float = 20.0
    sei: float = 10.0
    separator: float = 25.0
    cutoff: float = 0.3
    sei_charge: float = 2.0e-4
    sei_area: float = 1.0
    dead_solvent: float = 0.02
    dendrite_rate: float = 0.2
    dendrite_threshold: float = 0.15
    dry_fraction: float = 0.2

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            domain = _PROTOCOL_DOMAINS.get(name, _NOT_NEGATIVE)
            if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
                raise OutOfRange(f"protocol: {name} must be a number, not {type(value).__name__}")
            if not domain.holds(value):
                raise OutOfRange(f"protocol: {name} must be {domain}, not {value!r}")

    @property
    def period(self) -> float:
        """Duration of one full cycle [h]."""
        return 2.0 * self.capacity / self.current


_PROTOCOL_DOMAINS = {
    **dict.fromkeys(("capacity", "current", "lithium", "electrolyte", "separator", "cutoff"), _POSITIVE),
    "dry_fraction": _FRACTION,
}


@dataclass(frozen=True)
class Lives:
    """How long cells lived.

    Attributes
    ----------
    cycles : int32 array, shape (n,)
        Full cycles completed before the failure, or the limit.
    mode : int8 array, shape (n,)
        ``SURVIVED`` (censored at the limit), ``SHORT``, ``LITHIUM``, ``DRY`` or ``POLARISATION``; ``MODES`` names them.
    hours : float64 array, shape (n,)
        Duration of these cycles [h].
    """

    cycles: NDArray[np.int32]
    mode: NDArray[np.int8]
    hours: Floats


def isas() -> tuple[str, ...]:
    """Name the instruction sets that :func:`simulate_cells` can use here, the fastest last."""
    return tuple(_core.isas())


def simulate_cells(
    coatings: Mapping[str, Any],
    protocol: Protocol,
    max_cycles: int = 2000,
    precision: Literal["double", "single"] = "double",
    method: Literal["exact", "macro"] = "exact",
    noise: float = 0.0,
    seed: int = 0,
    draw_ids: Any = None,
    threads: int | None = None,
    isa: str | None = None,
) -> Lives:
    """Cycle each draw of a coating until it fails or has completed ``max_cycles``.

    Parameters
    ----------
    coatings : dict of float64 arrays, shape (n,)
        One array for each of ``PARAMETERS``.
    protocol : the conditions of the test
    max_cycles : cycles at most
    precision : ``"single"`` computes in float32: twice as fast, lives within one cycle
    method : ``"macro"`` takes many cycles at a time (without noise): half of the lives exact, 99 % within 3 cycles;
        a cell whose overpotential grazes the cut-off and falls again is taken to live on
    noise : standard deviation of the logarithm of the mean-one process noise on damage and on dead lithium, 0 to 3
    seed : of the noise, 0 to 2^64 - 1
    draw_ids : integer array, shape (n,)
        What the noise of each draw is addressed by (lower half the draw, upper half the candidate), so that it stays
        with a draw where the order changes; 0, 1, 2 ... where None.
    threads : so many; as many as there are cores where None.  The lives do not depend on it.
    isa : ``"baseline"``, ``"avx2"`` or ``"avx512"``; the environment variable ``KB_ISA``, else the best of this
        processor where None

    Raises
    ------
    UnknownParameter
        Where a key of ``coatings`` is missing or not one of ``PARAMETERS``, or an option is none of its choices.
    WrongArray
        Where an array is not of float64 or not of shape (n,).
    OutOfRange
        Where a number is NaN, infinite or out of its range, where more lithium dies in a cycle than is plated, or where
        the processor lacks the instruction set.

    References
    ----------
    docs/simulation.md; Salmon et al., Proc. SC11 (2011), for the addressed random numbers.

    Examples
    --------
    >>> bare = dict.fromkeys(PARAMETERS, np.zeros(3))
    >>> for name in ("exchange_bare", "exchange_coated", "strain_ratio", "rate_current", "limiting_current"):
    ...     bare[name] = np.full(3, 1e9)
    >>> bare["rate_exponent"] = np.ones(3)
    >>> bare["dead_bare"] = bare["dead_coated"] = np.array([0.1, 0.2, 0.3])  # CE 90, 80, 70 %
    >>> lives = simulate_cells(bare, Protocol(capacity=3.0, lithium=10.0))
    >>> lives.cycles.tolist(), [MODES[m] for m in lives.mode]
    ([23, 11, 7], ['lithium', 'lithium', 'lithium'])
    """
    arrays = checked_coatings(coatings, protocol)
    n = len(arrays[0])
    _check_choice("precision", precision, ("double", "single"))
    _check_choice("method", method, ("exact", "macro"))
    single, macro = precision == "single", method == "macro"
    limit = whole_number("max_cycles", max_cycles, 0, LONGEST_SINGLE_MACRO if single and macro else LONGEST)
    seed = whole_number("seed", seed, 0, 2**64 - 1)
    noise = checked_noise(noise, macro)
    ids = checked_draw_ids(draw_ids, n)
    chosen = _chosen_isa(isa)
    workers = whole_number("threads", _cores() if threads is None else threads, 1, 4096)
    cycles, mode = np.zeros(n, np.int32), np.zeros(n, np.int8)
    conditions = np.array(astuple(protocol), np.float64)

    def run(part: tuple[int, int]) -> None:
        _core.simulate_cells(
            arrays, conditions, ids, cycles, mode, *part, limit, noise, seed, chosen, single, macro
        )  # fmt: skip

    if n and limit:
        parts = _parts(n, workers)
        if len(parts) == 1:
            run(parts[0])
        else:
            with ThreadPoolExecutor(min(workers, len(parts))) as pool:
                list(pool.map(run, parts))
    return Lives(cycles, mode, (cycles * protocol.period).astype(np.float64))


def checked_coatings(coatings: Mapping[str, Any], protocol: Protocol) -> tuple[Floats, ...]:
    """Give the arrays in the order of ``PARAMETERS``, contiguous, as :func:`simulate_cells` describes and refuses."""
    for name in coatings:
        if name not in PARAMETERS:
            raise UnknownParameter(f"coatings: unknown key {name!r}{did_you_mean(str(name), PARAMETERS)}")
    arrays: list[Floats] = []
    for name, domain in PARAMETERS.items():
        if name not in coatings:
            raise UnknownParameter(f"coatings: the key {name!r} is missing; give an array for each of PARAMETERS")
        array = coatings[name]
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise WrongArray(
                f"coatings: {name!r} must be a float64 array, not {kind}; np.asarray({name}, float) makes one"
            )
        if array.ndim != 1 or (arrays and len(array) != len(arrays[0])):
            wanted = f"({len(arrays[0])},), as the others" if arrays else "(n,)"
            raise WrongArray(f"coatings: {name!r} must have shape {wanted}, not {array.shape}")
        # The ends first, which NaN would reach: no array is made where all is well.
        if array.size and not (domain.holds(array.min()) and domain.holds(array.max())):
            wrong = np.flatnonzero(~domain.holds(array))
            raise OutOfRange(f"coatings: {name!r} must be {domain}, not {array[wrong[0]]!r} (draw {wrong[0]})")
        arrays.append(np.require(array, requirements=("C", "A")))
    _refuse_impossible_death(dict(zip(PARAMETERS, arrays, strict=True)), protocol)
    return tuple(arrays)


def _refuse_impossible_death(coating: Mapping[str, Floats], protocol: Protocol) -> None:
    """Refuse draws of which more lithium dies in a cycle than is plated, so that their efficiency is negative.

    Judged at the mean current: where a worn coating concentrates the current, a cell is at its end anyway.
    """
    if not coating["dead_bare"].size:
        return
    dead = np.maximum(coating["dead_bare"], coating["dead_coated"])
    exponent = coating["rate_exponent"]
    with np.errstate(over="ignore", invalid="ignore"):
        # The worst of all draws together, which mostly is good enough, before each draw by itself.
        most = protocol.current / coating["rate_current"].min() * np.array([1.0, 1.0 + coating["hot_spot"].max()])
        most = np.where(most > 1, most ** exponent.max(), most ** exponent.min())
        if dead.max() * (1.0 + most[0]) <= 1.0 and most[1] <= LARGEST_RATE:
            return
        mean = protocol.current / coating["rate_current"]
        dying = dead * (1.0 + mean**exponent)
        hottest = (mean * (1.0 + coating["hot_spot"])) ** exponent
    if len(wrong := np.flatnonzero(~(dying <= 1.0))):
        raise OutOfRange(
            f"coatings: in draw {wrong[0]} more lithium dies in a cycle than is plated: 'dead_bare' or 'dead_coated', "
            "times 1 + (current / 'rate_current') ** 'rate_exponent', must not exceed 1"
        )
    if len(wrong := np.flatnonzero(~(hottest <= LARGEST_RATE))):
        raise OutOfRange(
            f"coatings: in draw {wrong[0]} (current (1 + 'hot_spot') / 'rate_current') ** 'rate_exponent' is beyond "
            f"{LARGEST_RATE:g}; no such loss is computed with"
        )


def checked_noise(noise: float, macro: bool = False) -> float:
    """Give the noise as a float; refuse what :func:`simulate_cells` refuses."""
    if isinstance(noise, bool) or not isinstance(noise, (int, float, np.number)) or not 0.0 <= noise <= LARGEST_NOISE:
        raise OutOfRange(f"noise must be a number within 0..{LARGEST_NOISE:g}, not {noise!r}")
    if macro and noise > 0:
        raise OutOfRange("noise acts in every cycle, and method='macro' skips most; take method='exact'")
    return float(noise)


def checked_draw_ids(draw_ids: Any, n: int) -> NDArray[np.uint64]:
    """Give the names of n draws; refuse what :func:`simulate_cells` refuses."""
    if draw_ids is None:
        return np.arange(n, dtype=np.uint64)
    ids = np.asarray(draw_ids)
    if ids.dtype.kind not in "iu" and ids.size:
        raise WrongArray(f"draw_ids must be an array of integers, not of {ids.dtype}")
    if ids.shape != (n,):
        raise WrongArray(f"draw_ids must have shape ({n},), as the coatings, not {ids.shape}")
    if ids.dtype.kind == "i" and ids.size and ids.min() < 0:
        raise OutOfRange(f"draw_ids must not be negative; one is {ids.min()}")
    return np.ascontiguousarray(ids, np.uint64)


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Give a whole number; refuse anything else, and what is out of range."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not low <= value <= high:
        raise OutOfRange(f"{name} must be a whole number within {low}..{high}, not {value!r}")
    return int(value)


def _check_choice(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UnknownParameter(f"{name} must be {' or '.join(map(repr, known))}, not {value!r}")


def _chosen_isa(isa: str | None) -> str:
    here = isas()
    wanted = isa if isa is not None else os.environ.get(ISA_VARIABLE) or here[-1]
    if wanted not in here:
        origin = "isa" if isa is not None else ISA_VARIABLE
        raise OutOfRange(f"{origin} is {wanted!r}, which this processor or build lacks; it has {', '.join(here)}")
    return wanted


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _parts(n: int, workers: int) -> list[tuple[int, int]]:
    """Cut n draws into parts: several a worker, because lives differ, none too small to fill the core's lanes."""
    number = 1 if workers == 1 else max(1, min(4 * workers, n // LEAST_PART))
    edges = [n * k // number for k in range(number + 1)]
    return list(pairwise(edges))
