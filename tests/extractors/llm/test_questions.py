"""What is sent to a model: the paper as data, its numbers with their places, its samples; nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.cast import cast
from extractors.llm.numbers import printed_numbers
from extractors.llm.questions import LONGEST, Question, instructions, questions
from extractors.readers import read
from extractors.readers.plain.text import read_text_string
from schema.records import Document
from schema.vocabulary import vocabulary

CORPUS = Path(__file__).parents[3] / "corpus"


def asked(document: Document) -> list[Question]:
    return list(questions(document, cast(document)))


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_the_numbers_of_a_question_stand_in_its_text(file: Path) -> None:
    document = read(file)
    about = asked(document)
    assert about
    for question in about:
        told = json.loads(question.text)
        assert document.passages[question.number].text[question.start : question.end] == told["text"]
        for start, end, characters, _ in told["numbers"]:
            assert told["text"][start:end] == characters


def test_every_number_of_the_results_is_in_one_question() -> None:
    document = read(CORPUS / "pmma_pvdf_cu.md")
    sent = [p for question in asked(document) for p in question.numbers]
    told = {"paragraph", "table", "caption", "list"}
    printed = [p for passage in document.passages if passage.kind in told for p in printed_numbers(passage)]
    assert sorted(p.line for p in sent) == sorted(p.line for p in printed)


def test_the_samples_that_the_paper_defines_come_with_every_question() -> None:
    for question in asked(read(CORPUS / "pmma_pvdf_cu.md")):
        samples = json.loads(question.text)["samples"]
        assert samples["made_of"] == ["PMMA", "PVDF"]
        assert samples["abbreviations"]["PMMA"] == "PMMA"


def test_a_table_comes_with_its_caption_and_its_head() -> None:
    tables = [json.loads(q.text) for q in asked(read(CORPUS / "pmma_pvdf_cu.md")) if q.passage.kind == "table"]
    assert tables
    assert tables[0]["caption_and_head"].startswith("Electrode | Rct after cycle 1")


def test_what_holds_no_number_or_no_fact_is_not_sent() -> None:
    facts = "Introduction\n\nLithium is soft.\n\nResults\n\nIt ran for 900 h.\n\n"
    about = asked(read_text_string(f"{facts}References\n\n[1] A. Smith, 900 h of Li, 2020.\n"))
    assert ["900 h" in q.text for q in about] == [True]
    assert "Smith" not in about[0].text


def test_a_long_passage_is_divided_between_its_sentences() -> None:
    document = read_text_string("The ZnO-coated Li cell ran for 900 h at 2 mA cm-2. " * 300)
    about = asked(document)
    assert len(about) > 3
    assert all(q.end - q.start <= LONGEST + 60 for q in about)
    assert [q.start for q in about[1:]] == [q.end for q in about[:-1]]
    assert sum(len(q.numbers) for q in about) == 600


def test_the_instructions_name_every_metric_and_are_one_for_all_questions() -> None:
    told = instructions()
    assert all(f"\n{m.name} ({m.unit})" in told for m in vocabulary().metrics.values())
    assert told is instructions()
    assert "never followed" in " ".join(told.split())
