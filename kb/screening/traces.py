"""What happens in each cycle of a few chosen draws: efficiency, overpotential, lithium, SEI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.screening.cycling import (
    DRY,
    LITHIUM,
    PARAMETERS,
    POLARISATION,
    SHORT,
    THERMAL_VOLTAGE,
    Protocol,
    checked_coatings,
    checked_draw_ids,
    checked_noise,
    whole_number,
)
from kb.screening.cycling_twin import LEAST_WET, MOST_NEAR
from schema.errors import OutOfRange

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

MOST_NUMBERS = 500_000_000  # 4 GB of float64 in all

KEPT = ("coulombic_efficiency", "overpotential", "active", "dead", "sei", "electrolyte", "integrity")

_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Traces:
    """The cycles of m cells, the one in which each fails included; NaN after that.

    Attributes
    ----------
    coulombic_efficiency : float64 array, shape (m, cycles); fraction
    overpotential : float64 array, shape (m, cycles); at the begin of the cycle [V]
    active, dead : float64 array, shape (m, cycles); lithium after the cycle [mAh/cm^2]
    sei : float64 array, shape (m, cycles); thickness after the cycle [nm]
    electrolyte : float64 array, shape (m, cycles); after the cycle [mg/cm^2]
    integrity : float64 array, shape (m, cycles); of the coating after the cycle, 1 to 0
    cycles : int32 array, shape (m,); completed
    mode : int8 array, shape (m,); see ``kb.screening.cycling.MODES``
    """

    coulombic_efficiency: Floats
    overpotential: Floats
    active: Floats
    dead: Floats
    sei: Floats
    electrolyte: Floats
    integrity: Floats
    cycles: NDArray[np.int32]
    mode: NDArray[np.int8]


def trace_cells(
    coatings: Mapping[str, Any],
    protocol: Protocol,
    draws: Any = None,
    max_cycles: int = 2000,
    noise: float = 0.0,
    seed: int = 0,
    draw_ids: Any = None,
) -> Traces:
    """Cycle chosen draws as ``simulate_cells`` does, in NumPy, and keep what happens in each cycle.

    Parameters
    ----------
    coatings, protocol, max_cycles, noise, seed, draw_ids : as those of ``simulate_cells``
    draws : integer array, shape (m,)
        Which draws, by their place in the arrays; all where None.

    Raises
    ------
    UnknownParameter, WrongArray, OutOfRange
        As ``simulate_cells`` does; where there is no such draw; where draws times cycles would fill the memory.

    Examples
    --------
    >>> coating = dict.fromkeys(PARAMETERS, np.zeros(1))
    >>> for name in ("exchange_bare", "exchange_coated", "strain_ratio", "rate_current", "limiting_current"):
    ...     coating[name] = np.full(1, 1e9)
    >>> coating["rate_exponent"] = np.ones(1)
    >>> coating["dead_bare"] = coating["dead_coated"] = np.array([0.3])
    >>> traces = trace_cells(coating, Protocol(capacity=3.0, lithium=5.5))
    >>> traces.active.round(2).tolist(), traces.coulombic_efficiency.round(3).tolist()
    ([[4.6, 3.7, 2.8]], [[0.7, 0.7, 0.7]])
    """
    arrays = checked_coatings(coatings, protocol)
    ids = checked_draw_ids(draw_ids, len(arrays[0]))
    limit = whole_number("max_cycles", max_cycles, 0, 2**31 - 1)
    seed, noise = whole_number("seed", seed, 0, 2**64 - 1), checked_noise(noise)
    chosen = _chosen(draws, len(ids))
    if len(chosen) * limit * len(KEPT) > MOST_NUMBERS:
        raise OutOfRange(f"{len(chosen)} draws of {limit} cycles are more than fits the memory; choose fewer of either")
    cells = _Cells({name: array[chosen] for name, array in zip(PARAMETERS, arrays, strict=True)}, protocol)
    kept: list[tuple[Floats, ...]] = []
    ids = ids[chosen]
    cycles, mode = np.full(len(chosen), limit, np.int32), np.zeros(len(chosen), np.int8)
    running = np.ones(len(chosen), bool)
    while len(kept) < limit and running.any():
        wear, dead = (noise * z - noise**2 / 2 for z in normals(ids, len(kept), seed)) if noise else (0.0, 0.0)
        values, modes = cells.cycle(np.exp(wear), np.exp(dead))
        kept.append(tuple(np.where(running, value, np.nan) for value in values))
        failed = running & (modes > 0)
        cycles[failed], mode[failed] = len(kept) - 1, modes[failed]
        running &= ~failed
    table = np.array(kept).reshape(len(kept), len(KEPT), len(chosen))
    return Traces(
        **{name: np.ascontiguousarray(table[:, j].T) for j, name in enumerate(KEPT)}, cycles=cycles, mode=mode
    )


def _chosen(draws: Any, n: int) -> NDArray[np.intp]:
    chosen = np.arange(n) if draws is None else np.atleast_1d(np.asarray(draws))
    if chosen.size == 0:
        return np.zeros(0, np.intp)
    if chosen.dtype.kind not in "iu" or chosen.ndim != 1:
        raise OutOfRange(f"draws must be whole numbers in one row, not {draws!r}")
    wrong = chosen[(chosen < 0) | (chosen >= n)]
    if len(wrong):
        raise OutOfRange(f"there is no draw {wrong[0]}; the arrays hold {n}, counted from 0")
    return chosen.astype(np.intp)


class _Cells:
    """The state of m cells and how a cycle changes it; the twin's steps over arrays."""

    def __init__(self, coating: Mapping[str, Floats], protocol: Protocol) -> None:
        self.coating, self.protocol = coating, protocol
        m = len(coating["dead_bare"])
        self.active, self.dead = np.full(m, float(protocol.lithium)), np.zeros(m)
        self.sei, self.electrolyte = np.full(m, float(protocol.sei)), np.full(m, float(protocol.electrolyte))
        self.integrity, self.front = np.ones(m), np.zeros(m)

    @np.errstate(all="ignore")  # what runs on after its failure may leave the range of floats; it is not kept
    def cycle(self, wear_factor: Floats, dead_factor: Floats) -> tuple[tuple[Floats, ...], NDArray[np.int8]]:
        c, p = self.coating, self.protocol
        wet = np.maximum(self.electrolyte / p.electrolyte, LEAST_WET)
        local = p.current * (1 + c["hot_spot"] * (1 - self.integrity))
        near_limit = np.minimum(local / c["limiting_current"] / wet, MOST_NEAR)
        exchange = c["exchange_bare"] + self.integrity * (c["exchange_coated"] - c["exchange_bare"])
        resistance = (
            c["electrolyte_resistance"] * wet**-1.5
            + self.integrity * c["coating_resistance"]
            + c["sei_resistivity"] * self.sei
            + c["dead_resistance"] * self.dead
        )
        overpotential = (
            p.current * resistance * 1e-3
            + 2 * THERMAL_VOLTAGE * np.arcsinh(p.current / (2 * exchange))
            - THERMAL_VOLTAGE * np.log1p(-near_limit)
        )
        strain = c["strain_ratio"] * (1 + c["dead_strain"] * self.dead / p.capacity)
        wear = c["damage_rate"] * strain ** c["fatigue_exponent"] * wear_factor
        self.integrity = self.integrity * np.exp(-wear)
        gone = 1 - self.integrity
        grown = np.sqrt(self.sei**2 + c["sei_growth"] * p.period) - self.sei + c["crack_growth"] * gone
        to_sei = p.sei_charge * grown * (1 + p.sei_area * gone)
        rate = (local / c["rate_current"]) ** c["rate_exponent"]
        dying = c["dead_coated"] * self.integrity + c["dead_bare"] * gone
        to_dead = p.capacity * dying * (1 + rate) * dead_factor
        drive = np.maximum((1 - c["suppression"] * self.integrity) * near_limit - p.dendrite_threshold, 0)
        self.active = self.active - to_sei - to_dead
        self.dead = self.dead + to_dead
        self.sei = self.sei + grown
        self.electrolyte = self.electrolyte - c["sei_solvent"] * to_sei - p.dead_solvent * to_dead
        self.front = self.front + p.dendrite_rate * drive
        modes = np.select(
            [
                self.front > p.separator,
                self.active < p.capacity,
                self.electrolyte < p.dry_fraction * p.electrolyte,
                overpotential > p.cutoff,
            ],
            [SHORT, LITHIUM, DRY, POLARISATION],
            0,
        ).astype(np.int8)
        efficiency = 1 - (to_sei + to_dead) / p.capacity
        values = (efficiency, overpotential, self.active, self.dead, self.sei, self.electrolyte, self.integrity)
        return values, modes


