"""Criteria as written by people, candidates in their order."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.screening import twin
from kb.screening.rank import (
    Candidate,
    Criterion,
    Observation,
    desirability_score,
    pareto_front,
    parse_criterion,
    rank,
)
from schema.errors import BadCriterion, UnitMismatch, UnknownMetric

CE, HOURS, ETA = (
    Criterion("coulombic_efficiency", "max"),
    Criterion("cycling_hours", "max"),
    Criterion("overpotential", "min"),
)


def percent(value, **more):
    return Observation(value, "percent", **more)


def candidate(name, ce=None, hours=None, eta=None, paper="a paper", key=0):
    given_here = {"coulombic_efficiency": (ce, "percent"), "cycling_hours": (hours, "h"), "overpotential": (eta, "mV")}
    observations = {m: Observation(v, unit) for m, (v, unit) in given_here.items() if v is not None}
    return Candidate(name, paper, key, observations)


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("coulombic_efficiency:max", Criterion("coulombic_efficiency", "max")),
        ("coulombic_efficiency", Criterion("coulombic_efficiency", "max")),
        ("overpotential", Criterion("overpotential", "min")),
        ("overpotential:min:2", Criterion("overpotential", "min", 2.0)),
        ("overpotential::0.5", Criterion("overpotential", "min", 0.5)),
        (" overpotential : max ", Criterion("overpotential", "max")),
        ("coating_thickness:min", Criterion("coating_thickness", "min")),
    ],
)
def test_criterion_is_read(text, criterion):
    assert parse_criterion(text) == criterion
    assert parse_criterion(str(criterion)) == criterion


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("coulombic_eficiency:max", UnknownMetric, "did you mean 'coulombic_efficiency'"),
        ("", UnknownMetric, "unknown metric ''"),
        ("overpotential:mim", BadCriterion, "'mim' is neither max nor min; did you mean 'min'"),
        ("overpotential:best", BadCriterion, "write it like"),
        ("overpotential:2", BadCriterion, "'2' is neither max nor min"),
        ("overpotential:min:heavy", BadCriterion, "weight 'heavy' is not a number"),
        ("overpotential:min:1:2", BadCriterion, "weight '1:2' is not a number"),
        ("overpotential:min:0", BadCriterion, "weight 0 is not a positive number"),
        ("overpotential:min:-1", BadCriterion, "weight -1 is not a positive"),
        ("overpotential:min:nan", BadCriterion, "weight nan is not a positive"),
        ("overpotential:min:inf", BadCriterion, "weight inf is not a positive"),
        ("coating_thickness", BadCriterion, "coating_thickness:max or coating_thickness:min"),
    ],
)
def test_criterion_refused_with_the_remedy(text, error, message):
    with pytest.raises(error, match=message):
        parse_criterion(text)


def test_ranking_by_hand():
    best = candidate("best", ce=99.0, hours=1000, eta=20)
    loser = candidate("loser", ce=95.0, hours=500, eta=60)
    trade = candidate("trade", ce=97.0, hours=1500, eta=60)
    ranked = rank([loser, trade, best], [CE, HOURS, ETA])
    assert [(r.position, r.candidate.name) for r in ranked] == [(1, "best"), (2, "trade"), (3, "loser")]
    assert [r.score for r in ranked] == pytest.approx([(1 + 0.5 + 1) / 3, (0.5 + 1 + 0) / 3, 0.0])
    assert [r.on_front for r in ranked] == [True, True, False]
    assert [r.known for r in ranked] == [3, 3, 3]
    assert ranked[0].values == {"coulombic_efficiency": 99.0, "cycling_hours": 1000, "overpotential": 20}


def test_weights_turn_the_order():
    a, b = candidate("a", ce=99, eta=60), candidate("b", ce=95, eta=20)
    assert [r.candidate.name for r in rank([a, b], [CE, Criterion("overpotential", "min", 2)])] == ["b", "a"]
    assert [r.candidate.name for r in rank([a, b], [Criterion("coulombic_efficiency", "max", 2), ETA])] == ["a", "b"]


def test_ties_stand_in_the_order_of_their_names():
    rows = [
        candidate(n, ce=98, key=k, paper=p) for n, p, k in [("b", "x", 1), ("a", "y", 2), ("a", "x", 4), ("a", "x", 3)]
    ]
    ranked = rank(rows, [CE])
    assert [(r.candidate.name, r.candidate.paper, r.candidate.key) for r in ranked] == [
        ("a", "x", 3),
        ("a", "x", 4),
        ("a", "y", 2),
        ("b", "x", 1),
    ]
    assert [r.position for r in ranked] == [1, 2, 3, 4]


def test_unknown_counts_as_worst_and_is_counted():
    known, half, blank = candidate("known", ce=90, eta=50), candidate("half", ce=99), candidate("blank")
    ranked = {r.candidate.name: r for r in rank([known, half, blank], [CE, ETA])}
    assert [ranked[n].known for n in ("known", "half", "blank")] == [2, 1, 0]
    assert [ranked[n].on_front for n in ("known", "half", "blank")] == [True, True, False]
    assert ranked["blank"].score == 0.0
    assert math.isnan(ranked["half"].values["overpotential"])
    assert set(ranked["half"].effects) == {"coulombic_efficiency"}


def test_the_worst_known_value_stands_before_an_unknown_one():
    worst, blank, best = candidate("z", ce=90, eta=20), candidate("a", eta=20), candidate("best", ce=99, eta=20)
    ranked = rank([blank, worst, best], [CE, ETA])
    assert [(r.candidate.name, r.score) for r in ranked] == [("best", 1.0), ("z", 0.5), ("a", 0.5)]


def test_ranges_count_at_their_worse_end():
    wide = Candidate("wide", "p", 1, {"overpotential": Observation(10, "mV", 80, "range")})
    narrow = candidate("narrow", eta=50)
    ranked = rank([wide, narrow], [ETA])
    assert [(r.candidate.name, r.values["overpotential"]) for r in ranked] == [("narrow", 50), ("wide", 80)]


def test_units_are_converted():
    ranked = rank([Candidate("a", "p", 1, {"overpotential": Observation(0.02, "V")}), candidate("b", eta=30)], [ETA])
    assert [(r.candidate.name, r.values["overpotential"]) for r in ranked] == [("a", 20.0), ("b", 30)]
    with pytest.raises(UnitMismatch, match="overpotential: 'h' is no unit for a quantity in 'mV'"):
        rank([Candidate("a", "p", 1, {"overpotential": Observation(20, "h")})], [ETA])


def test_a_fold_improvement_is_no_percentage():
    fold = Candidate("fold", "p", 1, {"improvement": Observation(4, "fold")})
    assert rank([fold], [Criterion("improvement", "max")])[0].known == 0


def test_relative_ranks_by_the_effect_on_the_own_control():
    raw_best = Candidate("raw best", "p", 1, {"coulombic_efficiency": percent(99.0, control=percent(98.9))})
    effect_best = Candidate("effect best", "q", 2, {"coulombic_efficiency": percent(94.6, control=percent(83.3))})
    alone = Candidate("alone", "r", 3, {"coulombic_efficiency": percent(99.9)})
    rows = [raw_best, effect_best, alone]
    assert [r.candidate.name for r in rank(rows, [CE])] == ["alone", "raw best", "effect best"]
    ranked = rank(rows, [CE], relative=True)
    assert [r.candidate.name for r in ranked] == ["effect best", "raw best", "alone"]
    assert [r.known for r in ranked] == [1, 1, 0]
    assert ranked[0].values["coulombic_efficiency"] == pytest.approx(1.13, abs=0.005)
    assert ranked[0].effects["coulombic_efficiency"].text == "loss x0.32"
    assert ranked[2].effects["coulombic_efficiency"].reason == "no control in the paper for it"


def test_relative_turns_the_sign_where_less_is_better():
    halved = Candidate("halved", "p", 1, {"overpotential": Observation(30, "mV", control=Observation(60, "mV"))})
    doubled = Candidate("doubled", "p", 2, {"overpotential": Observation(60, "mV", control=Observation(30, "mV"))})
    assert [r.candidate.name for r in rank([doubled, halved], [ETA], relative=True)] == ["halved", "doubled"]


def test_nothing_to_rank_and_nothing_to_rank_by():
    assert rank([], [CE]) == []
    with pytest.raises(BadCriterion, match="nothing to rank by"):
        rank([candidate("a", ce=90)], [])
    with pytest.raises(BadCriterion, match="coulombic_efficiency is named twice"):
        rank([], [CE, HOURS, Criterion("coulombic_efficiency", "min")])
    with pytest.raises(UnknownMetric, match="did you mean 'overpotential'"):
        rank([], [Criterion("overpotental", "min")])


MAYBE = st.one_of(st.none(), st.floats(0.5, 100).map(lambda v: round(v, 1)))


@given(st.lists(st.tuples(MAYBE, MAYBE, MAYBE), min_size=1, max_size=10), st.permutations(range(10)))
@settings(deadline=None)
def test_rank_agrees_with_the_twin_in_any_order(triples, order):
    rows = [candidate(f"c{i:02}", *triple) for i, triple in enumerate(triples)]
    ranked = rank([rows[i] for i in order if i < len(rows)], [CE, HOURS, ETA])
    assert [r.candidate.name for r in ranked] == [r.candidate.name for r in rank(rows, [CE, HOURS, ETA])]

    def number(value):
        return math.nan if value is None else value

    matrix = [[number(a), number(b), -number(c)] for a, b, c in triples]
    by_name = {r.candidate.name: r for r in ranked}
    assert [by_name[c.name].on_front for c in rows] == twin.pareto_front(matrix)
    assert [by_name[c.name].score for c in rows] == pytest.approx(twin.desirability_score(matrix, [1.0] * 3), abs=1e-9)
    below = [matrix[int(r.candidate.name[1:])] for r in ranked]
    assert not any(twin.dominates(low, high) for i, high in enumerate(below) for low in below[i + 1 :])


def test_wrappers_take_what_numpy_takes():
    assert pareto_front(np.array([[1, 2], [2, 1]], dtype=np.int32).T[::-1]).tolist() == [True, True]
    assert desirability_score(((0, 0), (1, 1)), (1, 3)).tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match=r"values must have shape \(n, m\).*this has shape \(3,\)"):
        pareto_front([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="weights must have length 2, not 3"):
        desirability_score([[1.0, 2.0]], [1, 1, 1])


def test_ranking_loads_no_heavy_library():
    code = (
        "import sys; from kb.screening.rank import Candidate, Observation, parse_criterion, rank; "
        "c = Candidate('a', 'p', 1, {'overpotential': Observation(20, 'mV')}); "
        "assert rank([c], [parse_criterion('overpotential')])[0].score == 1.0; "
        "print(sorted({'numpy', 'pint', 'matplotlib', 'pymatgen', 'sqlite_utils'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
