"""The effect of a protection against the control of the same paper.

A life of 1000 h says little across papers; three times the life of the paper's own bare lithium says more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Direction = Literal["max", "min"]

# Efficiencies near 100 % are compared by what is lost: 99 against 98 % is half the loss, not 1 % more.
LOSS_METRICS = frozenset({"coulombic_efficiency", "initial_coulombic_efficiency", "capacity_retention_per_cycle"})
LIFE_METRICS = frozenset({"cycle_count", "cycling_hours", "failure_cycle"})
# The zero of these scales is a convention (a reference electrode, freezing water), so a ratio means nothing.
INTERVAL_UNITS = frozenset({"V", "degC"})
# Qualifier -> which way the true value may lie from the one reported.
OPEN_SIDE = {">": 1, ">=": 1, "<": -1, "<=": -1}


@dataclass(frozen=True)
class Observation:
    """One value of one metric, as a paper reports it for one system.

    Attributes
    ----------
    value, value_max : in ``unit``; of a range the smaller and the larger end, else ``value_max`` is None
    unit : the metric's controlled unit
    qualifier : one of ``schema.records.QUALIFIERS``
    measurement : id of the measurement in its base, or None outside a base
    control : the same metric of the same paper's control under the same conditions; None where it gives none
    conditions : the conditions in words, for tables and plots
    caveat : why it is taken for a bound though it is printed as a value; "" where it is not
    """

    value: float
    unit: str
    value_max: float | None = None
    qualifier: str = "="
    measurement: int | None = None
    control: Observation | None = None
    conditions: str = ""
    caveat: str = ""

    def end(self, largest: bool) -> float:
        """Give one end of a range; the value itself where there is no range."""
        if self.value_max is None:
            return self.value
        return max(self.value, self.value_max) if largest else min(self.value, self.value_max)

    def worse_end(self, direction: Direction) -> float:
        """Give the value to be held to: of a range the end that is worse for the direction.

        Examples
        --------
        >>> Observation(20, "mV", value_max=50, qualifier="range").worse_end("min")
        50
        """
        return self.end(largest=direction == "min")


@dataclass(frozen=True)
class Effect:
    """The effect on one metric; ``log_ratio`` is NaN where it cannot be given, and ``reason`` says why.

    Attributes
    ----------
    kind : "ratio" for ln(treated / control), "loss" for ln of the ratio of losses, "none" where not given
    log_ratio : natural logarithm [1]
    bound : ">=" or "<=" where the logarithm is only known to lie on that side, else ""
    text : for people: "x3.5 longer", "loss <= x0.61"; "" where not given
    """

    metric: str
    kind: Literal["ratio", "loss", "none"]
    log_ratio: float = math.nan
    bound: str = ""
    text: str = ""
    reason: str = ""

    @property
    def signed(self) -> str:
        """The logarithm for people: "+1.25", ">= +0.92"; "" where not given."""
        if math.isnan(self.log_ratio):
            return ""
        return f"{self.bound} {self.log_ratio:+.2f}".strip()

    def gain(self, direction: Direction) -> float:
        """Give the effect with the sign turned so that more is better for the direction; NaN where not given."""
        return self.log_ratio if (direction == "max") != (self.kind == "loss") else -self.log_ratio


def _factor(ratio: float) -> str:
    if ratio >= 1e6 or ratio < 1e-3:
        return f"x{ratio:.1e}"
    if ratio >= 9.95:
        return f"x{ratio:.0f}"
    if ratio >= 1.095:
        return f"x{ratio:.1f}"
    return f"x{ratio:.2f}"


def _words(metric: str, kind: str, log_ratio: float, bound: str) -> str:
    """Say a logarithm as a factor; a fall is said as the inverse factor, which turns its bound round."""
    if kind == "loss":
        # Not through exp() of a number out of range: losses lie between 0 and 100 %, so the ratio is finite.
        return f"loss {bound} {_factor(math.exp(log_ratio))}".replace("  ", " ")
    more, less = ("longer", "shorter") if metric in LIFE_METRICS else ("higher", "lower")
    if log_ratio == 0 and not bound:
        return "unchanged"
    if log_ratio < 0:
        bound = {">=": "<=", "<=": ">="}.get(bound, "")
    return f"{bound} {_factor(math.exp(min(abs(log_ratio), 700.0)))} {more if log_ratio >= 0 else less}".strip()


def effect(metric: str, observation: Observation, direction: Direction) -> Effect:
    """Give the effect of a treatment against its control.

    For efficiencies near 100 % (``LOSS_METRICS``) it is the ratio of losses, ln[(100 - y_t) / (100 - y_c)], negative
    where less is lost; for all else ln(y_t / y_c).

    Of a range the treated sample is held to the end that is worse for ``direction``, the control is granted the better
    one: the effect is understated rather than overstated.  An open value ("over 1400 h") on either side makes the
    effect a bound; open on both sides, it makes no effect where they pull apart.

    Parameters
    ----------
    metric : a controlled name
    observation : the treated sample, with its control
    direction : "max" or "min", which way is better

    References
    ----------
    physics.md section g1; Hedges, Gurevitch, Curtis, Ecology 80, 1150 (1999), the log response ratio.

    Examples
    --------
    >>> life = Observation(1400, "h", qualifier=">", control=Observation(400, "h"))
    >>> found = effect("cycling_hours", life, "max")
    >>> found.signed, found.text
    ('>= +1.25', '>= x3.5 longer')
    >>> effect("coulombic_efficiency", Observation(98.3, "percent", control=Observation(97.2, "percent")), "max").text
    'loss x0.61'
    """

    def none(reason: str) -> Effect:
        return Effect(metric, "none", reason=reason)

    control = observation.control
    if control is None:
        return none("no control in the paper for it")
    if observation.unit != control.unit:
        return none(f"control in another unit ({control.unit} against {observation.unit})")
    if observation.unit in INTERVAL_UNITS:
        return none(f"values in {observation.unit} have no ratio: the zero of the scale is a convention")
    treated = observation.worse_end(direction)
    reference = control.end(largest=direction == "max")
    if not (math.isfinite(treated) and math.isfinite(reference)):
        return none("a value is not a finite number")
    sides = {OPEN_SIDE.get(observation.qualifier, 0), -OPEN_SIDE.get(control.qualifier, 0)} - {0}
    if len(sides) == 2:
        return none("treated and control are bounds that pull apart")
    side = sides.pop() if sides else 0

    kind: Literal["ratio", "loss"] = "ratio"
    if metric in LOSS_METRICS:
        kind, side = "loss", -side
        if max(treated, reference) > 100 or min(treated, reference) < 0:
            return none("an efficiency outside 0 to 100 %")
        treated, reference = 100 - treated, 100 - reference
        if treated == 0 or reference == 0:
            return none("100 % leaves no loss to compare")
    elif treated <= 0 or reference <= 0:
        return none("a ratio needs two values above zero")
    # Two logarithms, because the ratio of a very large and a very small number may overflow.
    log_ratio = math.log(treated) - math.log(reference)
    bound = {1: ">=", -1: "<=", 0: ""}[side]
    return Effect(metric, kind, log_ratio, bound, _words(metric, kind, log_ratio, bound))
