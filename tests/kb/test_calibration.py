"""The calibration of confidence: what it learns, and that the shipped model and its report are what it gives."""

from __future__ import annotations

import math
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.confidence import AGREES, DOES_NOT, MODEL, PARTS, read_model
from extractors.miners import miner_of
from kb.calibration import CLUES, READINGS, Case, calibrate, cases_of, family, fit, left_out, read_cases
from kb.calibration_report import as_report, as_toml, write
from kb.gold import documents_of, mine_documents, read_gold
from schema.errors import BadGold, BadOutput, MissingExtra, MissingPackage

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("KB_SHARED", ROOT.parent / "shared"))
FIRST_SIGHT = ROOT / "tests" / "blind" / "first_sight.jsonl"
ANEW = (
    "kb calibrate-confidence --in-view SHARED/gold --in-view tests/blind/gold "
    "--first-sight tests/blind/first_sight.jsonl --miner both "
    "--model schema/confidence.toml --report docs/confidence.md"
)


BLURRED, ALWAYS = "flag: blurred", "unit: mV"


def cases(papers: int = 4, each: int = 150, in_view: bool = False) -> list[Case]:
    """Draw values that are right 9 times in 10, with the clue "blurred" 5 times in 10; those in view are oftener.

    The sample of a right value is right 7 times in 10, its conditions always.
    """
    draws = random.Random(5)
    out = []
    for paper in range(papers):
        for _ in range(each):
            blurred = draws.random() < 0.5
            right = draws.random() < (0.5 if blurred else 0.9) + 0.08 * in_view
            clues = (BLURRED, ALWAYS) if blurred else (ALWAYS,)
            parts = {"value": right, "sample": right and draws.random() < 0.7, "conditions": right}
            out.append(Case(f"p{paper}", clues, parts, in_view))
    return out


def test_a_clue_weighs_what_it_tells() -> None:
    found = calibrate(cases())
    chance = found.model.chance
    assert chance([ALWAYS], "value") == pytest.approx(0.9, abs=0.05)
    assert chance([ALWAYS, BLURRED], "value") == pytest.approx(0.5, abs=0.06)
    assert chance([ALWAYS], "sample") == pytest.approx(0.7, abs=0.05)
    assert chance([ALWAYS], "conditions") > 0.99  # all alike: by Laplace's rule
    assert found.model.chance_of_all([ALWAYS]) == pytest.approx(0.63, abs=0.06)
    assert found.reliability("value", in_view=False).error() < 0.08


def test_papers_in_view_do_not_make_the_model_sure() -> None:
    both = cases() + [Case("q" + c.paper, c.clues, dict.fromkeys(PARTS, True), True) for c in cases()]
    assert calibrate(both).model.chance([ALWAYS, BLURRED], "value") < 0.75


def test_a_chance_comes_from_a_model_that_did_not_see_the_paper() -> None:
    some = cases(3, 40)
    told = left_out(some, "value", 0.1)
    changed = [Case(c.paper, c.clues, {t: not r for t, r in c.right.items()}) if c.paper == "p0" else c for c in some]
    again = left_out(changed, "value", 0.1)
    mine = [i for i, c in enumerate(some) if c.paper == "p0"]
    assert told[mine] == pytest.approx(again[mine])
    assert told[-1] != pytest.approx(again[-1])


def test_rare_clues_get_no_weight() -> None:
    rare = [*cases(), *(Case("p0", ("flag: rare",), dict.fromkeys(PARTS, False)) for _ in range(4))]
    _, weights, _ = fit(rare, "value", 0.1)
    assert "flag: rare" not in weights
    assert BLURRED in weights


def test_a_model_comes_back_from_its_file(tmp_path: Path) -> None:
    found = calibrate(cases()).model
    path = tmp_path / "confidence.toml"
    write(path, as_toml(found))
    back = read_model(path)
    for target in PARTS:
        for clues in ([], [ALWAYS], [ALWAYS, BLURRED], ["flag: out_of_range"]):
            assert back.chance(clues, target) == pytest.approx(found.chance(clues, target), abs=2e-3)
    assert back.provenance["papers"] == ["p0", "p1", "p2", "p3"]
    with pytest.raises(BadOutput, match="name a file in a folder that is there"):
        write(tmp_path / "nowhere" / "confidence.toml", "")


