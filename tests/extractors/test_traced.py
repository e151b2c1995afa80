"""Traced text: every character keeps its place, whatever is rewritten, cut and joined."""

from __future__ import annotations

import re
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers.inline import clean
from extractors.repair import repair
from extractors.traced import Pieces, Traced, join

# A capital marks what a rewrite put in; the texts below have none.
texts = st.text(alphabet="abc {}^12-\n", max_size=40)
REWRITES: tuple[tuple[re.Pattern[str], Pieces], ...] = (
    (re.compile(r"\{([^{}]*)\}"), lambda m: [1]),
    (re.compile(r"\^(\d)"), lambda m: ["P", 1]),
    (re.compile(r"a"), lambda m: []),
    (re.compile(r"b+"), lambda m: ["BB"]),
    (re.compile(r"(c)(\d)"), lambda m: [2, 1]),
    (re.compile(r"(x)?\s+"), lambda m: [1, "S"]),
    (re.compile(r"-(\d)"), lambda m: [("M", m.start()), 1]),
)
chains = st.lists(st.sampled_from(range(len(REWRITES))), max_size=6)


def kept(traced: Traced, original: str) -> bool:
    """Say whether each character that no rewrite put in is the original's character at its offset."""
    return all(c.isupper() or original[at] == c for c, at in zip(traced.text, traced.offsets, strict=False))


@given(texts, chains)
def test_kept_characters_are_those_of_the_original(original: str, chain: list[int]) -> None:
    traced = Traced.of(original)
    for number in chain:
        pattern, pieces = REWRITES[number]
        traced = traced.rewrite(pattern, pieces)
    assert len(traced.offsets) == len(traced.text) + 1
    assert kept(traced, original)
    assert traced.offsets[-1] == len(original)
    assert all(0 <= at <= len(original) for at in traced.offsets)


@given(texts, chains, st.integers(0, 40), st.integers(0, 40))
def test_a_slice_of_a_rewrite_keeps_its_place(original: str, chain: list[int], start: int, stop: int) -> None:
    traced = Traced.of(original)
    for number in chain:
        traced = traced.rewrite(*REWRITES[number])
    part = traced[start:stop]
    assert part.text == traced.text[start:stop]
    assert len(part.offsets) == len(part.text) + 1
    assert kept(part, original)


@given(texts, st.integers(0, 40))
def test_of_takes_a_stretch(original: str, start: int) -> None:
    start = min(start, len(original))
    traced = Traced.of(original, start)
    assert traced.text == original[start:]
    assert traced.offsets.tolist() == list(range(start, len(original) + 1))


@given(st.lists(texts, min_size=1, max_size=5), st.sampled_from(["", " ", "\n", " | "]))
def test_joined_parts_keep_their_places(parts: list[str], separator: str) -> None:
    original = "#".join(parts)
    places = [sum(len(p) + 1 for p in parts[:i]) for i in range(len(parts))]
    joined = join([Traced.of(original, at, at + len(p)) for p, at in zip(parts, places, strict=True)], separator)
    assert joined.text == separator.join(parts)
    assert len(joined.offsets) == len(joined.text) + 1
    assert joined.offsets.tolist() == sorted(joined.offsets)
    assert joined.offsets[-1] == len(original)
    position = 0
    for part, place in zip(parts, places, strict=True):
        assert joined.offsets[position : position + len(part)].tolist() == list(range(place, place + len(part)))
        position += len(part) + len(separator)


def test_joining_nothing_gives_nothing() -> None:
    assert join([]) == Traced("", array("L", [0]))


@pytest.mark.parametrize(("text", "stripped"), [("  a b ", "a b"), ("\t\n", ""), ("", ""), ("a", "a")])
def test_strip(text: str, stripped: str) -> None:
    traced = Traced.of(text).strip()
    assert traced.text == stripped
    assert len(traced.offsets) == len(stripped) + 1
    assert kept(traced, text)


def test_a_group_that_did_not_match_gives_nothing() -> None:
    traced = Traced.of("ab").rewrite(re.compile("(x)?b"), lambda m: [1, "-"])
    assert (traced.text, traced.offsets.tolist()) == ("a-", [0, 1, 2])


def test_what_is_put_in_with_a_place_takes_its_offsets() -> None:
    traced = Traced.of("cm⁻²!").rewrite(re.compile("⁻²"), lambda m: ["^", ("-2", m.start())])
    assert traced.text == "cm^-2!"
    assert traced.offsets.tolist() == [0, 1, 2, 2, 3, 4, 5]


def test_no_match_gives_the_same_text_back() -> None:
    traced = Traced.of("abc")
    assert traced.rewrite(re.compile("x"), lambda m: []) is traced


MARKUP = st.lists(
    st.sampled_from(
        ["98.1", "%", " ", "mA", "cm", "$", "^{-2}", "<sup>", "</sup>", "^", "-2", "⁻²", "\\times", "10", "{", "}",
         "[4]", "**", "_", "₂", "\ufffd", "\\text{h}", "ﬁ", "&lt;", "[a](b)", "a", "(", "94 O", "resistance", "\u2009",
         "²⁶"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(MARKUP | st.text(max_size=30), st.booleans(), st.booleans())
def test_digits_of_cleaned_and_repaired_text_stand_in_the_original(original: str, glued: bool, damaged: bool) -> None:
    repaired, _ = repair(Traced.of(original), damaged)
    traced, markers = clean(repaired, glued)
    assert len(traced.offsets) == len(traced.text) + 1
    assert traced.offsets.tolist() == sorted(traced.offsets)
    for character, at in zip(traced.text, traced.offsets, strict=False):
        if character in "0123456789":
            there = original[at]
            assert there == character or "0123456789"["⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".index(there) % 10] == character
    assert all(0 <= at <= len(traced.text) for at, _ in markers)
    assert all(number.isdecimal() for _, number in markers)
