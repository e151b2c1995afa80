"""Values are compared within strata; what mixes is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.screening.strata import CURRENT_EDGES, Stratum, band, caveat, comparable, largest, mixed

WORDS = st.sampled_from(["", "a", "b", "c"])
STRATA = st.builds(Stratum, cell=WORDS, electrolyte=WORDS, current=WORDS)


@given(STRATA, STRATA)
def test_comparing_is_symmetric_and_reflexive(one: Stratum, other: Stratum) -> None:
    assert comparable(one, one)
    assert comparable(one, other) == comparable(other, one)


@given(st.lists(STRATA, max_size=12))
def test_a_stratum_holds_all_that_agree_with_it_and_none_that_contradict_each_other(strata: list[Stratum]) -> None:
    named = dict(enumerate(strata))
    best, members = largest(named)
    assert all(comparable(named[one], named[other]) for one in members for other in members)
    assert members == tuple(k for k, s in named.items() if comparable(best, s))
    assert bool(members) == bool(strata)


@given(st.lists(STRATA, min_size=1, max_size=12))
def test_the_order_of_values_does_not_matter(strata: list[Stratum]) -> None:
    assert largest(dict(enumerate(strata)))[0] == largest(dict(enumerate(reversed(strata))))[0]


def test_many_values_of_one_sample_count_once() -> None:
    half, full = Stratum("Li|Cu half"), Stratum("full LFP")
    strata = {1: half, 2: half, 3: half, 4: full, 5: full}
    assert largest(strata)[0] == half
    assert largest(strata, {1: "a", 2: "a", 3: "a", 4: "b", 5: "c"})[0] == full


@given(st.floats(0.01, 50), st.floats(0.01, 50))
def test_bands_follow_the_edges(one: float, other: float) -> None:
    apart = any(min(one, other) <= edge < max(one, other) for edge in CURRENT_EDGES)
    assert (band(one, CURRENT_EDGES, "u") == band(other, CURRENT_EDGES, "u")) == (not apart)


def test_nothing_has_no_stratum() -> None:
    assert largest({}) == (Stratum(), ())
    assert mixed([]) == {}


def test_the_caveat_counts_what_differs_and_is_silent_where_nothing_does() -> None:
    half, full = Stratum("Li|Cu half", "ether"), Stratum("full LFP", "ether")
    assert caveat("overpotential", [half, half, Stratum()]) == ""
    assert caveat("overpotential", [half, half, full]) == (
        "overpotential: compared across strata (cell: 2 Li|Cu half, 1 full LFP)"
    )
