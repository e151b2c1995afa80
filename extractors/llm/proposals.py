"""What a language model may propose, as a schema, and the reading of its answers.

A proposal points at a number of a passage and says what it is; value, unit and place of the record are read from the
paper itself (``grounding.py``), so a proposal holds no value of its own.
"""

from __future__ import annotations

import json
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LONGEST_NAME = 200  # characters
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)


class UnreadableAnswer(ValueError):
    """An answer that is not the JSON that was asked for; the message says what is wrong with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ProposedConditions(_Strict):
    """Test conditions, named as in :class:`schema.records.Conditions`; what is not stated is left out."""

    current_density_mA_cm2: float | None = None  # noqa: N815 - binding export name
    areal_capacity_mAh_cm2: float | None = None  # noqa: N815 - binding export name
    cycles: float | None = None
    at_cycle: float | None = None
    c_rate: float | None = None
    temperature_C: float | None = None  # noqa: N815 - binding export name
    time_h: float | None = None
    np_ratio: float | None = None
    electrolyte: str | None = Field(default=None, max_length=LONGEST_NAME)
    cell: str | None = Field(default=None, max_length=LONGEST_NAME)


class Proposal(_Strict):
    """One number of a passage, and what the model takes it for.

    Attributes
    ----------
    start, end : offsets of the number in the text that was sent
    value_reported, unit_reported : the characters that stand there
    sample : the words by which the paper names the sample
    """

    metric: str = Field(max_length=LONGEST_NAME)
    value_reported: str = Field(min_length=1, max_length=LONGEST_NAME)
    unit_reported: str = Field(default="", max_length=LONGEST_NAME)
    start: int
    end: int
    sample: str = Field(min_length=1, max_length=LONGEST_NAME)
    is_control: bool = False
    conditions: ProposedConditions = ProposedConditions()
    provenance: Literal["measured", "calculated", "estimated", "stated", "cited"] = "measured"
    cited_ref: str | None = Field(default=None, max_length=LONGEST_NAME)


def read_answer(text: str) -> list[Proposal | str]:
    """Read an answer: each record of it as a proposal, or as a clause that says why it is none.

    A block of thoughts and a fence around the JSON are passed over.

    Raises
    ------
    UnreadableAnswer
        Where there is no JSON object with a list of records.

    Examples
    --------
    >>> said = '{"metric": "overpotential", "value_reported": "32", "start": 3, "end": 5, "sample": "bare Cu"}'
    >>> read_answer('```json\\n{"records": [%s, {"metric": 7}]}\\n```' % said)[1]
    "a record that is not of the schema ('metric': Input should be a valid string)"
    >>> read_answer("It is 32 mV.")
    Traceback (most recent call last):
    ...
    extractors.llm.proposals.UnreadableAnswer: the model's answer is no JSON
    """
    body = _THOUGHT.sub("", text, count=1)
    try:
        said = json.loads(body[max(body.find("{"), 0) : body.rfind("}") + 1])
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswer("the model's answer is no JSON") from error
    records = said.get("records") if isinstance(said, dict) else None
    if not isinstance(records, list):
        raise UnreadableAnswer("the model's answer holds no list of records")
    return [_proposal(record) for record in records]


def _proposal(record: object) -> Proposal | str:
    try:
        return Proposal.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "record"
        return f"a record that is not of the schema ({place[:60]!r}: {first['msg'][:80]})"
