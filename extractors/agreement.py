"""A second reading of a document, held against the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from schema.records import AGREED, DISAGREED, Measurement

# Of 603 values of the hand-annotated papers, 9 % of those read alike have a wrong number, sample or main condition,
# and 16 % of the others: of the doubt in a record so much is left.
_DOUBT_LEFT = 0.6


def compared(first: Iterable[Measurement], second: Sequence[Measurement]) -> list[Measurement]:
    """Flag the measurements of one miner by what another reads in the same place.

    ``agreed`` where it reads the same metric, value and unit, which also raises the confidence; ``disagreed`` where it
    takes the number for another metric or another value; no flag where it reads nothing there.

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
        return measurement
    if any(same_fact(measurement, other) for other in others):
        sure = round(1 - _DOUBT_LEFT * (1 - measurement.confidence), 3)
        return _told(replace(measurement, confidence=sure), AGREED, "the same")
    return _told(measurement, DISAGREED, ", ".join(f"{o.metric} {o.value:g} {o.unit}" for o in others))


def _told(measurement: Measurement, flag: str, reading: str) -> Measurement:
    steps = (*measurement.steps, f"a second miner reads {reading}")
    return replace(measurement, flags=(*measurement.flags, flag), steps=steps)


def _overlap(one: Measurement, two: Measurement) -> bool:
    return one.evidence.start < two.evidence.end and two.evidence.start < one.evidence.end


def same_fact(one: Measurement, two: Measurement) -> bool:
    """Say whether two measurements are of one metric, unit and value (or both ends of a range), but for rounding."""
    if (one.metric, one.unit) != (two.metric, two.unit) or (one.value_max is None) != (two.value_max is None):
        return False
    ends = ((one.value, two.value), (one.value_max or 0.0, two.value_max or 0.0))
    return all(math.isclose(a, b, rel_tol=1e-6) for a, b in ends)
