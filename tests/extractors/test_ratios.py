"""Numbers without a unit: which words between a metric's name and a number make it the metric's value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import ratios
from extractors.cues import Reading, find_cues
from extractors.kinds import BARE
from extractors.quantities import find_quantities


def reading(text: str, number: str) -> Reading:
    found = find_quantities(text)
    (q,) = [q for q in found if text[q.start : q.end] == number]
    return Reading(q, text, 0, len(text), find_cues(text, 0, len(text)), found, {})


def metric(text: str, number: str) -> str | None:
    r = reading(text, number)
    cue = ratios.named(r, r.of_kind(BARE))
    return cue.metric if cue else None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("an N/P ratio of only 2", "2"),
        ("the N/P ratio of the full cell was set to 2.5 here", "2.5"),
        ("N/P = 3", "3"),
        ("a low N/P ratio (~2) was kept", "2"),
        ("the N/P ratio (1.8) was low", "1.8"),
        ("the N/P ratio was 2.1, against 4 before", "4"),
        ("the N/P ratio fell from 4.2 to 2.1", "2.1"),
        ("a value of 2.5 for the N/P ratio", "2.5"),
    ],
)
def test_a_value_of_the_name(text: str, number: str) -> None:
    assert metric(text, number) == "np_ratio"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a low N/P ratio (12) was called for", "12"),  # a citation
        ("low N/P ratios (11, 12, 25)", "12"),
        ("the N/P ratio of 5 cells was measured", "5"),
        ("the N/P ratio was kept low, while the EO/Li ratio was 18", "18"),
        ("the N/P ratio was 2; the EO/Li ratio was 18", "18"),
        ("the N/P ratio was 2 and the EO/Li ratio was 18", "18"),
        ("with an EO/Li ratio of 18 the N/P ratio was 2", "18"),
    ],
)
def test_no_value_of_the_name(text: str, number: str) -> None:
    assert metric(text, number) is None


def test_that_of_another_sample_is_told_behind_a_sentence() -> None:
    assert ratios.is_of_another(reading("That of the bare film is 0.31", "0.31"))
    assert not ratios.is_of_another(reading("The bare film was kept 0.31", "0.31"))


@given(st.text(" ()[]=of is to,;~.<>-aé", max_size=60))
def test_no_words_are_too_much(between: str) -> None:
    text = f"the N/P ratio{between} 2"
    for q in find_quantities(text):
        r = Reading(q, text, 0, len(text), find_cues(text, 0, len(text)), find_quantities(text), {})
        assert ratios.named(r, r.of_kind(BARE)) in (None, *r.cues)
