"""Whether a value was measured, calculated, estimated, told or cited, and whom it is credited to."""

from __future__ import annotations

import pytest

from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.records import PROVENANCES

OWN = "# A PAN/SiO2 skin for lithium metal anodes\n\n"
REVIEW = "# Skins for lithium metal anodes: a critical review\n\n"


def sources(text: str, head: str = OWN, section: str = "Results") -> list[tuple[str, str | None]]:
    """Provenance and credited marker of each record."""
    document = read_text_string(f"{head}## {section}\n\n{text}\n", markdown=True)
    found = mine(document).measurements
    assert {m.provenance for m in found} <= set(PROVENANCES)
    return [(m.provenance, m.cited_ref) for m in found]


@pytest.mark.parametrize(
    ("text", "provenance"),
    [
        ("The overpotential of the coated Cu was 18 mV.", "measured"),
        ("The adsorption energy on PAN was calculated to be −2.1 eV.", "calculated"),
        ("By DFT, the adsorption energy on PAN is −2.1 eV.", "calculated"),
        ("The binding energy on PAN from first-principles is 2.1 eV.", "calculated"),
        ("The specific energy of the cell is estimated to be 350 Wh kg−1.", "estimated"),
        ("A specific energy of 350 Wh kg−1 is projected for the cell.", "estimated"),
    ],
)
def test_a_papers_own_values(text: str, provenance: str) -> None:
    assert sources(text) == [(provenance, None)]


def test_a_word_far_away_says_nothing() -> None:
    text = "Calculated spectra, which were told of at great length in the part before this one, agree; the CE was 98%."
    assert sources(text) == [("measured", None)]


@pytest.mark.parametrize("section", ["Introduction", "Abstract", "1. Introduction"])
def test_a_cited_value_of_the_introduction(section: str) -> None:
    assert sources("A PMMA film had a CE of 95%.[7]", section=section) == [("cited", "7")]


@pytest.mark.parametrize(
    "text",
    [
        "A PMMA film had a CE of 95%.",  # nobody is cited
        "Here, we show a PAN/SiO2 film with a CE of 98%, unlike others.[7]",
        "In our work, the PAN/SiO2 film had a CE of 98%.[7]",
    ],
)
def test_the_papers_own_values_of_the_introduction(text: str) -> None:
    assert sources(text, section="Introduction") == [("measured", None)]


def test_a_citation_among_the_results_is_a_comparison() -> None:
    assert sources("The CE of the coated Cu was 98%, as told before.[7]") == [("measured", None)]


# --- reviews


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("A PMMA film had a CE of 95%.[7]", "7"),
        ("A PMMA film[6] had a CE of 95%.[7]", "7"),  # the first behind the value
        ("A PMMA film[6] had a CE of 95% at last.", "6"),  # else the last before it in its sentence
        ("PMMA was used.[5] Its CE was 95%.", "5"),  # else the last before the sentence
        ("Its CE was 95%. PMMA was used.[9]", "9"),  # else the first behind the sentence
        ("PMMA was used.[5] Its CE was 95%.[7] It was soft.[8]", "7"),
        ("A PMMA film had a CE of 95%[7] and an overpotential of 18 mV.[8]", "7"),
        ("A PMMA film had a CE of 95%.[7–9]", "7"),
    ],
)
def test_a_review_credits(text: str, credited: str) -> None:
    assert sources(text, REVIEW)[0] == ("cited", credited)


def test_each_value_of_a_sentence_has_its_own_credit() -> None:
    text = "A PMMA film had a CE of 95%[7] and an overpotential of 18 mV.[8]"
    assert sources(text, REVIEW) == [("cited", "7"), ("cited", "8")]


def test_a_review_goes_on_crediting_in_the_next_paragraph() -> None:
    assert sources("PMMA was used by some.[5]\n\nThe CE with PMMA was 95%.", REVIEW) == [("cited", "5")]


def test_a_review_that_cites_nobody_only_states() -> None:
    assert sources("A PMMA film had a CE of 95%.", REVIEW) == [("stated", None)]


def test_a_calculation_told_by_a_review_is_cited() -> None:
    assert sources("The adsorption energy on PMMA was calculated to be −2.1 eV.[7]", REVIEW) == [("cited", "7")]
