"""How fast the simulator is beside NumPy and numba, and how near its bound, in one run: ``make bench``.

The NumPy side is written as a good user of NumPy would: blocks that stay in the cache, failed cells taken out.
``--floors`` measures only what a change must not lose, and fails where it is lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kb.screening import Lives, Protocol, simulate_cells
from kb.screening.cycling import THERMAL_VOLTAGE, isas
from kb.screening.synthetic import synthetic_coatings

sys.path.insert(0, str(Path(__file__).parent))
import assembly

BLOCK = 16_384
CELL = Protocol(lithium=4.5)
LIMIT = 700
NOISE = 0.2
ATTEMPTS = 3  # a machine may be busy with something else
FLOORS = {
    "float64, 1 thread, over NumPy float64": 4.0,
    "float32, 1 thread, over NumPy float64": 8.0,
    "float64, 1 thread, over numba float64": 3.5,
    "2 threads over 1": 1.6,
    "with noise, over NumPy with noise": 3.5,
}


# --- the NumPy twin --------------------------------------------------------------------------------------------------


def numpy_lives(coatings: dict[str, Any], p: Protocol, limit: int, dtype: Any, noise: float = 0.0) -> Lives:
    n = len(coatings["dead_bare"])
    cycles, mode = np.zeros(n, np.int32), np.zeros(n, np.int8)
    random = np.random.default_rng(0)
    for begin in range(0, n, BLOCK):
        ids = np.arange(begin, min(begin + BLOCK, n))
        numpy_block({name: values[ids].astype(dtype) for name, values in coatings.items()}, p, limit, ids,
                    cycles, mode, noise, random)  # fmt: skip
    return Lives(cycles, mode, cycles * p.period)


def numpy_block(c: Any, p: Protocol, limit: int, ids: Any, cycles: Any, mode: Any, noise: float, random: Any) -> None:
    dtype, volt = c["dead_bare"].dtype.type, np.float32 if c["dead_bare"].dtype == np.float32 else np.float64
    state = np.zeros((6, len(ids)), dtype)
    state[0], state[2], state[3], state[4] = p.lithium, p.sei, p.electrolyte, 1
    gone = np.zeros(len(ids), bool)
    thermal, log_rate = volt(THERMAL_VOLTAGE), np.log(c["rate_current"])
    for cycle in range(limit):
        active, dead, sei, solvent, integrity, front = state
        over_wet = 1 / np.maximum(solvent / volt(p.electrolyte), volt(0.02))
        local = volt(p.current) * (1 + c["hot_spot"] * (1 - integrity))
        rate = np.exp(c["rate_exponent"] * (np.log(local) - log_rate))
        exchange = c["exchange_bare"] + integrity * (c["exchange_coated"] - c["exchange_bare"])
        near = np.minimum(local / c["limiting_current"] * over_wet, volt(0.999))
        resistance = (
            c["electrolyte_resistance"] * over_wet * np.sqrt(over_wet) + integrity * c["coating_resistance"]
            + c["sei_resistivity"] * sei + c["dead_resistance"] * dead
        )  # fmt: skip
        overpotential = volt(p.current * 1e-3) * resistance
        overpotential += thermal * (2 * np.arcsinh(volt(0.5 * p.current) / exchange) - np.log1p(-near))
        strain = c["strain_ratio"] * (1 + c["dead_strain"] * dead / volt(p.capacity))
        wear = c["damage_rate"] * np.exp(c["fatigue_exponent"] * np.log(strain))
        if noise:
            one, other = random.standard_normal((2, len(ids)), dtype)
            wear *= np.exp(volt(noise) * one - volt(noise**2 / 2))
        integrity *= np.exp(-wear)
        lost = 1 - integrity
        grown = np.sqrt(sei * sei + c["sei_growth"] * volt(p.period)) - sei + c["crack_growth"] * lost
        to_sei = volt(p.sei_charge) * grown * (1 + volt(p.sei_area) * lost)
        to_dead = volt(p.capacity) * (c["dead_coated"] * integrity + c["dead_bare"] * lost) * (1 + rate)
        if noise:
            to_dead *= np.exp(volt(noise) * other - volt(noise**2 / 2))
        drive = np.maximum((1 - c["suppression"] * integrity) * near - volt(p.dendrite_threshold), 0)
        active -= to_sei + to_dead
        dead += to_dead
        sei += grown
        solvent -= c["sei_solvent"] * to_sei + volt(p.dead_solvent) * to_dead
        front += volt(p.dendrite_rate) * drive
        short, empty = front > p.separator, active < p.capacity
        dry, polarised = solvent < p.dry_fraction * p.electrolyte, overpotential > p.cutoff
        new = (short | empty | dry | polarised) & ~gone
        if new.any():
            modes = np.where(short, 1, np.where(empty, 2, np.where(dry, 3, 4)))
            cycles[ids[new]], mode[ids[new]] = cycle, modes[new]
            gone |= new
            if gone.mean() > 0.1:
                ids, state, log_rate = ids[~gone], state[:, ~gone], log_rate[~gone]
                c = {name: values[~gone] for name, values in c.items()}
                gone = gone[~gone]
                if not len(ids):
                    return
    cycles[ids[~gone]] = limit


# --- the numba twin --------------------------------------------------------------------------------------------------


def numba_lives(parallel: bool, noise: float) -> Callable[[Any, Any, int], tuple[Any, Any]]:
    import math

    import numba

    # The options are those of the C core; fastmath as a whole changes lives.
    @numba.njit(parallel=parallel, error_model="numpy", fastmath={"contract"})
    def lives(c, p, limit):  # type: ignore[no-untyped-def]
        n = c.shape[1]
        cycles, mode = np.zeros(n, np.int32), np.zeros(n, np.int8)
        capacity, current = p[0], p[1]
        period = 2 * capacity / current
        for k in numba.prange(n):
            active, dead, sei, solvent, integrity, front = p[2], 0.0, p[4], p[3], 1.0, 0.0
            count, failed = 0, 0
            while count < limit:
                wet = max(solvent / p[3], 0.02)
                local = current * (1 + c[18, k] * (1 - integrity))
                rate = math.exp(c[12, k] * math.log(local / c[13, k]))
                exchange = c[2, k] + integrity * (c[3, k] - c[2, k])
                near = min(local / c[17, k] / wet, 0.999)
                resistance = c[5, k] / wet * math.sqrt(1 / wet) + integrity * c[4, k] + c[7, k] * sei + c[16, k] * dead
                overpotential = (
                    current * resistance * 1e-3 + 2 * THERMAL_VOLTAGE * math.asinh(0.5 * current / exchange)
                    - THERMAL_VOLTAGE * math.log(1 - near)
                )  # fmt: skip
                strain = c[9, k] * (1 + c[19, k] * dead / capacity)
                wear = c[11, k] * math.exp(c[10, k] * math.log(strain))
                dying = 1.0
                if noise > 0:
                    wear *= math.exp(noise * np.random.standard_normal() - noise * noise / 2)
                    dying = math.exp(noise * np.random.standard_normal() - noise * noise / 2)
                integrity *= math.exp(-wear)
                lost = 1 - integrity
                grown = math.sqrt(sei * sei + c[6, k] * period) - sei + c[8, k] * lost
                to_sei = p[7] * grown * (1 + p[8] * lost)
                to_dead = capacity * (c[1, k] * integrity + c[0, k] * lost) * (1 + rate) * dying
                drive = max((1 - c[14, k] * integrity) * near - p[11], 0.0)
                active -= to_sei + to_dead
                dead += to_dead
                sei += grown
                solvent -= c[15, k] * to_sei + p[9] * to_dead
                front += p[10] * drive
                if front > p[5]:
                    failed = 1
                elif active < capacity:
                    failed = 2
                elif solvent < p[12] * p[3]:
                    failed = 3
                elif overpotential > p[6]:
                    failed = 4
                if failed:
                    break
                count += 1
            cycles[k], mode[k] = count, failed
        return cycles, mode

    return lives


# --- the table -------------------------------------------------------------------------------------------------------


class Table:
    """Times calls, prints trajectory-cycles a second and the ratio to the first line, and remembers both."""

    def __init__(self, repeats: int) -> None:
        self.repeats, self.rates = repeats, dict[str, float]()

    def line(self, name: str, call: Callable[[], Any], slow: bool = False) -> Any:
        best, answer = float("inf"), None
        for _ in range(1 if slow else self.repeats):
            begin = time.perf_counter()
            answer = call()
            best = min(best, time.perf_counter() - begin)
        cycles, mode = (answer.cycles, answer.mode) if isinstance(answer, Lives) else answer
        self.rates[name] = (cycles.sum() + np.count_nonzero(mode)) / best
        ratio = self.rates[name] / next(iter(self.rates.values()))
        sys.stdout.write(f"{name:44} {self.rates[name] / 1e6:9.1f} {ratio:8.2f}\n")
        sys.stdout.flush()
        return answer


def whole(coatings: dict[str, Any], table: Table) -> None:
    protocol = np.array([getattr(CELL, name) for name in CELL.__dataclass_fields__])
    matrix = np.array(list(coatings.values()))
    table.line("NumPy float64", lambda: numpy_lives(coatings, CELL, LIMIT, np.float64), slow=True)
    table.line("NumPy float32", lambda: numpy_lives(coatings, CELL, LIMIT, np.float32), slow=True)
    table.line("NumPy float64, noise", lambda: numpy_lives(coatings, CELL, LIMIT, np.float64, NOISE), slow=True)
    for parallel, noise in ((False, 0.0), (True, 0.0), (False, NOISE)):
        compiled = numba_lives(parallel, noise)
        compiled(matrix[:, :10].copy(), protocol, 5)
        name = f"numba float64{', 2 threads' if parallel else ''}{', noise' if noise else ''}"
        table.line(name, lambda run=compiled: run(matrix, protocol, LIMIT))
    exact = {}
    for isa in isas():
        for precision in ("double", "single"):
            for threads in (1, 2):
                name = f"C {isa} {precision}{', 2 threads' if threads == 2 else ''}"
                how = {"precision": precision, "isa": isa, "threads": threads}
                lives = table.line(name, lambda how=how: simulate_cells(coatings, CELL, LIMIT, **how))
                exact[isa, precision] = lives
            how = {"precision": precision, "isa": isa, "threads": 1}
            table.line(f"C {isa} {precision}, noise",
                       lambda how=how: simulate_cells(coatings, CELL, LIMIT, noise=NOISE, **how))  # fmt: skip
            how = how | {"method": "macro"}
            macro = table.line(f"C {isa} {precision}, many cycles at a time",
                               lambda how=how: simulate_cells(coatings, CELL, LIMIT, **how))  # fmt: skip
            apart = np.abs(macro.cycles - exact[isa, precision].cycles)
            sys.stdout.write(f"{'':6}cycles from the exact lives: median {np.median(apart):g}, "
                             f"99 % within {np.quantile(apart, 0.99):g}, all within {apart.max()}\n")  # fmt: skip
    sys.stdout.write(f"median life {np.median(exact['baseline', 'double'].cycles):g} cycles of {LIMIT} at most\n")


def bounds(table: Table) -> None:
    if assembly.compiler() is None:
        sys.stdout.write("no bound: no compiler for x86-64 whose assembly is read here\n")
        return
    sys.stdout.write(
        "\nshare of the bound: that of the busiest unit of the processor, the packed instructions of the inner loops\n"
        "counted in the compiler's assembly, their rates measured here; first for the kernel as a whole, then pass by\n"
        "pass, as the passes run one after the other\n"
    )
    for isa in isas():
        for precision in ("double", "single"):
            found = assembly.bound(isa, precision == "single")
            rate = table.rates[f"C {isa} {precision}"]
            busy = ", ".join(f"{name} {took:.2f}" for name, took in found.busy.items())
            sys.stdout.write(
                f"C {isa} {precision:8} {found.whole / 1e6:7.0f} M/s {rate / found.whole:5.0%}"
                f"   {found.passes / 1e6:7.0f} M/s {rate / found.passes:5.0%}   [ns: {busy}]\n"
            )


def lost_floors(table: Table) -> list[str]:
    best = f"C {isas()[-1]}"
    rate = table.rates
    reached = dict(zip(FLOORS, (
        rate[f"{best} double"] / rate["NumPy float64"],
        rate[f"{best} single"] / rate["NumPy float64"],
        rate[f"{best} double"] / rate["numba float64"],
        rate[f"{best} double, 2 threads"] / rate[f"{best} double"],
        rate[f"{best} double, noise"] / rate["NumPy float64, noise"],
    ), strict=True))  # fmt: skip
    sys.stdout.write("\n")
    for name, floor in FLOORS.items():
        sys.stdout.write(f"{name:44} {reached[name]:9.2f}, floor {floor:g}\n")
    return [name for name, floor in FLOORS.items() if reached[name] < floor]


def measured(draws: int) -> Table:
    coatings = synthetic_coatings(draws)
    drawn = f"{draws:,} draws, trajectory-cycles a second"
    sys.stdout.write(f"{drawn:44} {'M/s':>9} {'x NumPy':>8}\n")
    table = Table(repeats=5)
    whole(coatings, table)
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floors", action="store_true", help="fewer draws; fail where a floor is lost")
    if not parser.parse_args().floors:
        table = measured(65_536)
        bounds(table)
        lost_floors(table)
        return 0
    if isas()[-1] == "baseline":
        sys.stdout.write("the floors hold where there is AVX2 or better; there is none here\n")
        return 0
    for _ in range(ATTEMPTS):
        if not (lost := lost_floors(measured(16_384))):
            return 0
    sys.stderr.write(f"lost {ATTEMPTS} times: {'; '.join(lost)}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