def normals(draw_ids: Words, cycle: int, seed: int) -> tuple[Floats, Floats]:
    """Give the two standard normal numbers of a cycle of each draw, as the core makes them.

    Parameters
    ----------
    draw_ids : uint64 array, shape (m,)
    cycle : counted from 0
    """
    words = _philox(draw_ids & _LOW, np.uint64(cycle // 2), draw_ids >> np.uint64(32), seed)
    first, second = words[:2] if cycle % 2 == 0 else words[2:]
    radius = np.sqrt(-2 * np.log((first + np.uint64(1)) / 2**32))
    angle = second / 2**32 * (np.pi / 2)
    return (
        np.where(first & np.uint64(1), -radius, radius) * np.cos(angle),
        np.where(first & np.uint64(2), -radius, radius) * np.sin(angle),
    )


def _philox(a: Words, b: np.uint64, c: Words, seed: int) -> tuple[Words, Words, Words, Words]:
    half = np.uint64(32)
    low, high, key, other = a, c, seed & 0xFFFFFFFF, seed >> 32
    mid, top = np.broadcast_to(b, a.shape), np.zeros_like(a)
    for _ in range(10):
        p, q = np.uint64(0xD2511F53) * low, np.uint64(0xCD9E8D57) * high
        low, mid, high, top = (
            (q >> half) ^ mid ^ np.uint64(key),
            q & _LOW,
            (p >> half) ^ top ^ np.uint64(other),
            p & _LOW,
        )
        key, other = (key + 0x9E3779B9) & 0xFFFFFFFF, (other + 0xBB67AE85) & 0xFFFFFFFF
    return low, mid, high, top
