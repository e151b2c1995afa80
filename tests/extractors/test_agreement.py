"""Two readings of one document: what they agree on, what not, where one is silent."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractors.agreement import compared, same_fact
from schema.records import AGREED, DISAGREED, Evidence, Measurement, Subject

SURE = st.floats(0, 1).map(lambda c: round(c, 3))
FACTS = st.builds(
    lambda metric, value, start, confidence: Measurement(
        metric, value, "mV", Subject("Cu"), Evidence("", start, start + 2), confidence=confidence
    ),
    st.sampled_from(["overpotential", "voltage_hysteresis"]),
    st.sampled_from([20.0, 32.0]),
    st.integers(0, 6),
    SURE,
)


def reads(metric: str, value: float, start: int = 10, value_max: float | None = None) -> Measurement:
    return Measurement(
        metric, value, "mV", Subject("Cu"), Evidence("", start, start + 2), value_max=value_max, confidence=0.8
    )


def flags(ours: Measurement, *theirs: Measurement) -> tuple[str, ...]:
    (one,) = compared([ours], theirs)
    return one.flags


def test_the_same_fact_in_the_same_place_is_agreed_on() -> None:
    assert flags(reads("overpotential", 20), reads("overpotential", 20)) == (AGREED,)
    assert flags(reads("overpotential", 0.1 + 0.2), reads("overpotential", 0.3)) == (AGREED,)


def test_another_metric_or_value_in_the_same_place_is_a_disagreement() -> None:
    assert flags(reads("overpotential", 20), reads("voltage_hysteresis", 20)) == (DISAGREED,)
    assert flags(reads("overpotential", 20), reads("overpotential", 2)) == (DISAGREED,)
    assert flags(reads("overpotential", 20, value_max=30), reads("overpotential", 20)) == (DISAGREED,)


def test_one_right_reading_is_enough() -> None:
    assert flags(reads("overpotential", 20), reads("voltage_hysteresis", 20), reads("overpotential", 20)) == (AGREED,)


def test_the_same_fact_elsewhere_says_nothing() -> None:
    assert flags(reads("overpotential", 20), reads("overpotential", 20, start=12)) == ()


def test_flags_and_steps_that_were_there_stay_and_the_other_reading_is_told() -> None:
    ours = replace(reads("overpotential", 20), flags=("glyph_repaired",), steps=("metric overpotential: named",))
    (one,) = compared([ours], [reads("voltage_hysteresis", 20)])
    assert one.flags == ("glyph_repaired", DISAGREED)
    assert one.steps == ("metric overpotential: named", "a second miner reads voltage_hysteresis 20 mV")


@given(st.lists(FACTS, max_size=4), st.lists(FACTS, max_size=4))
def test_agreement_changes_nothing_but_flags_steps_and_confidence(
    first: list[Measurement], second: list[Measurement]
) -> None:
    for before, after in zip(first, compared(first, second), strict=True):
        assert replace(after, flags=before.flags, confidence=before.confidence) == before
        agreed = any(same_fact(before, o) and abs(before.evidence.start - o.evidence.start) < 2 for o in second)
        assert (AGREED in after.flags) == agreed
        assert before.confidence <= after.confidence <= 1 if agreed else 0 <= after.confidence <= before.confidence
