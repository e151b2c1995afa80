"""Nothing leaves the miner that the paper does not print: numbers, units, samples, conditions."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractors.cast import cast
from extractors.cues import metrics_of_kind
from extractors.kinds import kind_of
from extractors.llm.grounding import FLAG, Paper, find_name, ground
from extractors.llm.proposals import Proposal
from extractors.llm.questions import Question, questions
from extractors.pipeline import mine_file
from extractors.readers import read
from extractors.readers.plain.markdown import read_markdown_string
from kb.facts import fault, shows
from schema.records import Document, Measurement, Rejection
from schema.vocabulary import vocabulary

CORPUS = Path(__file__).parents[3] / "corpus"
PAPER = """# A zinc oxide skin for lithium

## Tests

Cells were run at 1 mA cm^-2 and 25 °C in an ether-based electrolyte. The ZnO-coated Li kept a Coulombic efficiency of
98.3% over 260 cycles [7]; bare Li fell to 91.2%. In symmetric cells the ZnO-coated Li ran for over 1,400 h. Its
conductivity is $4.6 \\times 10^{-4}$ S cm$^{-1}$ and its skin is 20–50 nm thick.

| electrode | overpotential (mV) | σ (10^-4 S cm^-1) |
| --- | --- | --- |
| bare Li | 62 | 0.5 |
| ZnO-coated Li | 32 | 1.2 |
"""


@lru_cache(maxsize=32)
def asked(text: str) -> tuple[Document, Paper, tuple[Question, ...]]:
    document = read_markdown_string(text)
    who = cast(document)
    return document, Paper.of(document, who), tuple(questions(document, who))


def propose(value: str, text: str = PAPER, **more: Any) -> Measurement | Rejection:
    """Propose a number where the paper prints it."""
    _, paper, about = asked(text)
    question = next(q for q in about if value in q.passage.text)
    start = question.passage.text.index(value) - question.start
    said = {"value_reported": value, "start": start, "end": start + len(value), "sample": "ZnO-coated Li", **more}
    return ground(Proposal(**said), question, paper, "fake-1")


def taken(value: str, text: str = PAPER, **more: Any) -> Measurement:
    found = propose(value, text, **more)
    assert isinstance(found, Measurement), found
    document = asked(text)[0]
    assert shows(document.original, found.evidence.start, found.evidence.end, found.value_reported)
    return found


def reason(value: str, **more: Any) -> str:
    found = propose(value, **more)
    assert isinstance(found, Rejection), found
    return found.reason


def test_a_proposal_that_the_paper_bears_out_is_a_record() -> None:
    said = {
        "cycles": 260.0,
        "current_density_mA_cm2": 1.0,
        "temperature_C": 25.0,
        "electrolyte": "ether-based electrolyte",
    }
    found = taken("98.3", metric="coulombic_efficiency", unit_reported="%", conditions=said, cited_ref="7")
    assert (found.value, found.unit, found.value_reported, found.unit_reported) == (98.3, "percent", "98.3", "%")
    assert found.subject.name == "ZnO-coated Li"
    assert found.subject.components == ("ZnO",)
    assert found.conditions.known() == {
        **said, "electrolyte_class": "ether", "conditions_far": ["current_density_mA_cm2", "temperature_C"]
    }  # fmt: skip
    assert found.cited_ref == "7"
    assert found.evidence.text.startswith("The ZnO-coated Li kept")
    assert FLAG in found.flags


def test_qualifier_power_and_range_are_read_from_the_paper() -> None:
    life = taken("1,400", metric="cycling_hours", unit_reported="h")
    assert (life.value, life.qualifier) == (1400.0, ">")
    assert taken("4.6", metric="ionic_conductivity", unit_reported="S cm^-1").value == 4.6e-4
    thick = taken("20–50", metric="coating_thickness", unit_reported="nm")
    assert (thick.value, thick.value_max, thick.qualifier, thick.unit) == (0.02, 0.05, "range", "um")
    assert taken("20", metric="coating_thickness", unit_reported="nm").value_max == 0.05


def test_a_table_s_number_has_the_unit_and_the_factor_of_its_head() -> None:
    control = taken("62", metric="overpotential", unit_reported="mV", sample="bare Li", is_control=True)
    assert (control.value, control.is_control, control.evidence.text) == (62.0, True, "bare Li | 62 | 0.5")
    assert taken("0.5", metric="ionic_conductivity", unit_reported="S cm^-1").value == 0.5e-4


@pytest.mark.parametrize(
    ("value", "more", "why"),
    [
        (
            "98.3",
            {"value_reported": "99.9", "metric": "coulombic_efficiency"},
            "'99.9' is not printed at the offsets claimed",
        ),
        ("8.3", {"metric": "coulombic_efficiency"}, "'8.3' is only a part of the number printed there"),
        ("98", {"metric": "coulombic_efficiency"}, "'98' is only a part of the number printed there"),
        ("98.3", {"start": -5, "metric": "coulombic_efficiency"}, "'98.3' is claimed outside of the text"),
        ("98.3", {"end": 10**9, "metric": "coulombic_efficiency"}, "'98.3' is claimed outside of the text"),
        ("kept", {"metric": "coulombic_efficiency"}, "'kept' is no number of a quantity there"),
        ("98.3", {"metric": "coulombic_efficiency", "unit_reported": "mV"}, "unit 'mV' is not printed there, but '%'"),
        ("98.3", {"metric": "overpotential"}, "unit '%' is none of overpotential"),
        ("98.3", {"metric": "beauty"}, "'beauty' is no metric of the vocabulary"),
        (
            "98.3",
            {"metric": "coulombic_efficiency", "sample": "MXene@Cu"},
            "sample 'MXene@Cu' is not named by the paper",
        ),
        ("98.3", {"metric": "coulombic_efficiency", "sample": "…"}, "sample '…' is not named by the paper"),
        ("0.5", {"metric": "overpotential", "unit_reported": "mV"}, "unit 'mV' is not printed there, but 'S cm^-1'"),
    ],
)
def test_what_is_invented_is_rejected_with_the_reason(value: str, more: dict[str, Any], why: str) -> None:
    assert reason(value, **more).startswith(why)


def test_a_number_without_a_unit_is_none_of_a_metric_that_has_one() -> None:
    text = "# T\n\nThe ZnO-coated Li had a value of 45.5 then, behind the mV sign."
    assert reason("45.5", text=text, metric="overpotential") == "a number without a unit is none of overpotential"
    assert reason("45.5", text=text, metric="overpotential", unit_reported="GPa") == "unit 'GPa' is not printed there"


def test_invented_conditions_are_left_out_and_told() -> None:
    said = {"cycles": 777.0, "cell": "full NCM811", "electrolyte": "molten cheese", "current_density_mA_cm2": 1.0}
    found = taken("98.3", metric="coulombic_efficiency", conditions=said, cited_ref="99")
    assert set(found.conditions.known()) == {"current_density_mA_cm2", "conditions_far"}
    assert found.cited_ref is None
    assert [step.split(" = ")[0] for step in found.steps if "left out" in step] == [
        "condition cycles", "condition electrolyte", "condition cell"
    ]  # fmt: skip


def test_a_rejection_shows_what_stands_at_the_place_claimed() -> None:
    found = propose("98.3", metric="overpotential")
    assert isinstance(found, Rejection)
    assert (found.text, asked(PAPER)[0].original[found.start : found.end]) == ("98.3", "98.3")


@pytest.mark.parametrize("name", ["zno-coated li", "ZnO coated Li", "ZnO–coated  Li"])
def test_names_are_found_whatever_their_case_blanks_and_dashes(name: str) -> None:
    assert find_name(name, PAPER) == "ZnO-coated Li"


@pytest.mark.parametrize("name", ["", " ", "-", "7", "nO-coated Li", "ZnO.coated Li", ".*", "ZnO-coated Lithium"])
def test_other_names_are_not(name: str) -> None:
    assert find_name(name, PAPER) == ""


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_whatever_the_rules_take_is_borne_out_if_a_model_proposes_it(file: Path) -> None:
    """Grounding costs no right record: what one miner finds in these papers, the other may say."""
    document = read(file)
    who = cast(document)
    paper, about = Paper.of(document, who), list(questions(document, who))
    for m in mine_file(file).measurements:
        place = (m.evidence.start, m.evidence.end)
        question, q = next(
            (question, p.quantity)
            for question in about
            for p in question.numbers
            if question.passage.original_span(p.quantity.start, p.quantity.end) == place
        )
        proposal = Proposal(
            metric=m.metric,
            value_reported=question.passage.text[q.start : q.end],
            unit_reported=m.unit_reported,
            start=q.start - question.start,
            end=q.end - question.start,
            sample=m.subject.name,
            is_control=m.is_control,
        )
        found = ground(proposal, question, paper, "fake-1")
        assert isinstance(found, Measurement), (m, found)
        assert (found.value, found.value_max, found.unit) == (m.value, m.value_max, m.unit)


# --- the property ---


@st.composite
def proposed(draw: st.DrawFn) -> tuple[Proposal, Question]:
    """Draw a proposal about a paper: the truth, but for what is drawn to be near it or anything at all."""
    question = draw(st.sampled_from(asked(PAPER)[2]))
    q = draw(st.sampled_from(question.numbers)).quantity
    text = question.passage.text[question.start : question.end]
    wrong = draw(st.sets(st.sampled_from(["start", "end", "value", "unit", "metric", "sample"]), max_size=2))
    start, end = q.start - question.start, q.end - question.start
    start = draw(st.integers(start - 4, start + 4) | st.integers()) if "start" in wrong else start
    end = draw(st.integers(end - 4, end + 4) | st.integers()) if "end" in wrong else end
    value = (
        draw(st.from_regex(r"\d{1,4}(\.\d)?", fullmatch=True))
        if "value" in wrong
        else text[max(start, 0) : max(end, 0)]
    )
    fitting = sorted(metrics_of_kind(kind_of(q.unit)))
    metrics = sorted(vocabulary().metrics) if "metric" in wrong or not fitting else fitting
    names = (
        st.text(min_size=1, max_size=20) | st.just("MXene")
        if "sample" in wrong
        else st.sampled_from(["ZnO-coated Li", "bare Li"])
    )
    proposal = Proposal(
        metric=draw(st.sampled_from(metrics)),
        value_reported=value[:200] or "?",
        unit_reported=draw(st.sampled_from(["", "mV", "%", "h", "nm", "GPa"])) if "unit" in wrong else q.unit,
        start=start,
        end=end,
        sample=draw(names),
        is_control=draw(st.booleans()),
    )
    return proposal, question


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@given(drawn=proposed())
@example(
    drawn=(Proposal(metric="overpotential", value_reported="32", start=0, end=2, sample="bare Li"), asked(PAPER)[2][-1])
)
def test_no_record_leaves_whose_digits_do_not_stand_at_its_offsets(drawn: tuple[Proposal, Question]) -> None:
    proposal, question = drawn
    document, paper, _ = asked(PAPER)
    found = ground(proposal, question, paper, "fake-1")
    if isinstance(found, Rejection):
        assert 0 <= found.start <= found.end <= len(document.original)
        assert found.reason.isprintable()
        return
    shown = document.original[found.evidence.start : found.evidence.end]
    assert fault(found, document.original) == ""
    assert digits(proposal.value_reported) in digits(shown)
    assert digits(shown)
    assert found.subject.name in paper.text
    assert not found.unit_reported or found.unit_reported.replace("^", "") in re.sub(r"[\\$^{}]", "", document.original)
