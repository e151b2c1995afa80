"""Made-up papers without a fault, and the same with faults planted in known places: what the rules are measured on.

A paper here is consistent: its cell lives as long as its lithium lasts, its hours are those of its cycles, impedance
bears out its exchange current, its control is worse.  Beside that it has what looks like a fault and is none: rests
between cycles, efficiencies rounded in the abstract, a life of another cell.  The numbers are drawn at random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kb.audit.floors import RATIOS
from kb.screening.models import cycles_before_fade, exchange_current_density
from kb.testing import Said, compose
from schema.records import Conditions, Mined, Subject

CELL, HALF, FULL = "Li|Li symmetric", "Li|Cu half", "full LFP"


@dataclass
class Draft:
    """A paper that is being written.

    Attributes
    ----------
    said : its sentences by what they are of, in their order
    twin : those of its other format; None where it has none
    planted : names of the sentences in which the fault is
    """

    said: dict[str, Said]
    random: random.Random
    twin: dict[str, Said] | None = None
    planted: tuple[str, ...] = ()
    drawn: dict[str, float] = field(default_factory=dict)

    def change(self, name: str, value: float, decimals: int | None = None, **more: Any) -> None:
        """Give a sentence another number."""
        old = self.said[name]
        number = f"{value:.{decimals}f}" if decimals is not None else f"{value:.4g}"
        told = replace(old, text=old.text.replace(old.number, number), number=number, more={**old.more, **more})
        self.said[name] = told
        if self.twin is not None and name in self.twin:
            self.twin[name] = told
        self.planted = (name,)


@dataclass(frozen=True)
class Planted:
    """Where a fault is: the file, and which of its measurements, from 0."""

    rule: str
    source: str
    ordinals: tuple[int, ...]


def _say(metric: str, unit: str, value: float, subject: Subject, words: str = "", decimals: int | None = None,
         conditions: Conditions | None = None, **more: Any) -> Said:  # fmt: skip
    number = f"{value:.{decimals}f}" if decimals is not None else f"{value:.4g}"
    # Each sentence differs, as those of a paper do.
    text = f"{words or metric.replace('_', ' ')} of {subject.name}: {number} {unit}."
    return Said(text, number, subject, metric, unit, conditions or Conditions(), more)


def sound_paper(draw: random.Random, number: int) -> Draft:
    """Write a paper that has no fault."""
    coated = Subject(f"X{number} coated Cu", (f"X{number}",), "Cu", "surface coating")
    bare = Subject("bare Cu", ("Cu",))
    current, capacity = draw.choice((0.5, 1.0, 2.0, 3.0)), draw.choice((0.5, 1.0, 2.0))
    electrolyte = draw.choice(("ether", "carbonate"))
    loss = min(0.02 * draw.lognormvariate(0, 0.4), 0.1)
    worse = draw.uniform(1.3, 3.0)
    lithium = capacity * draw.choice((4, 6, 10))
    test = Conditions(current_density_mA_cm2=current, areal_capacity_mAh_cm2=capacity, electrolyte_class=electrolyte)
    half, symmetric = replace(test, cell=HALF, cycles=200.0), replace(test, cell=CELL)
    said: dict[str, Said] = {}
    drawn = {"current": current, "capacity": capacity}
    said["lithium"] = _say("areal_capacity", "mAh/cm^2", lithium, coated, "Lithium that was predeposited")
    for sample, name, lost in ((coated, "", loss), (bare, "bare ", loss * worse)):
        control: dict[str, Any] = {"is_control": sample is bare}
        efficiency = round(100 * (1 - lost), 1)
        allowed = float(cycles_before_fade(2 * lithium - capacity, capacity, efficiency / 100, 2))
        # Cells end before their lithium does, or somewhat later, as copper loses more.
        most = allowed * 1.3 if sample is coated else 0.9 * min(drawn["cycles"], allowed * 1.3)
        cycles = max(round(most * draw.uniform(0.4, 1.0)), 2)
        hours = cycles * 2 * capacity / current * draw.uniform(1.0, 1.15)  # with rests
        drawn |= {f"{name}allowed": allowed * 2 * capacity / current, f"{name}cycles": float(cycles)}
        said[f"{name}efficiency"] = _say("coulombic_efficiency", "percent", efficiency, sample, "Efficiency", 1, half,
                                         **control)  # fmt: skip
        said[f"{name}hours"] = _say("cycling_hours", "h", round(hours, 1), sample, "Life", 1, symmetric, **control)
        said[f"{name}cycles"] = _say("cycle_count", "1", cycles, sample, "Cycles", 0, symmetric, **control)
        drawn["resistance"] = (
            25 * draw.lognormvariate(0, 0.4) if sample is coated else drawn["resistance"] * draw.uniform(1.3, 4)
        )
        resistance = drawn["resistance"]
        exchange = float(exchange_current_density(resistance * 1.3)) * draw.lognormvariate(0, 0.3)
        said[f"{name}resistance"] = _say("charge_transfer_resistance", "ohm", resistance, sample, **control)
        said[f"{name}exchange"] = _say("exchange_current_density", "mA/cm^2", exchange, sample, "Tafel i0", **control)
        eta = draw.lognormvariate(3.2, 0.5) * (1.0 if sample is coated else draw.uniform(1.8, 4.0))
        plateau = max(float(said["overpotential"].number) * 1.3, eta) if sample is bare else eta
        said[f"{name}overpotential"] = _say("overpotential", "mV", plateau, sample, conditions=symmetric, **control)
    said["thickness"] = _say("coating_thickness", "um", draw.lognormvariate(1.0, 1.2), coated)
    said["conductivity"] = _say("ionic_conductivity", "S/cm", 3e-4 * draw.lognormvariate(0, 1.5), coated)
    said["angle"] = _say("contact_angle", "deg", draw.uniform(5, 120), coated, decimals=1)
    said["ratio"] = _say("np_ratio", "1", draw.uniform(1, 20), coated, decimals=1)
    reservoir = round(100 - 100 * loss * 2, 1)
    said["reservoir"] = _say("coulombic_efficiency", "percent", reservoir, coated, "Average efficiency by a reservoir "
                             "protocol", 1, Conditions(current_density_mA_cm2=0.1, cell=HALF))  # fmt: skip
    # No faults: a rounded restatement, the life of another cell, a number at two rates.
    rounded = round(100 * (1 - loss))
    said["rounded"] = _say("coulombic_efficiency", "percent", rounded, coated, "In short", 0, half, qualifier="~")
    said["full"] = _say("cycle_count", "1", draw.randint(100, 900), coated, "Full cells ran", 0, Conditions(cell=FULL))
    said["fast"] = _say("coulombic_efficiency", "percent", round(100 * (1 - loss * 1.6), 1), coated, "Faster", 1,
                        replace(half, current_density_mA_cm2=current * 3))  # fmt: skip
    return Draft(said, draw, drawn=drawn)


# Faults --------------------------------------------------------------------------------------------------------------


def _impossible(of: Draft) -> None:
    name, value = of.random.choice((("fast", 102.4), ("angle", 187.0), ("efficiency", 110.3)))
    of.change(name, value, 1)


def _unit_suspect(of: Draft) -> None:
    name = of.random.choice(("overpotential", "conductivity", "thickness", "exchange", "resistance"))
    value = float(of.said[name].number) * of.random.choice((1000, 0.001))
    of.change(name, value)


def _implausible(of: Draft) -> None:
    name, value = of.random.choice((("ratio", 900.0), ("full", 90000.0)))
    of.change(name, value, 0)


def _ce_against_life(of: Draft) -> None:
    hours = of.drawn["allowed"] * of.random.uniform(1.8, 8)
    cycles = hours * of.drawn["current"] / (2 * of.drawn["capacity"])
    of.change("hours", hours, 1, qualifier=of.random.choice((">", "=")))
    of.change("cycles", round(cycles), 0)  # so that these two agree
    of.planted = ("hours", "cycles")


def _hours_against_cycles(of: Draft) -> None:
    cycles = of.drawn["bare cycles"] / of.random.uniform(1.8, 6)
    of.change("bare cycles", max(round(cycles), 1), 0)


def _ce_at_floor(of: Draft) -> None:
    ratio = of.random.choice(RATIOS[1:])
    of.change("reservoir", 100 * ratio / (ratio + 1), 1)


def _tafel_against_impedance(of: Draft) -> None:
    name = of.random.choice(("exchange", "bare exchange"))
    of.change(name, float(of.said[name].number) * of.random.choice((0.01, 0.03, 30, 100)))


def _again(of: Draft, name: str, value: float, words: str) -> None:
    first = of.said[name]
    decimals = len(first.number.partition(".")[2])
    again = replace(first, number=f"{value:.{decimals}f}")
    of.said["again"] = replace(again, text=f"{words} {first.subject.name} gives {again.number} {first.unit}.")
    of.planted = ("again", name)
    if of.twin is not None:
        of.twin["again"] = of.said["again"]


def _contradiction(of: Draft) -> None:
    off = of.random.choice((-1, 1)) * of.random.choice((0.1, 0.2, 0.5, 1.0))
    _again(of, "efficiency", float(of.said["efficiency"].number) - abs(off), "As concluded,")


def _duplicate(of: Draft) -> None:
    name = of.random.choice(("efficiency", "hours", "angle"))
    _again(of, name, float(of.said[name].number), "As said above,")


def _formats_disagree(of: Draft) -> None:
    of.twin = dict(of.said)
    name = of.random.choice(("resistance", "exchange", "angle", "thickness"))
    if of.random.random() < 0.5:
        value = float(of.said[name].number) * 1.7
        old = of.twin[name]
        number = f"{value:.4g}"
        of.twin[name] = replace(old, text=old.text.replace(old.number, number), number=number)
    else:
        of.twin[name] = replace(of.twin[name], subject=Subject("polished Li", ("Li", "Mg")))
    of.planted = (name,)


def _control_better(of: Draft) -> None:
    name = of.random.choice(("overpotential", "resistance"))
    mine, theirs = of.said[name], of.said[f"bare {name}"]
    for key, said in ((name, theirs), (f"bare {name}", mine)):
        old = of.said[key]
        of.said[key] = replace(old, text=old.text.replace(old.number, said.number), number=said.number)
    of.planted = (name, f"bare {name}")


def _outlier(of: Draft) -> None:
    value = float(of.said["conductivity"].number) * of.random.choice((1e-8, 1e-7))
    of.change("conductivity", value)


FAULTS: Mapping[str, Callable[[Draft], None]] = {
    "impossible": _impossible, "unit_suspect": _unit_suspect, "implausible": _implausible,
    "ce_against_life": _ce_against_life, "hours_against_cycles": _hours_against_cycles, "ce_at_floor": _ce_at_floor,
    "tafel_against_impedance": _tafel_against_impedance, "contradiction": _contradiction, "duplicate": _duplicate,
    "formats_disagree": _formats_disagree, "control_better": _control_better, "outlier": _outlier,
}  # fmt: skip


def papers_with_faults(sound: int, faults: int, seed: int = 0) -> Iterator[tuple[Mined, Planted | None]]:
    """Make papers in which one thing is wrong, and others in which nothing is.

    Parameters
    ----------
    sound : how many without a fault; every third has a second format that says the same
    faults : how many of each of FAULTS

    Returns
    -------
    iterator of mined documents, each with the fault that is planted in it; None where there is none

    Examples
    --------
    >>> made = list(papers_with_faults(2, 1, seed=3))
    >>> len({mined.document.doi for mined, _ in made}), sum(fault is not None for _, fault in made) >= len(FAULTS)
    (14, True)
    """
    draw = random.Random(seed)
    kinds = [None] * sound + [rule for rule in FAULTS for _ in range(faults)]
    draw.shuffle(kinds)
    for number, rule in enumerate(kinds):
        draft = sound_paper(draw, number)
        if rule is None and number % 3 == 0:
            draft.twin = dict(draft.said)
        if rule is not None:
            FAULTS[rule](draft)
        formats = [(f"planted{number}.txt", draft.said), (f"planted{number}.md", draft.twin)]
        for source, said in formats:
            if said is None:
                continue
            # The other format has its words in its own order.
            title = f"Made-up paper number {number} on X{number}"
            mined = compose(*said.values(), source=source, doi=f"10.1000/planted{number}", title=title)
            places = tuple(list(said).index(name) for name in draft.planted)
            yield mined, Planted(rule, source, places) if rule is not None else None
