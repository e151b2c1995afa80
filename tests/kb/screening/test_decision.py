"""Decisions under uncertainty: identities of ranks, weights that turn, experiments that tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kb.screening.decision import (
    METHODS,
    Places,
    Scale,
    experiments,
    noisy_front,
    places,
    ranks_of,
    reversals,
    turns,
    undecided,
)
from kb.screening.rank import topsis_score
from schema.errors import OutOfRange, UnknownParameter

DRAWS = arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(1, 6), st.integers(1, 3)),
               elements=st.floats(-3, 3))  # fmt: skip


@given(DRAWS, st.sampled_from(METHODS), st.integers(1, 6))
def test_the_probabilities_of_the_first_k_add_up_to_k(draws: np.ndarray, method: str, k: int) -> None:
    found = places(draws, Scale.of(draws, np.ones(draws.shape[2]), method))
    n = draws.shape[1]
    assert found.top(k).sum() == pytest.approx(min(k, n))
    assert np.array_equal(np.sort(found.ranks, axis=1), np.tile(np.arange(1, n + 1), (len(draws), 1)))
    assert np.all(found.free.any(axis=1))


@given(arrays(np.float64, (5, 4), elements=st.floats(-2, 2)))
def test_who_dominates_does_not_score_less(effects: np.ndarray) -> None:
    scale = Scale.of(effects[None], [1, 1, 2, 3])
    score = scale.score(effects)
    for i in range(5):
        for j in range(5):
            if np.all(effects[i] >= effects[j]):
                assert score[i] >= score[j] - 1e-12


def test_desirability_is_the_weighted_geometric_mean_with_hard_limits() -> None:
    effects = np.array([[0.5, 0.5], [1.0, -0.1], [0.25, 1.0]])
    scale = Scale("desirability", np.array([0.25, 0.75]), np.zeros(2), np.ones(2))
    assert scale.score(effects).tolist() == pytest.approx([0.5, 0.0, 0.25**0.25])


def test_topsis_is_that_of_the_core_on_factors() -> None:
    effects = np.array([[[0.5, 0.1], [1.0, -0.1], [0.25, 1.0]]])
    scale = Scale.of(effects, [1, 3], "topsis")
    assert np.allclose(scale.score(effects)[0], topsis_score(np.exp(effects[0]), [1, 3]))


def test_topsis_is_that_of_scikit_criteria() -> None:
    skc = pytest.importorskip("skcriteria")
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.scalers import VectorScaler

    rng = np.random.default_rng(0)
    effects = rng.normal(0, 0.5, (1, 7, 3))
    weights = np.array([0.2, 0.3, 0.5])
    table = skc.mkdm(np.exp(effects[0]), [max] * 3, weights=weights)
    oracle = mkpipe(VectorScaler(target="matrix"), TOPSIS()).evaluate(table)
    assert np.array_equal(ranks_of(Scale.of(effects, weights, "topsis").score(effects))[0], oracle.rank_)


def test_certain_effects_have_certain_places() -> None:
    draws = np.tile([[2.0, 2.0], [1.0, 1.0], [0.0, 0.0]], (50, 1, 1))
    found = places(draws, Scale.of(draws, [1, 1]))
    assert found.quantiles(0.05, 0.5, 0.95).tolist() == [[1, 2, 3]] * 3
    assert found.undominated.tolist() == [1, 0, 0]
    assert not undecided(found, np.ones((draws.shape[1], 1), bool)).any()


def test_what_is_not_known_has_no_place() -> None:
    rng = np.random.default_rng(5)
    draws = (np.array([2, 1, 0, 1]) + np.array([0.01, 0.01, 0.01, 3]) * rng.standard_normal((2000, 4)))[:, :, None]
    assert undecided(places(draws, Scale.of(draws, [1])), np.ones((4, 1), bool)).tolist() == [False, False, False, True]


def test_a_candidate_without_an_effect_has_no_place() -> None:
    draws = np.zeros((10, 2, 1))
    known = np.array([[True], [False]])
    assert undecided(places(draws, Scale.of(draws, [1])), known)[1]


def test_perturbed_weights_leave_the_identity_and_depend_on_the_seed_alone() -> None:
    draws = np.random.default_rng(0).normal(0, 1, (200, 5, 3))
    scale = Scale.of(draws, [1, 2, 3])
    one, other = (places(draws, scale, np.random.default_rng(7), 0.3) for _ in range(2))
    assert np.array_equal(one.ranks, other.ranks)
    assert one.top(2).sum() == pytest.approx(2)
    assert not np.array_equal(one.ranks, places(draws, scale).ranks)


def test_the_weight_at_which_the_winner_changes_is_where_both_score_alike() -> None:
    effects = np.array([[0.8, 0.2], [0.3, 0.9]])
    scale = Scale("desirability", np.array([0.5, 0.5]), np.zeros(2), np.ones(2))
    exact = np.log(4.5) / (np.log(4.5) + np.log(0.8 / 0.3))  # (0.8 / 0.3)^w = (0.9 / 0.2)^(1 - w)
    found = {turn.criterion: turn for turn in turns(effects, scale)}
    assert found[0].weight == pytest.approx(exact, abs=1e-6)
    assert found[1].weight == pytest.approx(1 - exact, abs=1e-6)
    assert found[0].winner == found[1].winner != int(np.argmax(scale.score(effects)))


def test_who_wins_everything_is_never_turned_out() -> None:
    effects = np.array([[0.9, 0.9], [0.3, 0.5]])
    assert turns(effects, Scale("desirability", np.array([0.5, 0.5]), np.zeros(2), np.ones(2))) == []


def test_the_most_telling_experiment_is_where_the_ranking_is_open() -> None:
    rng = np.random.default_rng(6)
    draws = np.stack([3 + 0.01 * rng.standard_normal(1500), 1 + rng.standard_normal(1500),
                      1 + 0.1 * rng.standard_normal(1500)], axis=1)[:, :, None]  # fmt: skip
    found = places(draws, Scale.of(draws, [1]))
    first, *_, last = experiments(draws, found, 0.3)
    assert first.candidate == 1
    assert last.change < 0.1 < first.change


def test_an_experiment_without_precision_tells_nothing() -> None:
    draws = np.random.default_rng(8).normal(0, 1, (500, 3, 2))
    found = places(draws, Scale.of(draws, [1, 1]))
    assert all(e.change < 1e-6 for e in experiments(draws, found, 1e6))


def test_the_front_keeps_what_is_as_good_but_for_the_noise() -> None:
    rng = np.random.default_rng(9)
    draws = np.array([[2.0, 2.0], [1.95, 2.0], [0.0, 0.0]]) + 0.1 * rng.standard_normal((2000, 3, 2))
    assert noisy_front(draws).tolist() == [True, True, False]
    assert noisy_front(np.round(draws.mean(axis=0), 6)[None]).sum() < 3


def test_a_candidate_that_turns_the_order_of_others_is_named() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):  # a table with a reversal is soon met
        effects = rng.normal(0, 1, (5, 3))
        scale = Scale.of(effects[None], [1, 1, 1], "topsis")
        found = reversals(effects, scale)
        for left in found:
            kept = [i for i in range(5) if i != left]
            whole = [i for i in np.argsort(-scale.score(effects), kind="stable") if i != left]
            assert [kept[i] for i in np.argsort(-scale.score(effects[kept]), kind="stable")] != whole
        if found:
            break
    assert found
    assert reversals(effects, Scale.of(effects[None], [1, 1, 1])) == []


def test_one_candidate_is_first() -> None:
    draws = np.zeros((10, 1, 1))
    found = places(draws, Scale.of(draws, [1]))
    assert found.top(1).tolist() == [1]
    assert not undecided(found, np.ones((draws.shape[1], 1), bool)).any()


def test_what_is_no_scale_is_refused() -> None:
    draws = np.zeros((2, 2, 1))
    with pytest.raises(UnknownParameter, match="did you mean 'topsis'"):
        Scale.of(draws, [1], "topsys")
    for weights in ([-1.0], [0.0], [1.0, 1.0], [np.nan]):
        with pytest.raises(OutOfRange):
            Scale.of(draws, weights)
    with pytest.raises(OutOfRange):
        Scale.of(draws, [1], low=[1.0], high=[0.0])


def test_places_of_draws_are_a_record() -> None:
    assert Places(np.array([[1, 2], [2, 1]]), np.ones((2, 2), bool)).mean.tolist() == [1.5, 1.5]