def test_too_little_gold_is_said() -> None:
    with pytest.raises(BadGold, match=r"gold of 2 papers is too little .*kb annotate"):
        calibrate(cases(2))
    alike = [Case(f"p{i}", (ALWAYS,), dict.fromkeys(PARTS, True)) for i in range(9)]
    with pytest.raises(BadGold, match="all of them right; add gold"):
        calibrate(alike)


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(MissingExtra, match=r"pip install 'lithium-anode-kb\[calibrate\]'"):
        calibrate(cases())


def test_records_of_first_sight_are_judged_cases() -> None:
    kept = read_cases(FIRST_SIGHT)
    assert {case.paper for case in kept} == {"jats_like", "letter_captions", "long_samples", "review_section"}
    assert all(case.right["value"] or not (case.right["sample"] or case.right["conditions"]) for case in kept)
    assert {case.second for case in kept} == set(READINGS)
    assert all((AGREES in case.clues) != (DOES_NOT in case.clues) for case in kept)
    assert not any(case.in_view for case in kept)


def test_a_part_is_learned_where_those_before_it_are_right_and_of_its_clues_alone() -> None:
    wrong = [Case("p0", ("link: carried over", ALWAYS), dict.fromkeys(PARTS, False)) for _ in range(50)]
    _, weights, _ = fit([*cases(), *wrong], "sample", 0.3)
    assert weights == {}  # no link is known of a right value, and a unit tells nothing of the sample
    linked = [Case(c.paper, ("link: carried over",), {**c.right, "sample": False}) for c in cases() if c.right["value"]]
    _, weights, _ = fit([*cases(), *linked], "sample", 0.3)
    assert weights["link: carried over"] < -1


def test_without_a_second_miner_a_record_is_the_average_of_those_with_one() -> None:
    asked = [
        Case(c.paper, (*c.clues, AGREES if agrees else DOES_NOT), c.right)
        for i, c in enumerate(cases())
        for agrees in [c.right["value"] if i % 3 else i % 2 == 0]
    ]
    _, weights, _ = fit(asked, "value", 1.0)
    assert weights[AGREES] > 0 > weights[DOES_NOT]
    numbers = [sum(clue in c.clues for c in asked) for clue in (AGREES, DOES_NOT)]
    assert numbers[0] * weights[AGREES] + numbers[1] * weights[DOES_NOT] == pytest.approx(0, abs=1e-6)
    alone, known = left_out(asked, "value", 1.0, alone=True), left_out(asked, "value", 1.0)
    assert {round(x, 6) for x in alone} != {round(x, 6) for x in known}
    lift, (low, high) = calibrate(asked).lift()
    assert low < lift < high


def test_clues_chosen_anew_do_not_see_the_paper_that_is_left_out() -> None:
    some = [Case(c.paper, (*c.clues, f"link: {i % 2}"), c.right) for i, c in enumerate(cases(3, 60))]
    found = calibrate(some)
    told = found.with_clues_chosen_anew()
    other = tuple(Case(c.paper, c.clues, dict.fromkeys(PARTS, False)) if c.paper == "p0" else c for c in some)
    again = replace(found, cases=other).with_clues_chosen_anew()
    mine = [i for i, c in enumerate(some) if c.paper == "p0"]
    assert told.said["value"][mine] == pytest.approx(again.said["value"][mine])
    blurred = [i for i in mine if BLURRED in some[i].clues]
    assert told.said["value"][blurred].mean() < told.said["value"][mine].mean() - 0.1


def test_every_family_of_the_model_is_one_that_records_show() -> None:
    shown = {family(clue) for case in read_cases(FIRST_SIGHT) for clue in case.clues}
    assert {name for names in CLUES.values() for name in names} <= shown


@pytest.mark.slow
def test_the_shipped_model_and_report_are_what_the_gold_gives() -> None:
    if not (SHARED / "gold").is_dir():
        pytest.skip(f"no gold at {SHARED}; name the shared folder with KB_SHARED")
    try:
        both = miner_of("both")
    except MissingPackage as error:
        pytest.skip(str(error))
    known = read_cases(FIRST_SIGHT)
    for folder in (SHARED / "gold", ROOT / "tests" / "blind" / "gold"):
        gold = read_gold(folder)
        mined = mine_documents(documents_of(gold), miner=both)
        known += cases_of(gold, mined, in_view=True, asked_second=True)
    found = calibrate(known)
    shipped = read_model(MODEL)
    for target in PARTS:
        assert math.isclose(found.model.intercepts[target], shipped.intercepts[target], abs_tol=2e-3), ANEW
        assert found.model.weights[target] == pytest.approx(dict(shipped.weights[target]), abs=2e-3), ANEW
    assert as_report(found) == (ROOT / "docs" / "confidence.md").read_text("utf-8"), ANEW
