"""A second reading of a document, held against the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.confidence import rated_again
from schema.records import AGREED, DISAGREED, Measurement


def compared(first: Iterable[Measurement], second: Sequence[Measurement]) -> list[Measurement]:
    """Flag the measurements of one miner by what another reads in the same place.

    ``agreed`` where it reads the same metric, value and unit; ``disagreed`` where it takes the number for another
    metric or another value; no flag where it reads nothing there.  That it agrees, or does not, is a clue of the
    confidence, with the weight that it showed on gold (docs/confidence.md).

    Examples
    --------
    >>> from schema.records import Evidence, Subject
    >>> def reads(metric, value, place):
    ...     return Measurement(metric, value, "mV", Subject("Cu"), Evidence("", *place))
    >>> ours = [reads("overpotential", 20.0, (9, 11)), reads("overpotential", 32.0, (20, 22))]
    >>> [m.flags for m in compared(ours, [reads("overpotential", 20.0, (9, 11)), reads("potential", 32.0, (20, 22))])]
    [('agreed',), ('disagreed',)]
    """
    return [_flagged(m, [other for other in second if _overlap(m, other)]) for m in first]


def _flagged(measurement: Measurement, others: Sequence[Measurement]) -> Measurement:
    if not others:
        return rated_again(measurement, agrees=False)
    alike = any(same_fact(measurement, other) for other in others)
    flag, reading = AGREED if alike else DISAGREED, "the same"
    if not alike:
        reading = ", ".join(f"{o.metric} {o.value:g} {o.unit}" for o in others)
    steps = (*measurement.steps, f"a second miner reads {reading}")
    return rated_again(replace(measurement, flags=(*measurement.flags, flag), steps=steps), agrees=alike)


def _overlap(one: Measurement, two: Measurement) -> bool:
    return one.evidence.start < two.evidence.end and two.evidence.start < one.evidence.end


def same_fact(one: Measurement, two: Measurement) -> bool:
    """Say whether two measurements are of one metric, unit and value (or both ends of a range), but for rounding."""
    if (one.metric, one.unit) != (two.metric, two.unit) or (one.value_max is None) != (two.value_max is None):
        return False
    ends = ((one.value, two.value), (one.value_max or 0.0, two.value_max or 0.0))
    return all(math.isclose(a, b, rel_tol=1e-6) for a, b in ends)
