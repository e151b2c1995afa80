"""Where sentences end, and where a point ends nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.sections import is_background, is_methods, tells_nothing
from extractors.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["The CE was 98.1%.", "The cell ran for 900 h."],
        ["It ran (Fig. 2a).", "It failed then."],
        ["Did it run?", "Yes!", "It did."],
        ["It ran at 60 °C.", "The film was soft."],
        ["It is a host of Li.", "It is light."],
        ["It ran for 900 h.", "98% were kept."],
        ["“It ran.”", "(It did not.)"],
        ["It ran on Cu.", "≈98% were kept."],
        ["It ran.", "Ångström told so."],
    ],
)
def test_sentences_end(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "It lies at 0.2 V vs. Li in the cell.",
        "Bee et al. Found nothing.",
        "As Fig. 2 and Figs. 3 show, it ran.",
        "It ran, e.g. In the cell, i.e. At rest.",
        "It took ca. 900 h.",
        "A. Bee, C. D. Dee told so.",
        "See ref. 12 and Eq. 3.",
        "The wt. Part is small.",
        "J. Nice Chem. And all that.",
        "It was 98.1% and 3.5 h.",
        "it ran. and so on",
        "",
    ],
)
def test_a_point_that_ends_nothing(text: str) -> None:
    assert split(text) == ([text] if text else [])


def test_white_space_alone_is_no_sentence() -> None:
    assert split("   ") == []
    assert split("It ran.  It failed.") == ["It ran.", "It failed."]


@given(
    st.lists(
        st.sampled_from(["It ran", ". ", "98.1", "% ", "? ", "vs. ", "Fig. 2", "(", ") ", "Li", "A", "\n", "et al. "])
    )
)
def test_sentences_cover_all_that_is_no_space(parts: list[str]) -> None:
    text = "".join(parts)
    spans = sentences(text)
    position = 0
    for a, b in spans:
        assert a < b
        assert not text[position:a].strip()
        position = b
    assert not text[position:].strip()


@pytest.mark.parametrize(
    ("section", "methods"),
    [("Experimental", True), ("2. Materials and methods", True), ("MATERIALS AND METHODS > Half cells", True),
     ("Electrochemical measurements", True), ("Preparation of the film", True), ("Results", False), ("", False),
     ("Results > Characterization of the film", False), ("Results and discussion", False), ("Introduction", False),
     ("3. Results > 3.1 Cell assembly", False)],
)  # fmt: skip
def test_methods(section: str, methods: bool) -> None:
    assert is_methods(section) is methods


@pytest.mark.parametrize(
    ("section", "nothing"),
    [("References", True), ("5. Acknowledgements", True), ("Conflicts of interest", True), ("Funding", True),
     ("Results", False), ("Results > Funding", True), ("Keywords", True), ("", False), ("The references of it", False)],
)  # fmt: skip
def test_sections_that_tell_nothing(section: str, nothing: bool) -> None:
    assert tells_nothing(section) is nothing


@pytest.mark.parametrize(
    ("section", "background"),
    [("", True), ("1. Introduction", True), ("Abstract", True), ("Results", False), ("Experimental", False)],
)
def test_background(section: str, background: bool) -> None:
    assert is_background(section) is background
