"""What may come next in a filter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.completion import complete
from kb.filters import parse


def words(text: str) -> list[str]:
    return [s.word for s in complete(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("coulombic_ef", "coulombic_efficiency"),
        ("is_control AND NOT cycl", "cycling_hours"),
        ("coulombic_efficiency ", ">="),
        ("coulombic_efficiency >= 98 ", "AT ("),
        ("coulombic_efficiency >= 98 A", "AND"),
        ("coulombic_efficiency >= 98 AT (current_d", "current_density"),
        ("current_density >= 1 ", "mA/cm^2"),
        ("components ", "HAS"),
        ("components HAS ANY (PV", "PVDF"),
        ('components HAS ANY ("PVDF", PM', "PMMA"),
        ("mechanisms HAS 'self", '"self-healing"'),
        ("elements HAS L", "Li"),
        ("strategy = surf", '"surface coating"'),
        ("metric = over", "overpotential"),
        ("overpotential IS ", "KNOWN"),
        ("overpotential IS NOT ", "REPORTED"),
        ("text ", "MATCHES"),
        ("paper.y", "paper.year"),
        ("@dem", "@demanding"),
        ("condition.areal", "condition.areal_capacity"),
    ],
)
def test_the_next_word_is_among_those_shown(text: str, expected: str) -> None:
    assert expected in words(text)


@pytest.mark.parametrize(
    ("text", "never"),
    [("coulombic_efficiency ", "HAS"), ("components ", ">="), ("current_density >= 1 ", "mV"), ("year > ", "AND")],
)
def test_what_does_not_fit_is_not_shown(text: str, never: str) -> None:
    assert never not in words(text)


def test_a_suggestion_says_what_it_replaces() -> None:
    text = "is_control AND coulombic_ef"
    (only,) = complete(text)
    assert text[: only.start] + only.word == "is_control AND coulombic_efficiency"
    assert only.meaning == "metric [percent]"


def test_after_what_does_not_parse_there_is_nothing_to_show() -> None:
    assert complete("coulombic_efficiency == 98 AN") == complete(") ") == []


@given(st.lists(st.sampled_from(["coulombic_efficiency", ">=", "98", "AND", "NOT", "is_control", "(", "HAS", "AT ("])))
def test_no_text_breaks_it(parts: list[str]) -> None:
    for suggestion in complete(" ".join(parts)):
        assert 0 <= suggestion.start <= len(" ".join(parts))


def test_names_that_are_shown_can_be_asked_for() -> None:
    for suggestion in complete("NOT "):
        if suggestion.word[0].isalpha() and suggestion.meaning not in ("keyword", "the passage, for MATCHES"):
            parse(f"{suggestion.word} IS KNOWN")
