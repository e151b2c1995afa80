"""Patterns that look for a word they need first must find what they would find without."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extractors
from extractors.gated import Gated, needed_words
from extractors.repair import RULES

MODULES = [m.name for m in pkgutil.walk_packages(extractors.__path__, "extractors.") if "llm" not in m.name]
PATTERNS = {
    f"{module}.{name}": value
    for module in MODULES
    for name, value in vars(importlib.import_module(module)).items()
    if isinstance(value, Gated)
} | {f"repair.{n}.{rule.name}": rule.pattern for n, rule in enumerate(RULES)}
TEXTS = st.text("abdefilmnoprstuLCI -.,;|‖<>^_~*[](){}$\\/0123456789µſıİK−–\n", max_size=60)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:bare|plain)\s(?:foil|film)s?\b", ("bare", "plain")),
        (r"(?:\w+ )?cycl\w*", ("cycl",)),
        (r"a?b*", ()),
        (r"(?:left|)", ()),
        (r"x(?:yz){2}", ("yz",)),
        (r"(?=layer)\w+", ("layer",)),
        (r"(?<=layer)\s", ()),  # may stand before the stretch that is searched
        (r"(?!layer)\s", ()),
        (r"[‖∥]", ("‖", "∥")),
        (r"[^a]|[a-c]", ()),
        (r"the film", ("the film",)),
        (r"the (?:film|coat)", ("film", "coat")),  # rather than what every sentence has
        (r"coat(?:ed|ing)|coat", ("coat",)),
    ],
)
def test_needed_words(pattern: str, words: tuple[str, ...]) -> None:
    assert needed_words(pattern) == words


def test_case() -> None:
    assert Gated("Cu foil").search("CU FOIL") is None
    assert Gated("Cu foil", re.IGNORECASE).search("CU FOIL")
    assert Gated("(?i:Cu) foil").search("CU foil")
    for odd in ("ſink", "sınk", "SİNK", "sinK"):  # what re without case takes for the letters of ASCII
        for pattern in ("sink", "s.nk"):
            gated = Gated(pattern, re.IGNORECASE)
            assert bool(gated.search(odd)) == bool(gated.compiled.search(odd)), odd
    assert Gated("5 µm", re.IGNORECASE).search("5 μm"), "the sign and the letter"


def test_what_stands_outside_of_the_stretch_is_not_seen() -> None:
    gated = Gated(r"film(?= of)")
    assert gated.search("a film of Au")
    assert gated.search("a film of Au", 0, 6) is None
    assert gated.search("a film of Au", 3) is None
    assert Gated(r"(?<=film) of").search("a film of Au", 6)


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_of_the_package_compile(name: str) -> None:
    assert PATTERNS[name].compiled.pattern == PATTERNS[name].pattern


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_the_same_is_found_in_any_text(text: str, start: int, end: int) -> None:
    for gated in PATTERNS.values():
        found = [m.span() for m in gated.finditer(text, start, end)]
        assert found == [m.span() for m in gated.compiled.finditer(text, start, end)], gated.pattern
        assert bool(gated.search(text)) == bool(gated.compiled.search(text)), gated.pattern


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])  # of texts that do not look ahead right
@given(data=st.data())
def test_the_same_is_found_in_what_matches(name: str, data: st.DataObject) -> None:
    gated = PATTERNS[name]
    text = data.draw(st.from_regex(gated.compiled))
    assert bool(gated.search(text)) == bool(gated.compiled.search(text))
