"""The rules on faults that were planted; the page of docs/ has the same table."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.audit import RULES
from kb.audit.measuring import Score, as_table, measure
from kb.audit.planted import FAULTS, papers_with_faults, sound_paper

PAGE = Path(__file__).parents[3] / "docs" / "audits.md"
# What a slip of a thousand leaves among the usual values cannot be seen where the paper has no other value to go by.
LEAST_PRECISION, LEAST_RECALL = 0.9, {"unit_suspect": 0.75}


@pytest.fixture(scope="module")
def scores() -> Mapping[str, Score]:
    return measure()


def test_every_rule_has_its_fault() -> None:
    assert {*FAULTS, "broken_evidence"} == {*RULES}


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_cries_wolf_or_sleeps(scores: Mapping[str, Score], rule: str) -> None:
    assert scores[rule].precision >= LEAST_PRECISION
    assert scores[rule].recall >= LEAST_RECALL.get(rule, 0.9)


def test_the_page_has_these_figures(scores: Mapping[str, Score]) -> None:
    table = re.search(r"<!-- planted: begin -->\n(.*?)\n<!-- planted: end -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert table is not None
    assert table[1] == as_table(dict(scores)), "python tests/test_docs.py writes it anew"


def test_papers_are_drawn_alike_from_one_seed_and_shown_by_their_evidence() -> None:
    made = list(papers_with_faults(3, 1, seed=5))
    assert made == list(papers_with_faults(3, 1, seed=5))
    for mined, _ in made:
        for m in mined.measurements:
            assert mined.document.original[m.evidence.start : m.evidence.end] == m.value_reported


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_names_where_it_is(rule: str) -> None:
    draft = sound_paper(random.Random(1), 1)
    before = dict(draft.said)
    FAULTS[rule](draft)
    told = draft.twin if rule == "formats_disagree" and draft.twin else draft.said
    assert draft.planted
    assert {name for name in told if before.get(name) != told[name]} <= {*draft.planted}
