"""A coating that is tried out: what is set of it, in steps of round numbers, and how each number came about."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kb.lives import Fitted, last_fitted
from kb.reported import Reported, reported
from kb.screening.outcome import Run
from kb.screening.priors import priors
from kb.settings import CLASSES, EFFICIENCY, settings
from kb.simulation import Simulation, simulate_reported
from kb.words import number, unit

ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
# What is offered from the start; anything else that kb simulate sets can be added.
USUAL = ("current", "capacity", "lithium", "thickness", EFFICIENCY, "conductivity", "modulus", "limiting_current")
SPAN = 30.0  # times and part of a number that has no distribution: the ends of its slider
OUTER, INNER = (0.005, 0.995), (0.05, 0.5, 0.95)
BEGINNING = 99.0  # percent, of an efficiency that is set where none is known


@dataclass(frozen=True)
class Trial:
    """A candidate, or none, and what is set of it.

    Attributes
    ----------
    known : what the base knows of the candidate; None for a what-if
    told : parameter -> what is set, as :func:`kb.settings.settings` reads it: "800 nm"
    fitted : the calibration of the base, where it beat the baselines
    """

    known: Reported | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    fitted: Fitted | None = None

    @property
    def name(self) -> str:
        """The candidate's, or "What if"."""
        return self.known.name if self.known is not None else "What if"

    def setting(self, key: str, text: str) -> Trial:
        """Set a parameter.

        Raises
        ------
        UnknownParameter, UnitMismatch, OutOfRange
            Where it cannot be read, or is outside its domain.
        """
        settings([f"{key}={text}"])
        return replace(self, told={**self.told, key: text.strip()})

    def without(self, key: str) -> Trial:
        """Take a setting back: what is reported or assumed holds again."""
        return replace(self, told={k: text for k, text in self.told.items() if k != key})

    def simulated(self, draws: int, whole: bool) -> Simulation:
        """Simulate it.

        Parameters
        ----------
        whole : also follow some draws over the cycles
        """
        return simulate_reported(
            self.known, self.fitted, settings=self.told, run=Run(draws), traced=whole, sensitivity=False
        )


def begun(db: sqlite3.Connection, name: str | None = None, paper: str | None = None) -> Trial:
    """Read what a base knows of a candidate, and its calibration.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    name, paper : as :func:`kb.reported.reported` takes them; a what-if without a name

    Raises
    ------
    UnknownCandidate, AmbiguousCandidate
        As :func:`kb.reported.reported` does.
    """
    return Trial(reported(db, name, paper) if name is not None else None, {}, last_fitted(db))


@dataclass(frozen=True)
class Level:
    """One parameter as it stands in a simulation, in its unit.

    Attributes
    ----------
    low, middle, high : 5, 50 and 95 % of what it may be; all the same where it is one number; NaN where it follows
    least, most : the ends of its slider
    origin : "set", "assumed", "reported #17", "prior", "judgement" ...; "follows" where others say what it is
    """

    key: str
    unit: str
    low: float
    middle: float
    high: float
    least: float
    most: float
    origin: str

    @property
    def is_prior(self) -> bool:
        """Whether nobody reported or set it."""
        return self.origin in ("prior", "judgement", "assumed")

    @property
    def words(self) -> str:
        """The number with its unit; "~" before the middle of a spread.

        Examples
        --------
        >>> Level("thickness", "um", 1.0, 2.0, 4.0, 0.1, 50.0, "prior").words
        '~ 2 µm'
        """
        if math.isnan(self.middle):
            return "–"
        about = "~ " if self.high > self.low else ""
        return f"{about}{number(float(f'{self.middle:.3g}'))} {unit(self.unit)}".rstrip()


def level(simulation: Simulation, key: str, told: Mapping[str, str]) -> Level:
    """Say how a parameter stands in a simulation.

    Parameters
    ----------
    told : what is set
    """
    known, study = priors(), simulation.study
    if key in CLASSES:
        of = study.classes.get(CLASSES[key], "")
        return Level(key, of or "not known", *(math.nan,) * 5, "set" if key in told else "reported" if of else "prior")
    if key in known.protocol:
        value, usual = float(getattr(simulation.protocol, key)), known.protocol[key]
        origin = "assumed" if key in simulation.assumed else "set"
        return _level(key, usual.unit, (value,) * 3, (usual.value / SPAN, usual.value * SPAN), origin)
    if key == EFFICIENCY:
        lost = study.inputs.get("loss")
        if lost is None:
            return Level(key, "percent", *(math.nan,) * 5, "follows")
        high, middle, low = (100.0 * (1.0 - lost.distribution.at(np.array(INNER)))).tolist()
        return Level(key, "percent", low, middle, high, min(low, 90.0), 100.0, "set" if key in told else lost.origin)
    of_it, drawn = known.known(key), study.inputs.get(key)
    if drawn is not None:
        # The slider has the ends of the prior, so that they stay when a number is set.
        prior = drawn.input.prior_for(study.classes) if drawn.input.prior is not None else drawn.distribution
        ends = tuple(prior.at(np.array(OUTER)).tolist())
        return _level(key, of_it.unit, tuple(drawn.distribution.at(np.array(INNER)).tolist()), ends, drawn.origin)
    if key in study.fixed:
        value = study.fixed[key]
        return _level(key, of_it.unit, (value,) * 3, (value / SPAN, value * SPAN), "set")
    return Level(key, of_it.unit, *(math.nan,) * 5, "follows")


def _level(key: str, of: str, numbers: tuple[float, ...], ends: tuple[float, ...], origin: str) -> Level:
    low, middle, high = numbers
    if not ends[0] < ends[1]:
        ends = (middle / SPAN, middle * SPAN) if middle > 0 else (0.0, 1.0)
    return Level(key, of, low, middle, high, min(low, ends[0]), max(high, ends[1]), origin)


def stepped(one: Level, by: int) -> str:
    """Give the next round number up or down, as it is set; an efficiency steps by what is lost.

    Examples
    --------
    >>> stepped(Level("thickness", "um", 1.0, 2.1, 4.0, 0.1, 50.0, "prior"), 1)
    '2.5 um'
    >>> stepped(Level("coulombic_efficiency", "percent", 98.0, 98.0, 98.0, 90.0, 100.0, "set"), 1)
    '98.5 percent'
    >>> stepped(Level("coulombic_efficiency", "percent", *(math.nan,) * 5, "follows"), 1)
    '99 percent'
    """
    if one.key == EFFICIENCY:
        if math.isnan(one.middle):
            return f"{BEGINNING:g} percent"
        lost = _next(max(100.0 - one.middle, 0.001), -by)
        return f"{100.0 - lost:.6g} percent"
    value = _next(one.middle, by) if one.middle > 0 else 0.0
    return f"{value:.6g} {'' if one.unit == '1' else one.unit}".strip()


def _next(value: float, by: int) -> float:
    """Go to the next of the round numbers.

    >>> _next(2.0, 1), _next(1.0, -1), _next(0.13, 1)
    (2.5, 0.8, 0.15)
    """
    power = math.floor(math.log10(value) + 1e-9)
    ladder = [r * 10.0**p for p in (power - 1, power, power + 1) for r in ROUND]
    if by > 0:
        return float(f"{next(x for x in ladder if x > value * (1 + 1e-6)):.6g}")
    return float(f"{next(x for x in reversed(ladder) if x < value * (1 - 1e-6)):.6g}")
