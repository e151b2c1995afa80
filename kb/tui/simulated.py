"""What is drawn and said of simulations: survival, failure, efficiency, overpotential, beside what was observed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from kb.reported import EFFICIENCIES, LIVES, Observation
from kb.screening.outcome import Band
from kb.simulation import Simulation
from kb.tui.chart import Chart, Curve, Point, share_bar
from kb.tui.text import Block
from kb.words import counted

COLOURS = ("primary", "accent", "success", "error")  # of the trials that are compared
MOST_POINTS = 6  # observed, in one chart
CYCLES = ("cycle_count", "failure_cycle")
ROOM = 2.0  # times how far the medians lie from the end of their scale
MOST_STEPS = 400  # of a survival curve: no chart has more dots across
MILLI, PERCENT = 1e3, 100.0


def alike(simulation: Simulation) -> list[Observation]:
    """Give what was observed under the protocol that is simulated."""
    told = simulation.protocol
    return [o for o in simulation.observed if o.is_of(told.current, told.capacity)]


def life_words(simulation: Simulation) -> str:
    """Say the life: the median, and 5 to 95 % of the draws; ">" where draws outlive the limit."""
    outcome = simulation.outcome
    low, middle, high = (outcome.quantile(share) for share in (0.05, 0.5, 0.95))

    def said(cycles: int) -> str:
        return f"> {cycles - 1}" if outcome.is_censored(cycles) else str(cycles)

    return f"{said(middle)} cycles ({said(low)} to {said(high)})"


def trial_line(number: int, name: str, simulation: Simulation | None, chosen: bool, width: int) -> Text:
    """Say what became of a trial in a line."""
    text = Text.assemble((f"{'▸' if chosen else ' '}{number} ", "bold" if chosen else ""), no_wrap=True)
    text.append(name, "bold" if chosen else "")
    if simulation is None:
        return text.append("  …", "dim")
    modes = simulation.outcome.probabilities
    worst = max(modes, key=lambda mode: modes[mode])
    text.append(f"  {life_words(simulation)}").append(f"  {worst} {PERCENT * modes[worst]:.0f} %", "dim")
    text.truncate(width, overflow="ellipsis")
    return text


def survival(shown: Sequence[tuple[str, Simulation]], chosen: int) -> Chart:
    """Draw the share of draws alive over the cycles, and the lives that were observed of the chosen one.

    Parameters
    ----------
    shown : colours and simulations
    chosen : index of the one whose observations are drawn
    """
    curves, end = [], 1.0
    for colour, simulation in shown:
        cycles, alive, _, _ = simulation.outcome.surviving()
        end = max(end, float(simulation.outcome.limit if simulation.outcome.survived else cycles[-1] * 1.05))
        kept = np.unique(np.linspace(0, len(cycles) - 1, MOST_STEPS).round().astype(int))
        x, y = cycles[kept], alive[kept]
        curves.append(Curve(np.append(x, max(end, x[-1])).tolist(), np.append(y, y[-1]).tolist(), colour, steps=True))
    points = []
    if shown:
        lives = [o for o in alike(shown[chosen][1]) if o.cycles is not None][:MOST_POINTS]
        for place, seen in enumerate(lives):
            sign, height = "▶" if seen.censored else "◆", 0.9 - 0.13 * place
            points.append(Point(float(seen.cycles or 0), height, sign, "foreground", _mark(seen), bold=True))
        end = max([end, *(1.1 * p.x for p in points)])
    return Chart(curves, points, "full cycles", "share of draws alive", (0.0, end), (0.0, 1.0), empty="simulating …")


def _mark(seen: Observation) -> str:
    return f"{seen.words}{' cycles' if seen.metric in CYCLES else ''} (#{seen.measurement})"


def bands(shown: Sequence[tuple[str, Simulation]], chosen: int, of: str) -> Chart:
    """Draw the median over the cycles, of the chosen one with 5 to 95 % of the draws alive.

    Parameters
    ----------
    of : "efficiency" or "overpotential"
    """
    scale, label = (PERCENT, "CE [%]") if of == "efficiency" else (MILLI, "overpotential [mV]")
    curves: list[Curve] = []
    for index, (colour, simulation) in enumerate(shown):
        if simulation.traces is None:
            continue
        band: Band = getattr(simulation.traces, of)
        if index == chosen:
            curves += [Curve(band.cycles.tolist(), (scale * e).tolist(), "secondary") for e in (band.low, band.high)]
        curves.append(Curve(band.cycles.tolist(), (scale * band.middle).tolist(), colour))
    points = []
    if shown and curves:
        of_kind = EFFICIENCIES if of == "efficiency" else ()
        seen = [o for o in alike(shown[chosen][1]) if (o.metric in of_kind) == bool(of_kind) and o.metric not in LIVES]
        first = min((c.x[0] for c in curves if len(c.x)), default=1.0)
        points = [Point(first, o.value, "◆", "foreground", _mark(o), bold=True) for o in seen[:MOST_POINTS]]
    levels = [v for c in curves if c.colour != "secondary" for v in c.y] + [p.y for p in points]
    # As far as the medians and what was observed go, with room: one draw in twenty may lie far beyond.
    ends = None
    if levels and of == "efficiency":
        ends = (max(PERCENT - ROOM * max(PERCENT - min(levels), 0.1), 0.0), PERCENT)
    elif levels:
        ends = (0.0, ROOM * max(*levels, 1.0))
    return Chart(curves, points, "full cycles", label, None, ends, empty="following the draws …")


def failures(simulation: Simulation | None, width: int) -> Text:
    """Draw the probability of each end of a cell as a bar."""
    if simulation is None:
        return Text("simulating …", "dim")
    lines = []
    for mode, share in simulation.outcome.probabilities.items():
        line = (
            Text(f"{mode:<18} ").append_text(share_bar(share, max(width - 26, 4))).append(f" {PERCENT * share:3.0f} %")
        )
        lines.append(line)
    return Text("\n").join(lines)


def middles(simulation: Simulation | None) -> Text:
    """Say efficiency and overpotential in the first cycle and amid the life: the median and 5 to 95 %."""
    if simulation is None or simulation.traces is None:
        return Text("CE, overpotential: following the draws …", "dim")
    parts = []
    for name, found, scale, unit in (
        ("CE", simulation.efficiencies(), PERCENT, "%"),
        ("overpotential", simulation.overpotentials(), MILLI, "mV"),
    ):
        said = []
        for when, place in (("first_cycle", "first cycle"), ("middle_of_life", "amid life")):
            low, middle, high = (_three(scale * v) for v in found[when])
            said.append(f"{middle} ({low} to {high}) {unit} {place}")
        parts.append(f"{name} {', '.join(said)}")
    return Text("\n".join(parts))


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def priors_words(simulation: Simulation) -> str:
    """Say how much of a simulation is assumed."""
    inputs = simulation.study.inputs.values()
    assumed = sum(drawn.given is None for drawn in inputs)
    calibrated = "not calibrated" if simulation.calibration is None else "calibrated"
    return f"{calibrated}; {assumed} of {len(inputs)} inputs are priors"


def caveat_blocks(simulation: Simulation) -> list[Block]:
    """Say what to mind, what is assumed first; then what was observed under other conditions."""
    told = [text.replace("--set ", "a sets ") for text in simulation.caveats]
    blocks = [Block(Text(f"{text[:1].upper()}{text[1:]}."), gap=False) for text in told]
    others = [o for o in simulation.observed if o not in alike(simulation)]
    if others:
        seen = "; ".join(f"{o.metric.replace('_', ' ')} {_mark(o)} at {o.conditions or 'conditions not stated'}"
                         for o in others[:MOST_POINTS])  # fmt: skip
        blocks.append(Block(Text(f"{counted(len(others), 'value')} observed otherwise: {seen}.", "dim"), gap=False))
    return blocks
