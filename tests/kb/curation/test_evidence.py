"""A place is found again where offsets, sentences, formats or a word around it change; not in another sentence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.curation.evidence import WINDOW, Document, Place, Stands, Words, alike, number_key

TEXT = (
    "Lithium metal is light.  The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at "
    "1 mA cm-2, while bare copper falls to 91.2% in the same test.  Symmetric cells of the coated foil run for 1,400 h "
    "at 1 mA cm-2, and those of bare lithium die after 400 h with an overpotential of 98.3 mV at the end of their life."
)


def stands(text: str, number: str, nth: int = 0, sample: str = "PVDF", metric: str = "coulombic_efficiency") -> Stands:
    start = [m.start() for m in re.finditer(re.escape(number), text)][nth]
    return Stands(start, start + len(number), number, sample, metric)


def document(text: str, *numbers: str) -> Document:
    return Document(text, [stands(text, n, numbers[:i].count(n)) for i, n in enumerate(numbers)])


@pytest.mark.parametrize(
    "changed",
    [
        "A new title.\n\n" + TEXT,
        TEXT.replace("  ", "\n\n"),
        TEXT.replace("Coulombic", "Coulom-\nbic"),
        TEXT.replace("Coulombic efficiency", "CE"),
        "<p>" + TEXT.replace("Cu electrode", "<b>Cu</b> <a href='#x'>electrode</a>") + "</p>",
        TEXT.replace("efficiency", "e\ufb03ciency"),  # a ligature that another reader leaves alone
    ],
    ids=["shifted", "other passages", "hyphenated", "a word changed", "marked up", "ligature"],
)
def test_a_place_is_found_in_a_text_that_was_read_otherwise(changed: str) -> None:
    place = document(TEXT, "98.3", "91.2", "98.3").place(0)
    again = document(changed, "98.3", "91.2", "98.3")
    assert again.find(place) == 0
    assert again.find(document(TEXT, "98.3", "91.2", "98.3").place(2)) == 2


def test_the_number_itself_has_to_be_there() -> None:
    place = document(TEXT, "98.3").place(0)
    assert document(TEXT.replace("98.3%", "93.8%"), "93.8", "91.2").find(place) is None


def test_another_sentence_with_the_number_is_another_place() -> None:
    place = document(TEXT, "98.3", "98.3").place(0)
    assert Document(TEXT, [stands(TEXT, "98.3", 1)]).find(place) is None


def test_equal_sentences_are_told_apart_by_their_order_in_the_text() -> None:
    often = "It is said again and again that this one cell keeps an efficiency of 98.3% for as long as it runs.  " * 5
    whole = document(often, *["98.3"] * 5)
    places = [whole.place(i) for i in range(5)]
    assert [whole.find(p) for p in places] == [0, 1, 2, 3, 4]
    assert len({p.fingerprint("doi:10.1/a") for p in places}) == 5
    one = Document(often, [stands(often, "98.3", 2)])
    assert [one.find(p) for p in places[1:4]] == [None, 0, None]


def test_a_neighbour_with_the_same_number_does_not_take_the_place_of_what_is_gone() -> None:
    rows = "\n".join(f"| sample {name} | carbon foam | 1 mA cm-2 | 100 | 98.{n} |" for n, name in enumerate("abcdef"))
    whole = document(rows, *["100"] * 6)
    for gone in range(6):
        rest = Document(rows, [stands(rows, "100", n) for n in range(6) if n != gone])
        assert rest.find(whole.place(gone)) is None
        assert [rest.find(whole.place(n)) for n in range(6) if n != gone] == list(range(5))


@pytest.mark.parametrize("number", ["98.3", "1,400", "10−4", "one"])
def test_a_number_is_found_in_the_text_however_it_is_parted(number: str) -> None:
    text = f"It is {number} here."
    assert [p.after for p in Words(text).wherever(number_key(number))] == [("here",)]


def test_facts_on_one_number_are_told_apart_by_their_sample() -> None:
    one, other = stands(TEXT, "98.3", sample="PVDF"), stands(TEXT, "98.3", sample="PMMA")
    both = Document(TEXT, [one, other])
    assert [both.find(both.place(i)) for i in (0, 1)] == [0, 1]
    assert both.place(0).fingerprint("doi:10.1/a") != both.place(1).fingerprint("doi:10.1/a")
    assert Document(TEXT, [other]).find(both.place(0)) is None, "the fact of the other sample is another fact"


def test_the_only_fact_on_a_number_is_it_whatever_it_is_mined_as() -> None:
    place = Document(TEXT, [stands(TEXT, "98.3")]).place(0)
    mined_otherwise = replace(stands(TEXT, "98.3"), sample="PMMA", metric="capacity_retention")
    assert Document(TEXT, [mined_otherwise]).find(place) == 0
    again = Document(TEXT, [mined_otherwise]).place(0)
    assert again.fingerprint("doi:10.1/a") == place.fingerprint("doi:10.1/a")


def test_a_place_is_read_back_as_it_was_written() -> None:
    place = document(TEXT, "1,400").place(0)
    assert Place.of(place.plain()) == place
    assert place.number == number_key("1400")


WORDS = st.sampled_from(["lithium", "metal", "anode", "cell", "coated", "bare", "cycle", "of", "the", "at", "and"])


@given(st.lists(WORDS, min_size=WINDOW, max_size=30), st.lists(WORDS, max_size=30), st.lists(WORDS, max_size=30))
def test_what_stands_far_away_does_not_matter(before: list[str], after: list[str], front: list[str]) -> None:
    def around(*parts: list[str]) -> Place:
        text = " ".join(w for part in parts for w in part)
        start = text.index("98.3")
        return Words(text).around(start, start + 4, "98.3")

    here = around(before, ["98.3"], after)
    moved = around(front, before, ["98.3"], after)
    assert alike(here, moved) == 1.0
    assert alike(here, moved) == alike(moved, here)
