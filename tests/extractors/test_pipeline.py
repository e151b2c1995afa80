"""From a file to its records: places show the number, records are the same each time, no text makes it fall over."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractors.numerals import parse_number
from extractors.pipeline import EXTRACTOR_VERSION, mine, mine_file
from extractors.readers.plain.text import read_text_string
from schema.errors import UnreadableDocument
from schema.records import PROVENANCES, QUALIFIERS, Measurement, Mined
from schema.units import convert
from schema.vocabulary import vocabulary

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
DIGESTS = sorted(p for p in CORPUS.iterdir() if p.suffix in {".txt", ".md"})
NUMBER_WORD = re.compile(
    r"\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|"
    r"hundred|thousand|half|third|quarter|twice|doubl\w+|tripl\w+|halv\w+)\b",
    re.IGNORECASE,
)
HEAD = "# A PAN/SiO2 skin for lithium metal anodes\n\n"


def mined(text: str, markdown: bool = True) -> list[Measurement]:
    return list(mine(read_text_string(text, markdown=markdown)).measurements)


# --- every digest


@pytest.fixture(scope="module", params=DIGESTS, ids=lambda p: p.name)
def digest(request: pytest.FixtureRequest) -> Mined:
    return mine_file(request.param)


def test_evidence_shows_the_number(digest: Mined) -> None:
    original = digest.document.original
    assert digest.measurements
    for m in digest.measurements:
        shown = original[m.evidence.start : m.evidence.end]
        assert re.search(r"\d", shown) or NUMBER_WORD.search(shown), (m.metric, m.value, shown)


def test_evidence_stands_in_its_passage(digest: Mined) -> None:
    for m in digest.measurements:
        passage = digest.document.passages[m.evidence.passage]
        assert passage.start <= m.evidence.start < m.evidence.end <= passage.end
        assert m.evidence.text in passage.text or " | " in m.evidence.text
        assert m.evidence.section == passage.section


def test_the_reported_value_is_the_one_that_is_normalised(digest: Mined) -> None:
    """The characters at hand, converted by the unit at hand, give the value; ranges and changes of sign aside."""
    for m in digest.measurements:
        if m.value_max is not None or m.flags or "order" in m.unit_reported or m.unit == "fold" or not m.unit_reported:
            continue
        value = parse_number(m.value_reported.lstrip("−-– "))
        assert abs(m.value) == pytest.approx(abs(convert(value, m.unit_reported, m.unit)), rel=1e-9), m


def test_records_use_the_controlled_words(digest: Mined) -> None:
    for m in digest.measurements:
        metric = vocabulary().metric(m.metric)
        assert m.unit == metric.unit or (m.metric, m.unit) == ("improvement", "fold")
        assert m.qualifier in QUALIFIERS
        assert (m.qualifier == "range") == (m.value_max is not None)
        assert m.provenance in PROVENANCES
        assert 0 < m.confidence <= 1
        assert m.subject.strategy == "other" or m.subject.strategy in vocabulary().strategies
        assert set(m.conditions.conditions_far) <= set(m.conditions.known())


def test_rejections_say_where_and_why(digest: Mined) -> None:
    for r in digest.rejections:
        assert r.reason
        shown = digest.document.original[r.start : r.end]
        assert re.search(r"\d", shown) or NUMBER_WORD.search(shown)


@pytest.mark.parametrize("path", DIGESTS[:6], ids=lambda p: p.name)
def test_mining_twice_gives_the_same(path: Path) -> None:
    assert mine_file(path) == mine_file(path)


# --- the steps


def test_a_file_that_cannot_be_read_raises(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument):
        mine_file(tmp_path / "gone.md")


def test_the_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", EXTRACTOR_VERSION)


def test_a_document_without_numbers_gives_nothing() -> None:
    found = mine(read_text_string("A film was made. It was soft."))
    assert (found.measurements, found.rejections) == ((), ())


@pytest.mark.parametrize("section", ["References", "Acknowledgements", "Funding", "Data availability"])
def test_back_matter_is_not_mined(section: str) -> None:
    assert mined(f"{HEAD}## {section}\n\nThe CE of the coated Cu was 98%.\n") == []
    assert len(mined(f"{HEAD}## Results\n\nThe CE of the coated Cu was 98%.\n")) == 1


def test_headings_and_titles_are_not_mined() -> None:
    assert mined("# A coated Cu with a CE of 98% over time\n\n## A CE of 97% on coated Cu\n\nText.\n") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "If the CE were 99.9%, the cell would last.",
        "Assuming a CE of 99%, the cell dies early.",
        "A CE of 99.9% would be needed.",
        "The CE should be at least 99.9% for that.",
        "Suppose a CE of 99%.",
        "With a hypothetical CE of 99% it lasts.",
    ],
)
def test_a_hypothetical_number_is_no_record(sentence: str) -> None:
    found = mine(read_text_string(f"{HEAD}## Results\n\n{sentence}\n", markdown=True))
    assert found.measurements == ()
    assert "hypothetical" in [r.reason for r in found.rejections]


def test_a_setting_of_the_methods_is_no_result() -> None:
    text = "{}## {}\n\nThe symmetric cells with the coating were cycled for 300 h.\n"
    assert mined(text.format(HEAD, "Experimental")) == []
    assert [m.metric for m in mined(text.format(HEAD, "Results"))] == ["cycling_hours"]


def test_a_setting_of_a_caption_is_no_result() -> None:
    text = "{}## Results\n\n{}The coated cells ran stably for over 300 cycles.\n"
    assert [m.metric for m in mined(text.format(HEAD, "Fig. 2 Cells. "))] == []
    assert [m.metric for m in mined(text.format(HEAD, ""))] == ["cycle_count"]


def test_a_repeated_fact_is_one_record() -> None:
    text = (
        f"{HEAD}## Abstract\n\nThe CE of the coated Cu was 98.4%.\n\n## Results\n\nThe coated Cu had a CE of 98.4%.\n"
    )
    assert len(mined(text)) == 1


def test_a_unit_that_cannot_be_converted_is_rejected() -> None:
    found = mine(
        read_text_string(f"{HEAD}## Results\n\nThe coated cell ran stably for 300 cycles kg-1.\n", markdown=True)
    )
    assert found.measurements == ()
    assert [r.reason for r in found.rejections] == ["cannot be had in the metric's unit"]


def test_orders_of_magnitude_beyond_all_numbers_are_rejected() -> None:
    text = f"{HEAD}## Results\n\nIt is {{}} orders of magnitude higher than that of bare Cu.\n"
    assert mined(text.format(400)) == []
    assert [(m.metric, m.value, m.unit) for m in mined(text.format(3))] == [("improvement", 1000, "fold")]


def test_a_misprinted_unit_is_read_and_flagged() -> None:
    (m,) = mined(f"{HEAD}## Results\n\nThe interfacial resistance of the coated Cu was 30 Ω cm<sup>−2</sup>.\n")
    assert (m.value, m.unit, m.unit_reported, m.flags) == (30, "ohm cm^2", "Ω cm^-2", ("unit_suspect",))


def test_a_repaired_glyph_is_flagged_and_reported_as_it_stood() -> None:
    (m,) = mined("The skin\n\nResults\n\nThe oxidation peak of PAN lies at \ufffd0.2 V in the scan.\n", markdown=False)
    assert (m.value, m.value_reported, m.flags) == (-0.2, "\ufffd0.2", ("glyph_repaired",))


def test_a_repaired_unit_is_flagged() -> None:
    (m,) = mined("The skin\n\nResults\n\nThe ionic conductivity of PEO was 0.3 mS cm\ufffd1 here.\n", markdown=False)
    assert m.flags == ("unit_repaired",)


def test_a_magnitude_loses_its_sign_and_a_potential_keeps_it() -> None:
    (m,) = mined(f"{HEAD}## Results\n\nThe nucleation overpotential of the coated Cu was −24 mV.\n")
    assert (m.value, m.value_reported) == (24, "−24")
    (m,) = mined(f"{HEAD}## Results\n\nThe reduction peak of the coated Cu was at −0.4 V.\n")
    assert m.value == -0.4


def test_a_range_in_two_units() -> None:
    (m,) = mined(f"{HEAD}## Results\n\nThe pores have sizes of 200 nm to 2 µm.\n")
    assert (m.metric, m.value, m.value_max, m.unit) == ("pore_size", 0.2, 2, "um")


def test_an_implausible_value_is_kept_flagged_and_less_trusted() -> None:
    good, bad = (mined(f"{HEAD}## Results\n\nThe CE of the coated Cu was {v}%.\n")[0] for v in (98, 120))
    assert bad.flags == ("out_of_range",)
    assert bad.confidence < good.confidence


# --- the record as a whole


def test_the_subject_of_the_treated_sample() -> None:
    text = (
        f"{HEAD}A skin of PAN/SiO2 was spun onto Cu by electrospinning.\n\n## Results\n\nThe CE of the {{}} was 98%.\n"
    )
    (m,) = mined(text.format("coated electrode"))
    assert (m.subject.components, m.subject.substrate, m.subject.process) == (("PAN", "SiO2"), "Cu", "electrospinning")
    (m,) = mined(text.format("bare foil"))
    assert (m.subject.components, m.subject.substrate, m.subject.process) == ((), None, None)


def test_a_sentence_of_lithium_alone_is_about_lithium() -> None:
    (m,) = mined("# Cells of our time\n\n## Results\n\nThe specific capacity of lithium here is 380 mAh g−1.\n")
    assert m.subject.components == ("Li",)
    (m,) = mined("# Cells of our time\n\n## Results\n\nThe specific capacity is 380 mAh g−1.\n")
    assert (m.subject.name, m.subject.components) == ("not named", ())


def test_a_setting_is_one_of_the_papers_own_cells() -> None:
    text = "Unlike bare Cu, N/P ratios of 2.5 were used with bare Cu."
    (m,) = mined(f"{HEAD}## Results\n\n{text}\n")
    assert (m.metric, m.subject.components, m.is_control) == ("np_ratio", ("PAN", "SiO2"), False)


def test_the_loading_of_a_cathode_is_the_cathodes() -> None:
    (m,) = mined(f"{HEAD}## Results\n\nThe loading of the NCM 811 cathode was 9 mg cm−2.\n")
    assert (m.metric, m.subject.name) == ("areal_loading", "NCM811 cathode")


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [("four times longer", 4, "fold"), ("40% longer", 40, "percent"), ("2-fold longer", 2, "fold")],
)
def test_an_improvement_in_percent_or_fold(words: str, value: float, unit: str) -> None:
    (m,) = mined(
        f"{HEAD}## Results\n\nThe lifespan of the coated Cu is {words} than that of bare Cu, an improvement.\n"
    )
    assert (m.metric, m.value, m.unit) == ("improvement", value, unit)


def test_the_electrolyte_and_the_span_of_cycles_are_conditions() -> None:
    text = "In 1 M LiTFSI in DOL/DME, the average CE of the coated Cu from the 10th to the 200th cycle was 98%."
    (m,) = mined(f"{HEAD}## Results\n\n{text}\n")
    assert m.conditions.electrolyte == "1 M LiTFSI in DOL/DME"
    assert m.conditions.electrolyte_class == "ether"
    assert m.conditions.cycle_range == (10, 200)


def test_what_is_stated_outright_is_trusted_most() -> None:
    sure, unsure = (
        mined(f"{HEAD}## Results\n\n{text}\n")[-1].confidence
        for text in ("The coated Cu (98%) has a high CE.", "It was spun. The CE was told. It is 98%, this CE.")
    )
    assert sure > unsure


# --- any text

TOKENS = st.sampled_from(
    ["0", "1", "98.5", "1,000", "400", "10^-4", "10−4", "3.1×10−4", ".5", "–", "−", "±", "~", ">", "≥", "(", ")", "[",
     "]", ",", ".", ";", ":", "/", "%", "mA cm−2", "mAh g-1", "cm0", "h", "V", "mV", "Ω", "Ω cm2", "S cm-1", "µm",
     "nm", "°C", "K", "GPa", "times", "orders of magnitude", "fold", "higher", "cycles", "cycle", "after", "for",
     "over", "from", "to", "respectively", "versus", "than", "bare Cu", "Li", "PVDF-coated", "Li||Cu", "LiFePO4", "CE",
     "overpotential", "ionic conductivity", "interfacial resistance", "thickness", "coating", "Fig. 2a", "Table 1",
     "|", "\n", "\n\n", "# References", "[12]", "and", "<sup>3</sup>", "$x^{2}$", "\\text{", "}", "_", "*", "^",
     "\ufffd", "\x0c", "N/P ratio", "C/3", "0.5C", "first", "10th", "twice", "an", "modulus", "porosity", "wt%",
     "symmetric cell", "full cell", "stable", "increased", "contact angle", "eV", "binding energy",
     "dielectric constant", "⁻²", "₂", "ﬁ", "\t", "mJ m-2", "but", "we", "calculated", "the former", "kg-1"]
)  # fmt: skip
GLUE = st.sampled_from(["", " ", " ", " "])
SOUP = st.lists(st.tuples(TOKENS, GLUE), max_size=40).map(lambda parts: "".join(a + b for a, b in parts))


@settings(max_examples=200)
@given(SOUP | st.text(max_size=80), st.booleans())
@example("for⁻² cycles kg-1", False)
@example("CE " + "9" * 400 + " %", False)
@example("| a | Current density (mA cm-2) | CE (%) |\n|-|-|-|\n| b | 5 mV | 3 |", True)
def test_any_text_gives_sound_records(text: str, markdown: bool) -> None:
    found = mine(read_text_string(text, markdown=markdown))
    for m in found.measurements:
        assert math.isfinite(m.value)
        assert m.value_max is None or m.value <= m.value_max < math.inf
        shown = text[m.evidence.start : m.evidence.end]
        assert any(c.isdigit() for c in shown) or NUMBER_WORD.search(shown)
        assert 0 < m.confidence <= 1
    for r in found.rejections:
        assert 0 <= r.start < r.end <= len(text)
