"""A simulation for people: lives, failures, overpotential, what was observed, parameters, and what to mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.printing import console, headed_table, text_cell
from kb.screening.outcome import QUANTILES, Outcome
from kb.words import number, unit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kb.reported import Observation
    from kb.simulation import Simulation

_NOTHING = "–"
_WHEN = {"first_cycle": "in the first cycle", "middle_of_life": "at mid-life"}
HARDLY = 0.01  # of the variance of the logarithm of the life


def print_simulation(simulation: Simulation) -> None:
    """Print a simulation: a grid as a row a point, else all that is known of the one outcome."""
    out = console()
    for part in parts(simulation):
        out.print(part)


def parts(simulation: Simulation) -> Iterator[RenderableType]:
    """Give what is printed of a simulation, in order: tables and lines of rich."""
    from rich.table import Table
    from rich.text import Text

    yield Text(_head(simulation), "bold")
    yield Text(_protocol(simulation), "dim")
    if simulation.axes:
        yield _grid_table(simulation)
    else:
        yield _life_table(simulation)
        yield Text(_failures(simulation.outcome))
        yield Text(_trajectory("Coulombic efficiency", simulation.efficiencies(), 1e2, ".2f", "%"))
        yield Text(_trajectory("Overpotential", simulation.overpotentials(), 1e3, ".0f", "mV"))
        if simulation.observed:
            yield from _observed(simulation)
        elif simulation.name:
            yield Text("\nObserved: no life, efficiency or overpotential is in the base.")
    yield from _parameters(simulation.parameters(), bool(simulation.sensitivity))
    yield Text("\nTo mind:", "bold")
    lines = Table.grid(padding=(0, 1, 0, 0))
    for line in simulation.caveats:
        lines.add_row("-", Text(line))
    yield lines


def _head(simulation: Simulation) -> str:
    name = simulation.name or "What if"
    return f"{name}  {simulation.paper}".rstrip()


def _protocol(simulation: Simulation) -> str:
    told, run = simulation.protocol, simulation.run
    varied = {axis.key for axis in simulation.axes}
    parts = [
        f"{number(getattr(told, key))} {unit(of)}{what}"
        for key, of, what in (
            ("current", "mA/cm^2", ""), ("capacity", "mAh/cm^2", ""), ("lithium", "mAh/cm^2", " of lithium"),
        )
        if key not in varied
    ]  # fmt: skip
    noise = f", noise {number(run.noise)}" if run.noise else ""
    return f"{', '.join(parts)}, {run.cell}; {run.draws} draws, {run.cycles} cycles at most, seed {run.seed}{noise}"


def _life(outcome: Outcome, share: float) -> str:
    cycles = outcome.quantile(share)
    return f"> {outcome.limit}" if outcome.is_censored(cycles) else str(cycles)


def _hours(outcome: Outcome, share: float) -> str:
    cycles = outcome.quantile(share)
    return ("> " if outcome.is_censored(cycles) else "") + number(outcome.hours(cycles))


def _life_table(simulation: Simulation) -> Any:
    names = [f"{100 * share:g} %" for share in QUANTILES]
    table = headed_table("life", *names, right=names)
    outcome = simulation.outcome
    table.add_row(text_cell("cycles"), *(text_cell(_life(outcome, share), "bold") for share in QUANTILES))
    table.add_row(text_cell("hours"), *(text_cell(_hours(outcome, share)) for share in QUANTILES))
    return table


def _failures(outcome: Outcome) -> str:
    told = sorted(outcome.probabilities.items(), key=lambda pair: -pair[1])
    return "Ends: " + ", ".join(f"{name} {share:.1%}".replace("%", " %") for name, share in told if share > 0.0)


def _trajectory(name: str, told: Mapping[str, Sequence[float]], scale: float, form: str, unit_name: str) -> str:
    said = []
    for when, values in told.items():
        low, middle, high = (format(scale * value, form) for value in values)
        said.append(f"{middle} {unit_name} ({low} to {high}) {_WHEN[when]}")
    return f"{name}: {', '.join(said)}"


def _observed(simulation: Simulation) -> Iterator[RenderableType]:
    """Give what was observed under this protocol; all there is, where that is nothing."""
    from rich.text import Text

    told = simulation.protocol
    under_it = [o for o in simulation.observed if o.is_of(told.current, told.capacity)]
    shown = under_it or simulation.observed
    table = headed_table(
        "observed", "value", "cycles", "conditions", "id", right=("id",), whole=("observed", "value", "id")
    )
    for seen in shown:
        table.add_row(
            text_cell(seen.metric), text_cell(seen.words, "bold"), text_cell(_cycles(seen)), text_cell(seen.conditions),
            text_cell(f"#{seen.measurement}"),
        )  # fmt: skip
    yield table
    if len(shown) < len(simulation.observed):
        yield Text(f"{len(simulation.observed) - len(shown)} more under other conditions.", "dim")


def _cycles(seen: Observation) -> str:
    if seen.cycles is None:
        return ""
    return f"> {number(seen.cycles)} (censored)" if seen.censored else number(seen.cycles)


def _grid_table(simulation: Simulation) -> Any:
    axes = [f"{axis.key} [{unit(axis.unit)}]" if unit(axis.unit) else axis.key for axis in simulation.axes]
    names = ["5 %", "median", "95 %", "hours"]
    table = headed_table(*axes, *names, "ends mostly by", right=[*axes, *names])
    for outcome in simulation.outcomes:
        first = max(outcome.probabilities.items(), key=lambda pair: pair[1])
        table.add_row(
            *(text_cell(number(outcome.varied[axis.key])) for axis in simulation.axes),
            *(text_cell(_life(outcome, share), "bold" if share == 0.5 else "") for share in (0.05, 0.5, 0.95)),
            text_cell(_hours(outcome, 0.5)),
            text_cell(f"{first[0]} {first[1]:.0%}".replace("%", " %")),
        )
    return table


def _parameters(rows: Sequence[Mapping[str, Any]], sensitivity: bool) -> Iterator[RenderableType]:
    """Give the inputs as a table; assumed ones that hardly matter in a line below it."""
    from rich.text import Text

    indices = ("S1", "ST") if sensitivity else ()
    table = headed_table(
        "parameter", "median", "5 to 95 %", "unit", "from", *indices,
        right=("median", *indices), whole=("parameter", "median", "5 to 95 %", "unit", *indices),
    )  # fmt: skip
    hardly = []
    for row in rows:
        if sensitivity and row["from"] in ("prior", "judgement") and (row["ST"] or 0.0) < HARDLY:
            hardly.append(row["parameter"])
            continue
        fixed = row["low"] == row["high"]
        table.add_row(
            text_cell(row["parameter"]), text_cell("" if row["from"] == "varied" else _short(row["median"])),
            text_cell("" if fixed else f"{_short(row['low'])} to {_short(row['high'])}"), text_cell(_unit(row["unit"])),
            text_cell(row["from"]), *(text_cell(_index(row, key)) for key in indices),
        )  # fmt: skip
    yield table
    if sensitivity:
        yield Text("S1, ST: share of the variance of log life, alone and with others; ± 95 %.", "dim")
    if hardly:
        yield Text(f"Assumed too, but hardly matter here (ST < {HARDLY:g}): {', '.join(hardly)}.", "dim")


def _unit(name: str) -> str:
    return unit(name.replace("ohm", "Ω"))


def _short(value: float) -> str:
    return f"{value:.3g}"


def _index(row: Mapping[str, Any], key: str) -> str:
    return _NOTHING if row[key] is None else f"{max(row[key], 0.0):.2f}±{row[f'{key}_error']:.2f}"
