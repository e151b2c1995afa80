"""What is known of an input of the simulator, besides its prior: set by the user, reported, or carried over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.screening.priors import Distribution, Input
from schema.errors import OutOfRange

SET, REPORTED, CARRIED = "set", "reported", "carried over"
UNIFORM_SD = 1.0 / math.sqrt(12.0)  # of a uniform distribution one wide
LEAST_SPREAD = 1e-3


@dataclass(frozen=True)
class Fact:
    """One value that a paper states, in the unit of its input.

    Attributes
    ----------
    value, value_max : of a range the smaller and the larger end; else ``value_max`` is None
    qualifier : =, ~, >, >=, <, <=, range
    measurement : its id in the base; None where there is none
    origin : `REPORTED` of the sample itself or its control, `CARRIED` from another sample or paper
    sample : what it was measured on, in words, where that is not the sample itself
    current, capacity, cycles : of its test [mA/cm^2, mAh/cm^2, 1]; None where not stated
    bulk : it is of the conductor in the coating, not of the coating as it is
    cell : it was measured in; "" where not stated
    """

    value: float
    value_max: float | None = None
    qualifier: str = "="
    measurement: int | None = None
    origin: str = REPORTED
    sample: str = ""
    current: float | None = None
    capacity: float | None = None
    cycles: float | None = None
    bulk: bool = False
    cell: str = ""

    @property
    def is_bound(self) -> bool:
        return self.qualifier[0] in "<>"

    def as_loss(self) -> Fact:
        """Turn a Coulombic efficiency in percent into the share that is lost, bounds and ranges turned round.

        Raises
        ------
        OutOfRange
            Where it is above 100 percent.

        Examples
        --------
        >>> loss = Fact(98.3, qualifier=">").as_loss()
        >>> round(loss.value, 4), loss.qualifier
        (0.017, '<')
        """
        ends = [1.0 - end / 100.0 for end in (self.value, self.value_max) if end is not None]
        if min(ends) < 0.0:
            raise OutOfRange(f"a Coulombic efficiency of {max(self.value, self.value_max or 0.0):g} % is above 100 %")
        turned = self.qualifier.translate(str.maketrans("<>", "><"))
        return replace(self, value=min(ends), value_max=max(ends) if len(ends) > 1 else None, qualifier=turned)


@dataclass(frozen=True)
class Given:
    """What is known of one input, of all the values that stand for it.

    Attributes
    ----------
    facts : never empty; values, or bounds alone
    """

    facts: tuple[Fact, ...]

    @property
    def origin(self) -> str:
        return self.facts[0].origin

    @property
    def measurements(self) -> tuple[int, ...]:
        return tuple(f.measurement for f in self.facts if f.measurement is not None)

    @property
    def first(self) -> Fact:
        """The fact that the conditions are taken from."""
        return self.facts[0]

    @property
    def words(self) -> str:
        """Say where it is from.

        Examples
        --------
        >>> Given((Fact(4.0, measurement=7), Fact(50.0, measurement=8))).words
        'reported #7 #8'
        """
        ids = " ".join(f"#{number}" for number in self.measurements)
        return " ".join(filter(None, (self.origin, ids, self.first.sample)))

    def distribution(self, of: Input, prior: Distribution | None, carried_log_sd: float) -> Distribution:
        """Give what an input is drawn from.

        Values become a lognormal about their middle, as wide as the input's spread, what "about" adds, and how far
        they lie apart.  Bounds cut the prior; where there is none, they are the end of a lognormal one log-sd wide.

        Parameters
        ----------
        of : the input
        prior : that of the input; None where it has none
        carried_log_sd : added where the fact is carried over

        Examples
        --------
        >>> from kb.screening.priors import priors
        >>> thickness = priors().inputs["thickness"]
        >>> Given((Fact(4.0, 50.0, "range"),)).distribution(thickness, thickness.prior, 0.5).words
        'lognormal, median 14.1421, log-sd 0.735941'
        >>> Given((Fact(2.0, qualifier=">"),)).distribution(thickness, thickness.prior, 0.5).at(0).item()
        2.0
        """
        ends = [_inside(e, of) for f in self.facts for e in (f.value, f.value_max) if e is not None]
        if self.origin == SET:
            return Distribution("fixed", ends[0])
        if self.first.is_bound:
            return self._bounded(of, prior)
        low, high = min(ends), max(ends)
        about = 2.0 if any(f.qualifier == "~" for f in self.facts) else 1.0
        apart = UNIFORM_SD * math.log(high / low)
        carried = carried_log_sd if self.origin == CARRIED else 0.0
        spread = max(math.hypot(about * of.spread, apart, carried), LEAST_SPREAD)
        return Distribution("lognormal", math.sqrt(low * high), spread, of.least, of.most)

    def _bounded(self, of: Input, prior: Distribution | None) -> Distribution:
        least = max((f.value for f in self.facts if f.qualifier[0] == ">"), default=of.least)
        most = min((f.value for f in self.facts if f.qualifier[0] == "<"), default=of.most)
        if least > most:  # papers that contradict each other: what lies between
            least, most = most, least
        middle = _inside(least if least > of.least else most, of)
        return (prior or Distribution("lognormal", middle, 1.0, of.least, of.most)).within(least, most)


def _inside(value: float, of: Input) -> float:
    """Keep a reported value in the domain, away from the zero that a logarithm cannot take."""
    return min(max(value, of.least, 1e-12 if of.least == 0.0 else of.least), of.most)


def pooled(facts: Iterable[Fact], current: float, capacity: float) -> Given | None:
    """Choose, of all facts for one input, those that stand for it; None where there is none.

    The sample's own before those carried over; then those whose test agrees best with the current density and areal
    capacity asked for; then values before bounds.  All that are left count.

    Parameters
    ----------
    facts : of one input
    current : [mA/cm^2]
    capacity : [mAh/cm^2]

    Examples
    --------
    >>> facts = [Fact(0.017, current=1, measurement=1), Fact(0.044, current=3, measurement=2)]
    >>> pooled(facts, current=1, capacity=1).measurements
    (1,)
    """
    left: Sequence[Fact] = list(facts)
    for rank in (
        lambda f: (SET, REPORTED, CARRIED).index(f.origin),
        lambda f: -_agreement(f.current, current) - _agreement(f.capacity, capacity),
        lambda f: f.is_bound,
    ):
        if left:
            best = min(map(rank, left))
            left = [f for f in left if rank(f) == best]
    return Given(tuple(left)) if left else None


def _agreement(stated: float | None, asked: float) -> int:
    if stated is None:
        return 0
    return 1 if math.isclose(stated, asked, rel_tol=0.01) else -1
