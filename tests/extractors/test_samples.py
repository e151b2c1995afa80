"""Samples of a sentence and their parts: control, treated, compared with; what the paper as a whole says of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.cast import Cast, Sample, cast, strategy_of
from extractors.labels import each_label, find_labels
from extractors.readers.plain.text import read_text_string
from extractors.samples import find_samples

PAPER = """A PAN/SiO2 skin for stable lithium metal anodes

A skin of PAN/SiO2 was spun onto Cu foil by electrospinning. The PAN/SiO2 coating is a protective layer.
The polyimide sheet serves as the control.
"""


def told(text: str) -> Cast:
    return cast(read_text_string(text))


@pytest.fixture(scope="module")
def who() -> Cast:
    return told(PAPER)


@pytest.fixture(scope="module")
def review() -> Cast:
    return told("Skins for lithium metal anodes: a critical review\n\nPAN and PMMA are told of.\n")


def only(text: str, who: Cast) -> Sample:
    (sample,) = find_samples(text, 0, len(text), who)
    return sample


# --- the cast


def test_the_protagonist_is_read_from_title_and_text(who: Cast) -> None:
    assert who.protagonist == ("PAN", "SiO2")
    assert who.protagonist_name == "PAN/SiO2"
    assert who.substrate == "Cu"
    assert who.strategy == "surface coating"
    assert who.process == "electrospinning"
    assert who.controls == frozenset({("PI",)})
    assert not who.review
    assert who.as_sample().role == "treated"


def test_a_part_told_more_often_does_not_replace_the_whole() -> None:
    who = told(
        "Solid cells that run\n\n" + "PEO is soft. " * 5 + "The PEO/LAGP film is stiff. The PEO/LAGP film is thin.\n"
    )
    assert who.protagonist == ("PEO", "LAGP")


def test_electrodes_salts_and_cathodes_are_no_protagonists() -> None:
    who = told("Cells that run\n\nLi and Cu foils, LiTFSI in DME, and LiFePO4 were used. Li is soft. LiFePO4 is not.\n")
    assert who.protagonist == ()


@pytest.mark.parametrize(
    ("text", "review"),
    [
        ("Skins for anodes: a review\n\nText.", True),
        ("Recent advances in skins for lithium anodes\n\nText.", True),
        ("Skins for lithium anodes of cells\n\nIn this review, skins are told of.", True),
        ("A PAN skin for lithium anodes\n\nIt was previewed.", False),
    ],
)
def test_a_review_is_known(text: str, review: bool) -> None:
    assert told(text).review is review


CITING = "Bee et al. found a CE of {}% at {} mA cm−2.[{}] Dee et al. saw {}%.[{}]"
TELLING = "We found a CE of {}% at {} mA cm−2 [{}], and then {}% [{}]."


@pytest.mark.parametrize(
    ("sentence", "paragraphs", "review"), [(CITING, 4, True), (CITING, 3, False), (TELLING, 4, False)]
)
def test_a_chapter_that_credits_its_facts_is_a_review(sentence: str, paragraphs: int, review: bool) -> None:
    text = "\n\n".join(sentence.format(90 + i, i + 1, 2 * i + 1, 80 + i, 2 * i + 2) for i in range(paragraphs))
    assert cast(read_text_string(f"# Skins of lithium anodes\n\n{text}\n", markdown=True)).review is review


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        ("a coating, coated by hand, as a protective layer", "surface coating"),
        ("an artificial SEI, that is an artificial interphase", "artificial SEI"),
        ("a 3D host and its scaffold", "3D host"),
        ("a composite electrolyte with a ceramic filler, a nanofiller", "composite electrolyte"),
        ("it was done", "other"),
    ],
)
def test_strategy(text: str, strategy: str) -> None:
    assert strategy_of(text) == strategy


# --- samples and their parts


@pytest.mark.parametrize(
    ("text", "sample", "components", "role"),
    [
        ("The PAN/SiO2-coated Cu ran.", "PAN/SiO2-coated", ("PAN", "SiO2"), "treated"),
        ("A PVDF-coated foil ran.", "PVDF-coated", ("PVDF",), "treated"),
        ("With PAN/SiO2 it ran.", "PAN/SiO2", ("PAN", "SiO2"), "treated"),
        ("With PVDF/MXene it ran.", "PVDF/MXene", ("PVDF", "MXene"), ""),
        ("Bare Cu failed.", "Bare Cu", ("Cu",), "control"),
        ("The pristine lithium failed.", "pristine lithium", ("Li",), "control"),
        ("Cu foil failed.", "Cu foil", ("Cu",), "control"),
        ("PAN alone failed.", "PAN", ("PAN",), "control"),
        ("The polyimide failed.", "polyimide", ("PI",), "control"),
    ],
)
def test_a_named_sample(text: str, sample: str, components: tuple[str, ...], role: str, who: Cast) -> None:
    found = only(text, who)
    assert found.text.startswith(sample)
    assert (found.components, found.role, found.generic) == (components, role, False)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text",
    ["The coated electrode ran.", "Our membrane ran.", "The modified Cu ran.", "The as-prepared film ran.",
     "This coating ran.", "The protected anode ran.", "The hybrid layer ran.", "The film ran."],
)  # fmt: skip
def test_a_generic_name_is_the_protagonist(text: str, who: Cast) -> None:
    found = only(text, who)
    assert (found.components, found.role, found.generic) == (("PAN", "SiO2"), "treated", True)
    assert found.substrate == "Cu"


@pytest.mark.parametrize(
    "text",
    ["The uncoated foil failed.", "The control failed.", "The reference failed.", "Cells without the coating failed.",
     "Cells without any protection layer failed.", "Its counterpart failed.", "The unmodified electrode failed.",
     "Blank samples failed.", "Cells in the absence of additives failed."],
)  # fmt: skip
def test_a_generic_control(text: str, who: Cast) -> None:
    found = only(text, who)
    assert (found.components, found.role) == ((), "control")


@pytest.mark.parametrize(
    "text",
    ["Li/Cu half cells ran.", "Pure lithium reacts with it as it does.", "In LiTFSI it ran.", "It was 98%.", "",
     "Fresh cells were opened.",
     "The original electrolyte was kept.", "With DOL/DME it ran as before.", "In 1 M LiPF6 in EC/DEC it ran."],
)  # fmt: skip
def test_no_sample(text: str, who: Cast) -> None:
    assert [s for s in find_samples(text, 0, len(text), who) if s.components != ("Li",)] == []


@pytest.mark.parametrize(
    "lead",
    ["It is better than", "It is better than that of", "Compared with", "In comparison to the", "Unlike",
     "In contrast to", "It is superior to", "It ran four times that of", "It failed not, relative to the",
     "Rather than", "versus"],
)  # fmt: skip
def test_what_another_is_compared_with(lead: str, who: Cast) -> None:
    text = f"{lead} bare Cu, as said."
    assert only(text, who).standard


@pytest.mark.parametrize("lead", ["With", "On", "It is that", "A cell of", "As for"])
def test_what_nothing_is_compared_with(lead: str, who: Cast) -> None:
    assert not only(f"{lead} bare Cu, as said.", who).standard


def test_a_foil_that_only_carries_a_film_is_no_control(who: Cast) -> None:
    text = "A film of PAN/SiO2 on Cu foil ran."
    assert [s.role for s in find_samples(text, 0, len(text), who) if s.role] == ["treated"]


def test_a_cell_label_tells_its_cathode(who: Cast) -> None:
    found = only("A Li||LiFePO4 cell ran.", who)
    assert (found.components, found.cathode, found.role) == ((), "LiFePO4", "")
    assert only("A Li|PAN/SiO2|Li cell ran.", who).symmetric


def test_samples_stand_in_order_without_overlap(who: Cast) -> None:
    text = "Compared with bare Cu and PAN alone, the PAN/SiO2-coated Cu ran, while the uncoated foil failed."
    found = find_samples(text, 0, len(text), who)
    assert [s.role for s in found] == ["control", "control", "treated", "control"]
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_only_the_sentence_is_read(who: Cast) -> None:
    text = "Bare Cu failed. The coated electrode ran. Bare Li failed."
    assert [s.text for s in find_samples(text, 16, 41, who)] == ["The coated electrode"]


def test_a_review_gives_no_parts_by_material(review: Cast) -> None:
    assert only("PAN ran.", review).role == ""
    assert only("Bare Cu failed.", review).role == "control"
    generic = only("The coated electrode ran.", review)
    assert (generic.components, generic.role, generic.generic) == ((), "treated", True)


# --- labels that a paper makes up

LABELLED = (
    "Films with 2, 5 and 8 wt% of silica are called S1, S2 and S3, and the bare foil is left (S0). "
    "S1 is soft, S2 and S3 are stiff, unlike S0. S2 ran best."
)


def test_labels_are_collected() -> None:
    assert [(label.name, label.control) for label in find_labels(LABELLED, {})] == [
        ("S0", True), ("S1", False), ("S2", False), ("S3", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "As shown in Fig. S1, Fig. S2 and Fig. S3, and in Table S1.",
        "The cell is called a pouch cell.",
        "In DME (G1) it ran.",
        "",
    ],
)
def test_what_defines_no_label(text: str) -> None:
    assert find_labels(text, {}) == ()


@pytest.mark.parametrize("listed", ["S1 to S3", "S1–S3", "S1, S2 and S3"])
def test_a_row_of_labels_is_listed_out(listed: str) -> None:
    text = f"The films are called {listed}. S1 is soft, S2 is soft, S3 is stiff."
    assert [label.name for label in find_labels(text, {})] == ["S1", "S2", "S3"]


def test_two_labels_make_no_family() -> None:
    assert find_labels("Two films (S1 and S2) were made. S1 is soft, S1 is thin, S2 is stiff, S2 is thick.", {}) == ()


def test_a_label_of_known_parts_tells_its_components() -> None:
    (label,) = find_labels("The foil with gold under the film is denoted as Au-PAN here.", {})
    assert (label.name, label.components) == ("Au-PAN", ("Au", "PAN"))


def test_labels_are_found_in_a_sentence_but_not_in_numbers_of_figures() -> None:
    labels = find_labels(LABELLED, {})
    text = "In Fig. S1 the S2 film (S3-like) beat S0."
    assert [(text[a:b], label.name) for a, b, label in each_label(text, 0, len(text), labels)] == [
        ("S2", "S2"),
        ("S0", "S0"),
    ]


def test_labels_are_samples() -> None:
    who = told(f"PAN/SiO2 skins for lithium metal anodes\n\n{LABELLED}\n")
    text = "S2 ran for 900 h, S0 failed."
    assert [(s.text, s.role) for s in find_samples(text, 0, len(text), who)] == [("S2", "treated"), ("S0", "control")]


# --- any text


@given(
    st.lists(
        st.sampled_from(["bare", "Cu", "Li", "PAN/SiO2", "coated", "-", " ", "the", "film", "than", "without", "any",
                         "coating", "||", "LiFePO4", "S1", "(", ")", "PP", "separator", "alone", "control", ",",
                         "pure"]), max_size=20
    ).map(" ".join)
    | st.text(max_size=50)
)  # fmt: skip
def test_any_text_gives_sound_samples(text: str) -> None:
    found = find_samples(text, 0, len(text), CAST)
    assert all(s.role in ("", "control", "treated") for s in found)
    assert [s.start for s in found] == sorted(s.start for s in found)
    for s in found:
        assert 0 <= s.start < s.end <= len(text)
        assert s.text == text[s.start : s.end]


CAST = told(PAPER)
