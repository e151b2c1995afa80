"""Weights that move: the same ranks as a study run anew, and shares that stay shares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.connection import open_base
from kb.studies import Study
from kb.study_tables import answer_rows, footnotes
from kb.synthetic import fill
from kb.weighing import Weighing, moved, shares_of, with_weights
from schema.errors import BadStudy

CORPUS = Path(__file__).parents[2] / "corpus"
BY = ("coulombic_efficiency", "cycling_hours", "overpotential")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("weighing") / "kb.sqlite"
    with KnowledgeBase(path, read_only=False) as found:
        found.ingest([CORPUS])
        yield found


@pytest.mark.parametrize("method", ["desirability", "topsis"])
def test_ranks_are_those_of_the_study_run_anew(base, method):
    study = Study(BY, draws=500, method=method)
    found = base.weighing(study)
    weighed = found.weighed((0.6, 0.3, 0.1))
    anew = base.study(with_weights(study, (0.6, 0.3, 0.1)))
    assert np.array_equal(weighed.places.ranks, anew.places.ranks)
    assert answer_rows(weighed) == answer_rows(anew)
    assert footnotes(found.telling(found.turned(weighed))) == footnotes(anew)


def test_the_first_weights_are_those_of_the_study(base):
    study = Study(("cycling_hours:max:3", "overpotential"), draws=500)
    assert answer_rows(base.weighing(study).answer) == answer_rows(base.study(study))


def test_a_filter_narrows_what_counts(base):
    whole = base.weighing(Study(BY, draws=500)).answer.comparison.candidates
    some = base.weighing(Study(BY, draws=500, where="substrate = Cu")).answer.comparison.candidates
    assert 0 < len(some) < len(whole)


def test_an_empty_base_has_nothing_to_compare(tmp_path):
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as empty, pytest.raises(BadStudy, match="nothing"):
        empty.weighing(Study(BY))


def test_more_values_than_can_be_compared_are_refused_at_once(base, monkeypatch):
    monkeypatch.setattr("kb.weighing.MOST_VALUES", 3)
    with pytest.raises(BadStudy, match="narrow what counts by a filter"):
        base.weighing(Study(BY))


def test_with_many_candidates_fewer_draws_are_made_and_that_is_said(tmp_path, monkeypatch):
    db = open_base(tmp_path / "kb.sqlite", read_only=False)
    fill(db, 2000, seed=3)
    db.close()
    monkeypatch.setattr("kb.weighing.MOST_RANKS", 1000)
    monkeypatch.setattr("kb.weighing.MOST_FOR_TURNS", 5)
    with KnowledgeBase(tmp_path / "kb.sqlite") as found:
        many = found.weighing(Study(BY, draws=2000))
    assert many.answer.done == 500
    assert any(line.startswith("Partial: 500 of 2000 draws") for line in footnotes(many.answer))
    assert many.telling(many.turned(many.answer)).turns == []


shares = st.lists(st.floats(0.02, 1.0), min_size=2, max_size=6).map(lambda w: tuple(x / sum(w) for x in w))


@given(shares, st.data(), st.sampled_from([0.05, -0.05, 0.01, -0.01]))
def test_shares_stay_shares_whatever_is_moved(before, data, by):
    index = data.draw(st.integers(0, len(before) - 1))
    after = moved(before, index, by)
    assert sum(after) == pytest.approx(1.0)
    assert all(share > 0 for share in after)
    others = [i for i in range(len(before)) if i != index]
    if all(after[i] > 0.0101 for i in others):
        kept = [after[i] / after[others[0]] for i in others]
        assert kept == pytest.approx([before[i] / before[others[0]] for i in others], rel=1e-6)


@given(shares)
def test_weights_are_written_to_four_digits(before):
    names = (*BY, "capacity_retention", "cycle_count", "exchange_current_density")[: len(before)]
    assert shares_of(with_weights(Study(names), before)) == pytest.approx(before, rel=1e-3)


def test_a_weighing_keeps_its_draws(base):
    found = base.weighing(Study(BY, draws=500))
    assert isinstance(found, Weighing)
    answer = found.weighed((0.1, 0.1, 0.8))
    assert answer.places.free is found.answer.places.free
    assert replace(answer, study=found.answer.study).expected is found.answer.expected
