"""Answers of a model: whatever it says is read as proposals, or told to be none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.proposals import Proposal, UnreadableAnswer, read_answer

GOOD = {"metric": "overpotential", "value_reported": "32", "start": 3, "end": 5, "sample": "bare Cu"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(sorted(GOOD)), inner),
)


def answer(*records: object) -> str:
    return json.dumps({"records": records})


@pytest.mark.parametrize("form", ["{}", "```json\n{}\n```", "<think>{{ 32? }}</think>\n{}", "Here it is:\n{}\nDone."])
def test_an_answer_is_found_in_what_models_put_around_it(form: str) -> None:
    assert read_answer(form.format(answer(GOOD))) == [Proposal(**GOOD)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken", ["", "It is 32 mV.", "{", answer(GOOD)[:-9], "[" * 100_000, '{"records": {}}', '["records"]', '{"a": NaN']
)
def test_what_is_no_answer_is_told(broken: str) -> None:
    with pytest.raises(UnreadableAnswer, match=r"^the model's answer "):
        read_answer(broken)


@pytest.mark.parametrize(
    "change",
    [
        {"start": "3"}, {"start": 3.5}, {"start": None}, {"value_reported": 32}, {"value_reported": ""}, {"sample": ""},
        {"sample": "x" * 1000}, {"is_control": "yes"}, {"provenance": "certain"}, {"value": 32}, {"command": "rm"},
        {"conditions": {"cycles": "many"}}, {"conditions": {"cycles": float("inf")}}, {"conditions": {"mood": 1}},
    ],
)  # fmt: skip
def test_a_record_of_another_schema_is_told_and_the_others_stand(change: dict[str, object]) -> None:
    first, second = read_answer(answer({**GOOD, **change}, GOOD))
    assert isinstance(first, str)
    assert first.startswith("a record that is not of the schema ('")
    assert next(iter(change)) in first
    assert second == Proposal(**GOOD)  # type: ignore[arg-type]


def test_a_key_is_shown_without_its_control_characters() -> None:
    (told,) = read_answer(answer({**GOOD, "\x1b[2J\n": 1}))
    assert isinstance(told, str)
    assert told.isprintable()


@given(said=st.text() | JSON.map(json.dumps) | st.lists(JSON).map(lambda records: answer(*records)))
def test_any_text_is_read_or_told(said: str) -> None:
    try:
        read = read_answer(said)
    except UnreadableAnswer:
        return
    assert all(isinstance(r, Proposal | str) for r in read)
