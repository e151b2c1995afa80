"""Mines a document by asking a language model, stretch by stretch, and grounding what it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractors import pipeline
from extractors.cast import cast
from extractors.deadline import in_time
from extractors.llm.endpoint import LanguageModel
from extractors.llm.grounding import Paper, ground, reject
from extractors.llm.proposals import UnreadableAnswer, read_answer
from extractors.llm.questions import instructions, questions
from extractors.merging import merge_repeats
from schema.records import Document, Measurement, Mined, Rejection

DEFAULT_SECONDS = 1800.0  # a model on a desk takes a while


@dataclass(frozen=True)
class Plan:
    """What mining a document would ask.

    Attributes
    ----------
    questions : how many stretches hold numbers
    answered : how many of these have their answers kept
    characters : of the requests left to send, instructions included
    """

    questions: int
    answered: int
    characters: int

    @property
    def requests(self) -> int:
        """Requests to send, if none has to be repeated."""
        return self.questions - self.answered


def plan(document: Document, main: Document | None = None, model: LanguageModel | None = None) -> Plan:
    """Count what mining a document would ask; nothing is sent.

    Parameters
    ----------
    main : as of :func:`extractors.pipeline.mine`
    model : whose answers are looked up; None counts every question

    Examples
    --------
    >>> from extractors.readers.plain.text import read_text_string
    >>> plan(read_text_string("The ZnO-coated Li ran for over 900 h at 2 mA cm-2.")).requests
    1
    """
    document, told = pipeline.with_main_text(document, main)
    asked = [q.text for q in questions(document, cast(told), supplement=main is not None)]
    left = [text for text in asked if model is None or not model.has_answered(instructions(), text)]
    return Plan(len(asked), len(asked) - len(left), sum(len(text) + len(instructions()) for text in left))


@dataclass(frozen=True)
class ModelMiner:
    """A miner (``extractors.pipeline.Miner``) that asks a language model; what is no number, the rules mine."""

    model: LanguageModel
    seconds: float = DEFAULT_SECONDS

    @property
    def name(self) -> str:
        return f"llm {self.model.endpoint.model}"

    def __call__(self, document: Document, main: Document | None = None) -> Mined:
        """Mine one document.

        Every measurement is one that the paper prints where it says so; every proposal that is not is a rejection.

        Raises
        ------
        ModelUnavailable, RequestsSpent, TooSlow
            See :meth:`extractors.llm.endpoint.LanguageModel.answer`.
        """
        by_rules = pipeline.mine(document, main)
        document, told = pipeline.with_main_text(document, main)
        who = cast(told)
        paper = Paper.of(told, who)
        found: list[Measurement] = []
        rejected: list[Rejection] = []
        for question in questions(document, who, supplement=main is not None):
            try:
                proposals = self.model.answer(instructions(), question.text, read_answer)
            except UnreadableAnswer as error:
                rejected.append(reject(question, str(error)))
                continue
            for proposal in in_time(proposals):
                fact = proposal if isinstance(proposal, str) else ground(proposal, question, paper, self.name)
                if isinstance(fact, Measurement):
                    found.append(pipeline.paged(fact, document))
                else:
                    rejected.append(reject(question, fact) if isinstance(fact, str) else fact)
        tables = {number for number, passage in enumerate(document.passages) if passage.kind == "table"}
        return replace(by_rules, measurements=tuple(merge_repeats(found, tables)), rejections=tuple(rejected))
