"""What to mind of a simulation, in plain words: what was assumed, never tested, or decides the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.screening.priors import priors
from kb.words import number, unit

if TYPE_CHECKING:
    from kb.reported import Observation, Reported
    from kb.simulation import Simulation

MOST_OF_SPREAD = 0.4  # of the variance of the logarithm of the life
MANY_CENSORED = 0.5
FEW_CAPPED = 0.01
EARLY = 0.05  # of the draws, that fail in their first cycle


def caveats(simulation: Simulation, known: Reported | None, influence: bool = True) -> list[str]:
    """Say what to mind of a simulation.

    Parameters
    ----------
    simulation : its own caveats are left out of account
    known : what the base knows of the candidate; None for a what-if
    influence : say what the spread is from; not where nobody looked for that
    """
    return [
        *_calibration(simulation),
        *_assumed(simulation),
        *(_beyond_tests(simulation, known) if known is not None else ()),
        *_lives(simulation),
        *(_influence(simulation) if influence else ()),
        *_observations(simulation),
    ]


def _calibration(simulation: Simulation) -> Iterator[str]:
    made, fitted = simulation.study, simulation.calibration
    judged = [
        n for n, d in made.inputs.items() if d.given is None and d.input.status == "judgement" and not d.calibrated
    ]
    if fitted is not None:
        moved = ", ".join(n for n, d in made.inputs.items() if d.calibrated) or "nothing that is drawn here"
        yield (
            f"calibrated on {fitted.lives} lives of the base ({fitted.made_at[:10]}): {moved}; --priors draws from the "
            f"priors alone; {len(judged)} of {len(made.inputs)} inputs are still priors of judgement"
        )
    elif judged:
        yield (
            f"not calibrated: {len(judged)} of {len(made.inputs)} inputs are priors of judgement, "
            "so compare lives rather than trust one"
        )
    carried = [n for n, d in made.inputs.items() if d.given is not None and d.given.origin == "carried over"]
    if carried:
        yield f"carried over from other samples, with a wider spread: {', '.join(carried)}"


def _assumed(simulation: Simulation) -> Iterator[str]:
    known = priors()
    for key in simulation.assumed:
        setting = known.protocol[key]
        if key in ("current", "capacity", "lithium"):
            yield f"{key} is not given: {_measured(getattr(simulation.protocol, key), setting.unit)}"
        elif setting.assumed and key == "dendrite_rate":
            yield f"{setting.assumed} (--set dendrite_rate=0.2um shows what they would do)"
        elif setting.assumed:
            value = _measured(getattr(simulation.protocol, key), setting.unit)
            yield f"{key} is not reported: {value}, {setting.assumed}"
    classes = simulation.study.classes
    if "electrolyte" not in classes:
        told = "--set electrolyte_class=ether, carbonate or LHCE"
        yield f"the class of the electrolyte is not known: wider priors ({told})"


def _measured(value: float, unit_name: str) -> str:
    return f"{number(value)} {unit(unit_name)}".strip()


def _beyond_tests(simulation: Simulation, known: Reported) -> Iterator[str]:
    if known.most_current is None:
        yield "no current density of a test of this sample is known"
        return
    currents = [o.protocol.current for o in simulation.outcomes]
    if max(currents) > known.most_current:
        yield (
            f"{_measured(max(currents), 'mA/cm^2')} is above any current density it was tested at "
            f"({_measured(known.most_current, 'mA/cm^2')}): an extrapolation"
        )


def _lives(simulation: Simulation) -> Iterator[str]:
    outcomes = simulation.outcomes
    censored = max(o.survived for o in outcomes)
    if censored > MANY_CENSORED:
        yield f"{censored:.0%} of the lives reach the limit of {simulation.run.cycles} cycles; give more --cycles"
    at_once = max(o.share_at_once for o in outcomes)
    if at_once > EARLY:
        where = " somewhere on the grid" if simulation.axes else ""
        yield f"{at_once:.0%} of the draws fail in their first cycle{where}: no working cell has such inputs"
    capped = max(o.capped for o in outcomes)
    if capped > FEW_CAPPED:
        yield f"{capped:.0%} of the draws would lose more than the capacity in one cycle at this current: capped"


def _influence(simulation: Simulation) -> Iterator[str]:
    strongest = next(iter(simulation.sensitivity.items()), None)
    if strongest is None:
        if not simulation.axes:
            yield "too few draws, or too little spread, for Sobol indices"
        return
    name, index = strongest
    if index.total - index.total_error > MOST_OF_SPREAD:
        drawn = simulation.study.inputs[name]
        advice = "measure it" if drawn.given is None else "measure it better"
        yield f"most of the spread of the life is from {name} ({drawn.input.meaning}); {advice}"


def _observations(simulation: Simulation) -> Iterator[str]:
    if simulation.axes:
        return
    outcome, protocol = simulation.outcome, simulation.protocol
    low, high = outcome.quantile(0.05), outcome.quantile(0.95)
    for seen in simulation.observed:
        if seen.cycles is None or not seen.is_of(protocol.current, protocol.capacity):
            continue
        if seen.cycles > high and not outcome.is_censored(high):
            yield f"{_of(seen)} is above the 90 % interval; {_why_above(simulation)}"
        elif seen.cycles < low and not seen.censored:
            yield f"{_of(seen)} is below the 90 % interval"


def _why_above(simulation: Simulation) -> str:
    """Say what would have to be otherwise for a cell to live longer than simulated."""
    first = max(simulation.outcome.probabilities.items(), key=lambda pair: pair[1])[0]
    if first == "lithium used up":
        return "with these losses it would need more lithium, on the anode or from the other electrode"
    return f"most of the draws end by {first} before"


def _of(seen: Observation) -> str:
    return f"the observed {seen.metric.replace('_', ' ')} of {seen.words} (#{seen.measurement}, {seen.conditions})"
