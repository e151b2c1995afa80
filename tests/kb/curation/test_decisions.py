"""What is in force is a function of the set of decisions: neither order nor repetition matters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.curation.decisions import (
    Decision,
    conflicts,
    heads,
    in_force,
    in_order,
    now,
    of_row,
    read_decision,
    verdict,
)
from kb.curation.evidence import Place
from schema.errors import BadDecision

PLACE = Place("983", ("a", "ce", "of"), ("over", "260"))
ADA, BOB = "Ada <ada@example.org>", "Bob <bob@example.org>"


def decide(action: str, day: int = 1, author: str = ADA, **more: object) -> Decision:
    moment = f"2026-01-{day:02}T00:00:00.000000+00:00"
    return Decision(moment, author, action, "doi:10.1/a", PLACE, **more)  # type: ignore[arg-type]


def test_a_decision_is_read_back_from_its_row_and_its_plain_form() -> None:
    made = decide("set", change={"value": "20"}, reason="a misprint", follows=("abc",))
    assert read_decision({**made.plain(), "id": made.id}) == made
    assert of_row(made.row()) == made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": "another"}, "changed after it was made"),
        ({"action": "delete"}, "see docs/curation.md"),
        ({"made_at": "yesterday"}, "cannot be read"),
        ({"made_at": "2026-01-01T00:00:00"}, "see docs/curation.md"),
        ({"place": {"number": "1"}}, "cannot be read"),
        ({"place": None}, "do not go together"),
        ({"follows": "abc"}, "follows is 'abc'"),
        ({"colour": "red"}, "unknown colour"),
    ],
)
def test_what_is_no_decision_is_said(change: dict[str, object], said: str) -> None:
    made = decide("accept")
    with pytest.raises(BadDecision, match=said):
        read_decision({**made.plain(), "id": made.id, **change}, "line 3")


def test_the_last_undo_counts() -> None:
    yes = decide("accept")
    back = decide("undo", 2, undoes=yes.id)
    again = decide("undo", 3, undoes=back.id)
    assert in_force([yes, back]) == []
    assert in_force([again, back, yes]) == [yes]


def test_two_who_do_not_know_of_each_other_conflict_until_one_decides_again() -> None:
    no, yes = decide("reject", 1), decide("accept", 2, BOB)
    assert conflicts([no, yes]) == [(no, yes)]
    assert verdict(in_force([yes, no])) == "accept"
    assert conflicts([no, yes, decide("reject", 3, follows=(no.id, yes.id))]) == []
    assert conflicts([no, replace(yes, follows=(no.id,))]) == []
    assert conflicts([no, yes, decide("undo", 3, undoes=no.id)]) == []


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (decide("set", change={"value": "1"}), decide("set", change={"unit": "mV"}), False),
        (decide("set", change={"value": "1"}), decide("set", change={"value": "2"}), True),
        (decide("set", change={"value": "1"}), decide("accept"), True),
        (decide("link", change={"control": None}), decide("accept"), False),
        (decide("accept"), decide("accept", author=BOB), False),
    ],
)
def test_what_cannot_both_be_followed(one: Decision, other: Decision, clash: bool) -> None:
    assert bool(conflicts([one, replace(other, made_at="2026-01-09T00:00:00.000000+00:00")])) is clash


def test_who_knows_of_a_decision_comes_after_it_whatever_the_clocks_say() -> None:
    ahead = decide("accept", 31)
    future = replace(ahead, made_at="2999-01-01T00:00:00.000000+00:00")
    assert now([future]) > future.made_at
    assert heads([ahead]) == (ahead.id,)


@st.composite
def logs(draw: st.DrawFn) -> list[Decision]:
    """Draw a log as people make one: each knows of some of what is there."""
    made: list[Decision] = []
    for _ in range(draw(st.integers(0, 7))):
        known = draw(st.lists(st.sampled_from(made), max_size=3)) if made else []
        action = draw(st.sampled_from(["accept", "reject", "set", "undo"] if known else ["accept", "reject", "set"]))
        change = {"value": draw(st.sampled_from(["1", "2"]))} if action == "set" else {}
        undoes = draw(st.sampled_from(sorted(d.id for d in known))) if action == "undo" else None
        day = draw(st.integers(1, 3))
        moment = max([f"2026-01-{day:02}T00:00:00.000000+00:00", *(now([d]) for d in known if d.made_at > now())])
        made.append(
            Decision(moment, draw(st.sampled_from([ADA, BOB])), action, "doi:10.1/a", PLACE, change=change,
                     undoes=undoes, follows=heads(known))
        )  # fmt: skip
    return made


@given(logs(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(log: list[Decision], random: object) -> None:
    other = [*log, *log[:2]]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert in_order(other) == in_order(log)
    assert in_force(other) == in_force(log)
    assert conflicts(other) == conflicts(log)


@given(logs(), logs())
def test_merging_is_commutative_and_idempotent(one: list[Decision], other: list[Decision]) -> None:
    merged = in_order([*one, *other])
    assert merged == in_order([*other, *one]) == in_order([*merged, *one, *other])
    assert in_force(merged) == in_force([*other, *one])
