"""Effects of different conditions set side by side: adjusted by a regression where there are enough, else widened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.screening.regression import Regression, regress
from kb.screening.shrinkage import FEWEST, Intervals
from kb.screening.strata import Stratum, comparable, stratum_of

if TYPE_CHECKING:
    from kb.comparison import Compared

Floats = NDArray[np.float64]
Rows = Mapping[int, Mapping[str, Any]]

ACROSS_SD = 0.3  # added for each condition that differs from the stratum of the others (judgement)
EFFECTS_EACH = 8  # effects for each coefficient, below which nothing is fitted (judgement; ten is a usual rule)
NUMBERS: Mapping[str, str] = {"current": "current_density_mA_cm2", "capacity": "areal_capacity_mAh_cm2"}
KINDS = ("cell", "electrolyte")


def widened(
    effects: Sequence[Compared], rows: Rows, stratum: Stratum, settled: frozenset[str] = frozenset()
) -> list[Compared]:
    """Add variance for each condition that differs from the stratum.

    Parameters
    ----------
    effects : of one metric
    rows : measurements by their ids
    settled : conditions for which nothing is added
    """
    out = []
    for effect in effects:
        stated = _stated(effect, rows)
        differing = sum(stated.get(k, v) != v for k, v in stratum.stated.items() if k not in settled)
        out.append(replace(effect, sd=math.sqrt(effect.sd**2 + differing * ACROSS_SD**2)))
    return out


def adjusted(effects: Sequence[Compared], rows: Rows, stratum: Stratum) -> tuple[list[Compared], str]:
    """Take effects to the conditions of the stratum by regression, and widen them by what that leaves uncertain.

    ln y ~ ln i + ln Q + cell + electrolyte, as much of it, in that order, as the effects differ in and as there are
    ``EFFECTS_EACH`` of them for each coefficient.  To the variance come that of the shift and
    what the residuals outside of the stratum spread more than those within; a condition that is not in the regression
    adds its fixed variance.

    Returns
    -------
    effects, and what was done in words

    References
    ----------
    physics.md section g2.
    """
    known = [i for i, e in enumerate(effects) if math.isfinite(e.low) or math.isfinite(e.high)]
    design = _design([effects[i] for i in known], rows, stratum)
    if not design.names:
        few = f"too few effects ({len(known)}) to learn how conditions matter"
        return widened(effects, rows, stratum), f"{few}; {ACROSS_SD:g} ln units for each that differs"
    intervals = Intervals.of(*([getattr(effects[i], name) for i in known] for name in ("low", "high", "sd")))
    found = regress(intervals, design.fitted)
    shifts, variances = found.shift(design.apart)
    excess = _excess(intervals, design, found)
    out = widened(effects, rows, stratum, design.settled)
    for i, shift, variance, inside in zip(known, shifts.tolist(), variances.tolist(), design.inside, strict=True):
        sd = math.sqrt(out[i].sd ** 2 + variance + (0.0 if inside else excess))
        out[i] = replace(out[i], low=out[i].low - shift, high=out[i].high - shift, sd=sd)
    return out, _words(design, found, excess)


@dataclass(frozen=True)
class _Design:
    """Conditions as numbers.

    Attributes
    ----------
    names : of the slopes, such as "current" or "cell full LFP"
    fitted : float64 array, shape (n, p - 1); what is not stated is the mean of what is
    apart : float64 array, shape (n, p - 1); less the reference, 0 where it is not stated
    inside : of each effect, whether the stratum holds it
    """

    names: tuple[str, ...]
    fitted: Floats
    apart: Floats
    inside: tuple[bool, ...]

    @property
    def settled(self) -> frozenset[str]:
        return frozenset(name.split(" ")[0] for name in self.names)


def _design(effects: Sequence[Compared], rows: Rows, stratum: Stratum) -> _Design:
    seen = [_row(e, rows) for e in effects]
    inside = tuple(row is not None and comparable(stratum, stratum_of(row)) for row in seen)
    most = len(effects) // EFFECTS_EACH - 1  # slopes beside the constant
    names: list[str] = []
    fitted: list[Floats] = []
    apart: list[Floats] = []
    for name, column in NUMBERS.items():
        x = np.array([math.log(row[column]) if row and row[column] else math.nan for row in seen])
        stated = np.isfinite(x)
        if len(names) < most and stated.sum() >= FEWEST and np.unique(x[stated]).size > 1:
            within = stated & np.array(inside)
            centre = float(x[within if within.any() else stated].mean())
            names.append(name)
            fitted.append(np.where(stated, x, x[stated].mean()) - centre)
            apart.append(np.where(stated, x - centre, 0.0))
    for name in KINDS:
        own = getattr(stratum, name)
        kinds = [stratum_of(row).stated.get(name, own) if row else own for row in seen]
        others = sorted({kind for kind in kinds if kind != own and kinds.count(kind) >= FEWEST})
        # A kind of too few cells would go into the constant, so all of a condition are told apart or none.
        if own and others and len(names) + len(others) <= most and {*kinds} == {own, *others} and own in kinds:
            for other in others:
                column_ = np.array([float(kind == other) for kind in kinds])
                names.append(f"{name} {other}")
                fitted.append(column_)
                apart.append(column_)
    shape = (len(effects), len(names))
    return _Design(tuple(names), np.array(fitted).T.reshape(shape), np.array(apart).T.reshape(shape), inside)


def _excess(effects: Intervals, design: _Design, found: Regression) -> float:
    """Give how much more the residuals of values spread outside of the stratum than within [ln units^2]."""
    exact, inside = effects.exact, np.array(design.inside)
    left = np.where(exact, effects.low, 0.0) - found.coefficients[0] - design.fitted @ found.coefficients[1:]
    outside, within = left[exact & ~inside], left[exact & inside]
    if len(outside) < FEWEST:
        return 0.0
    expected = within @ within / len(within) if len(within) >= FEWEST else np.mean(effects.sd[exact & ~inside] ** 2)
    return max(float(outside @ outside / len(outside) - expected), 0.0)


def _words(design: _Design, found: Regression, excess: float) -> str:
    """Say a regression: what twice the current does, what another cell does, with 90 % intervals."""
    told = []
    errors = np.sqrt(np.diag(found.covariance))[1:]
    for name, slope, error in zip(design.names, found.coefficients[1:].tolist(), errors.tolist(), strict=True):
        doubled = name in NUMBERS
        at = [(math.log(2) if doubled else 1.0) * x for x in (slope, slope - 1.645 * error, slope + 1.645 * error)]
        middle, low, high = (f"{math.exp(x):.2g}" for x in at)
        told.append(f"x{middle} ({low}-{high}) {'for twice the ' if doubled else 'in '}{name.removeprefix('cell ')}")
    rest = f"; x{math.exp(math.sqrt(excess)):.2g} more spread outside" if excess > 0 else ""
    return f"adjusted by regression on {found.n} effects: {', '.join(told)}{rest}"


def _row(effect: Compared, rows: Rows) -> Mapping[str, Any] | None:
    seen = effect.observation
    return None if seen is None or seen.measurement is None else rows[seen.measurement]


def _stated(effect: Compared, rows: Rows) -> Mapping[str, str]:
    row = _row(effect, rows)
    return stratum_of(row).stated if row is not None else {}
