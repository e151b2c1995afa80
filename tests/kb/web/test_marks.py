"""Texts are cut at their numbers and put together again without loss."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.web.marks import hits, marked, numbered

NUMBERS = st.lists(st.integers(0, 999), max_size=8)
TEXT = st.text(alphabet="a1 #.5<", max_size=40)


def row(id: int, number: int, before: str, evidence: str = "") -> dict[str, object]:
    return {
        "id": id, "metric": "cycle_count", "value": float(number), "value_max": None, "qualifier": "=", "unit": "1",
        "value_reported": str(number), "shown": str(number), "before": before, "evidence": evidence,
    }  # fmt: skip


@given(NUMBERS, TEXT)
def test_the_parts_are_the_text(numbers: list[int], end: str) -> None:
    text = " and ".join(map(str, numbers)) + end
    rows = [row(i, n, " and ".join(map(str, numbers[:i])) + " and ") for i, n in enumerate(numbers, 1)]
    parts = marked(text, rows)
    assert "".join(part.text for part in parts) == text
    for part in parts:
        if part.measurement is not None:
            assert part.text == str(numbers[part.measurement - 1])


def test_equal_numbers_are_told_apart_by_what_stands_before() -> None:
    parts = marked("first 20 then 20", [row(1, 20, "first "), row(2, 20, "first 20 then ")])
    assert [(p.text, p.measurement) for p in parts] == [("first ", None), ("20", 1), (" then ", None), ("20", 2)]


def test_of_two_in_the_same_characters_the_first_is_marked() -> None:
    assert [p.measurement for p in marked("keeps 20", [row(5, 20, "keeps "), row(4, 20, "keeps ")])] == [None, 5]


@given(TEXT)
def test_the_ids_in_a_text_are_the_links(text: str) -> None:
    assert "".join(part.text for part in numbered(text)) == text


def test_hits_keep_the_text() -> None:
    assert "".join(piece for piece, _ in hits("abcdef", [(0, 2), (4, 6)])) == "abcdef"


def test_the_sentence_tells_equal_numbers_apart_where_markup_stands_before() -> None:
    text = "It keeps 90 at first. Later it keeps ~90 too."
    parts = marked(text, [row(1, 90, "It keeps 90 at first. Later it keeps $\\sim$", "Later it keeps ~90 too.")])
    assert [p.text for p in parts] == ["It keeps 90 at first. Later it keeps ~", "90", " too."]
