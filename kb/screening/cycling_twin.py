"""The cycling simulator again in slow, obvious Python, one cell at a time: the oracle its C core is compared with.

This is also where its steps and their order are written down; ``docs/simulation.md`` tells what they stand for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.screening.cycling import DRY, LITHIUM, POLARISATION, SHORT, SURVIVED, THERMAL_VOLTAGE, Protocol

LEAST_WET = 0.02  # share of the electrolyte below which wetting is not told apart
MOST_NEAR = 0.999  # of the limiting current

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_WORD = 2**32


def philox(counter: tuple[int, int, int, int], key: int) -> tuple[int, int, int, int]:
    """Give the four random 32-bit words that stand at an address: Philox4x32-10.

    References
    ----------
    Salmon et al., Proc. SC11 (2011), doi 10.1145/2063384.2063405.

    Examples
    --------
    >>> [f"{word:08x}" for word in philox((0, 0, 0, 0), 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    a, b, c, d = counter
    keys = [key % _WORD, key // _WORD]
    for _ in range(10):
        p, q = _MULTIPLIERS[0] * a, _MULTIPLIERS[1] * c
        a, b, c, d = (q // _WORD) ^ b ^ keys[0], q % _WORD, (p // _WORD) ^ d ^ keys[1], p % _WORD
        keys = [(k + step) % _WORD for k, step in zip(keys, _KEY_STEPS, strict=True)]
    return a, b, c, d


def normals(draw_id: int, cycle: int, seed: int) -> tuple[float, float]:
    """Give the two standard normal numbers of a cycle, counted from 0: for damage and for dead lithium.

    An address serves an even cycle and the next.  Box-Muller, with the angle within a quarter circle and the quarter
    taken from the two lowest bits of the first word.
    """
    words = philox((draw_id % _WORD, cycle // 2, draw_id // _WORD, 0), seed)
    first, second = words[:2] if cycle % 2 == 0 else words[2:]
    radius = math.sqrt(-2.0 * math.log((first + 1) / _WORD))
    angle = second / _WORD * math.pi / 2
    return (
        radius * math.cos(angle) * (-1 if first & 1 else 1),
        radius * math.sin(angle) * (-1 if first & 2 else 1),
    )


@dataclass(frozen=True)
class Cycle:
    """One full cycle of a cell.

    Attributes
    ----------
    mode : of failure in this cycle, or ``SURVIVED``
    coulombic_efficiency : fraction
    overpotential : at the begin of the cycle [V]
    active, dead, to_sei : lithium afterwards; lithium that went into the SEI in this cycle [mAh/cm^2]
    sei : thickness afterwards [nm]
    electrolyte : afterwards [mg/cm^2]
    integrity : of the coating afterwards, 1 to 0
    front : how far dendrites have grown [um]
    """

    mode: int
    coulombic_efficiency: float
    overpotential: float
    active: float
    dead: float
    to_sei: float
    sei: float
    electrolyte: float
    integrity: float
    front: float


def cycle_cell(
    coating: Mapping[str, float], protocol: Protocol, noise: float = 0.0, seed: int = 0, draw_id: int = 0
) -> Iterator[Cycle]:
    """Cycle one cell, without end where it does not fail; the cycle in which it fails is the last.

    Parameters
    ----------
    coating : a number for each of ``kb.screening.cycling.PARAMETERS``
    """
    p = protocol
    active, dead, sei, electrolyte, integrity, front = p.lithium, 0.0, p.sei, p.electrolyte, 1.0, 0.0
    number, mode = 0, SURVIVED
    while mode == SURVIVED:
        wear_factor = dead_factor = 1.0
        if noise:
            one, other = normals(draw_id, number, seed)
            wear_factor = math.exp(noise * one - noise**2 / 2)
            dead_factor = math.exp(noise * other - noise**2 / 2)

        # The surface, as the cycle finds it
        wet = max(electrolyte / p.electrolyte, LEAST_WET)
        local = p.current * (1 + coating["hot_spot"] * (1 - integrity))
        near_limit = min(local / coating["limiting_current"] / wet, MOST_NEAR)

        # Overpotential
        bare, coated = coating["exchange_bare"], coating["exchange_coated"]
        exchange = bare + integrity * (coated - bare)
        resistance = (
            coating["electrolyte_resistance"] * wet**-1.5
            + integrity * coating["coating_resistance"]
            + coating["sei_resistivity"] * sei
            + coating["dead_resistance"] * dead
        )
        overpotential = (
            p.current * resistance * 1e-3
            + 2 * THERMAL_VOLTAGE * math.asinh(p.current / (2 * exchange))
            - THERMAL_VOLTAGE * math.log1p(-near_limit)
        )

        # The coating wears
        strain = coating["strain_ratio"] * (1 + coating["dead_strain"] * dead / p.capacity)
        wear = coating["damage_rate"] * strain ** coating["fatigue_exponent"] * wear_factor
        integrity *= math.exp(-wear)
        gone = 1 - integrity

        # SEI grows, lithium dies, dendrites advance
        grown = math.sqrt(sei**2 + coating["sei_growth"] * p.period) - sei + coating["crack_growth"] * gone
        to_sei = p.sei_charge * grown * (1 + p.sei_area * gone)
        rate = (local / coating["rate_current"]) ** coating["rate_exponent"]
        dying = coating["dead_coated"] * integrity + coating["dead_bare"] * gone
        to_dead = p.capacity * dying * (1 + rate) * dead_factor
        drive = max((1 - coating["suppression"] * integrity) * near_limit - p.dendrite_threshold, 0.0)

        active -= to_sei + to_dead
        dead += to_dead
        sei += grown
        electrolyte -= coating["sei_solvent"] * to_sei + p.dead_solvent * to_dead
        front += p.dendrite_rate * drive
        if front > p.separator:
            mode = SHORT
        elif active < p.capacity:
            mode = LITHIUM
        elif electrolyte < p.dry_fraction * p.electrolyte:
            mode = DRY
        elif overpotential > p.cutoff:
            mode = POLARISATION
        efficiency = 1 - (to_sei + to_dead) / p.capacity
        yield Cycle(mode, efficiency, overpotential, active, dead, to_sei, sei, electrolyte, integrity, front)
        number += 1


def simulate_cell(
    coating: Mapping[str, float],
    protocol: Protocol,
    max_cycles: int,
    noise: float = 0.0,
    seed: int = 0,
    draw_id: int = 0,
) -> tuple[int, int]:
    """Give the full cycles that one cell completes, and its mode of failure, as ``simulate_cells`` does for many."""
    completed = 0
    for cycle in cycle_cell(coating, protocol, noise, seed, draw_id) if max_cycles else ():
        if cycle.mode != SURVIVED:
            return completed, cycle.mode
        completed += 1
        if completed == max_cycles:
            break
    return completed, SURVIVED
