"""Records scored against gold: our figures, and those of the scorer that everyone is measured by."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims import Claim, of_gold, of_record
from kb.evaluation import ERRORS, PARTS, Evaluation, Tally, figures, match, once, score
from kb.gold import Gold, documents_of, mine_documents, read_gold, records_of

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("KB_SHARED", ROOT.parent / "shared"))
BLIND = ROOT / "tests" / "blind" / "gold"


def fact(number: float, metric: str = "coulombic_efficiency", **more: Any) -> dict[str, Any]:
    plain = {"id": f"g-{number:g}", "metric": metric, "value_norm": number, "unit_norm": "percent",
             "components": ["PVDF"], "conditions": {}}  # fmt: skip
    return {**plain, **more}


def record(number: float, metric: str = "coulombic_efficiency", **more: Any) -> dict[str, Any]:
    plain = {"id": 1, "source": "a.md", "metric": metric, "value": number, "value_max": None, "unit": "percent",
             "subject": {"name": "film", "components": ["PVDF"]}, "is_control": False, "conditions": {},
             "evidence": {"text": f"It is {number}%.", "section": "Results"}, "confidence": 0.9}  # fmt: skip
    return {**plain, **more}


def gold_of(*facts: dict[str, Any]) -> Gold:
    claims = tuple(claim for claim in map(of_gold, facts) if claim is not None)
    return Gold(Path("gold"), {"a": claims}, {"a.md": "a"})


def test_hits_misses_and_inventions_are_told_apart() -> None:
    gold = gold_of(fact(98.0), fact(50.0, "porosity"), fact(7.0, "other", metric_alt=["porosity"]))
    told = [record(98.0), record(7.0, "porosity"), record(12.0, "porosity")]
    scored = Evaluation.of(gold, told).scored()["a.md"]
    assert [h.gold.value for h in scored.hits] == [98.0]
    assert [g.value for g in scored.missed] == [50.0]
    assert [t.value for t in scored.made_up] == [12.0]  # 7 is neither hit nor miss
    assert scored.tally() == Tally(1, 2, 2)


def test_core_metrics_alone_may_count() -> None:
    gold = gold_of(fact(98.0), fact(50.0, "porosity"))
    scored = Evaluation.of(gold, [record(98.0), record(12.0, "porosity")]).scored("core")["a.md"]
    assert scored.tally() == Tally(1, 1, 1)


def test_a_record_that_says_no_more_than_another_is_a_repeat() -> None:
    full = record(98.0, conditions={"cycles": 100, "cell": "Li|Cu half"})
    kept, repeats = once(map(of_record, [record(98.0), full, record(98.0, conditions={"cycles": 200})]))
    assert repeats == 1
    assert [c.conditions.get("cycles") for c in kept] == [100, 200]


def test_the_record_that_fits_best_is_paired() -> None:
    gold = [of_gold(fact(98.0, conditions={"cycles": 100}))]
    told = [record(98.0, is_control=True), record(98.0, conditions={"cycles": 9}),
            record(98.0, conditions={"cycles": 100})]  # fmt: skip
    assert match([g for g in gold if g], [of_record(r) for r in told]) == [(0, 2)]


def test_errors_say_what_is_wrong() -> None:
    gold = gold_of(fact(98.0), fact(50.0, conditions={"current_density_mA_cm2": 1}), fact(1.0))
    told = [record(98.0, subject={"name": "film", "components": ["ZnO"]}),
            record(50.0, is_control=True, conditions={"current_density_mA_cm2": 2}), record(3.0)]  # fmt: skip
    errors = Evaluation.of(gold, told).errors()
    assert [e["kind"] for e in errors] == ["missed", "made_up", "wrong", "wrong"]
    assert {e["kind"] for e in errors} == set(ERRORS)
    why = {e["gold"]["value_norm"]: e["why"] for e in errors if e["kind"] == "wrong"}
    assert why[98.0] == "made of PVDF, not ZnO"
    assert why[50.0] == "is not the control; current_density_mA_cm2 2, in the gold 1"


def test_figures_are_broken_down() -> None:
    gold = gold_of(fact(98.0), fact(50.0, "porosity"))
    told = [record(98.0, miner="other"), record(12.0, "porosity", evidence={"section": "Abstract"})]
    evaluation = Evaluation.of(gold, told)
    by_metric = {row["metric"]: row["value"] for row in evaluation.groups("metric")}
    assert (by_metric["porosity"]["tp"], by_metric["porosity"]["gold"], by_metric["porosity"]["pred"]) == (0, 1, 1)
    by_section = {row["section"]: row["value"] for row in evaluation.groups("section")}
    assert (by_section["results"]["P"], by_section["abstract"]["P"], by_section["results"]["R"]) == (1.0, 0.0, None)
    by_miner = {row["miner"]: row["value"] for row in evaluation.groups("miner")}
    assert (by_miner["other"]["P"], by_miner["kb"]["P"], by_miner["other"]["gold"]) == (1.0, 0.0, 2)


def test_confidence_is_compared_with_what_came_of_it() -> None:
    gold = gold_of(fact(98.0))
    told = [record(98.0), record(12.0, "porosity", confidence=0.2), record(13.0, "porosity", confidence=None)]
    found = Evaluation.of(gold, told).reliability()
    assert (list(found.said), list(found.right), found.papers) == ([0.9, 0.2], [1.0, 0.0], ("a", "a"))


def test_the_strict_confidence_is_compared_with_whether_all_is_right() -> None:
    gold = gold_of(fact(98.0), fact(97.0))
    told = [record(98.0, confidence_strict=0.8), record(97.0, is_control=True, confidence_strict=0.4), record(12.0)]
    found = Evaluation.of(gold, told).reliability(strict=True)
    assert sorted(zip(found.said, found.right, strict=True)) == [(0.4, 0.0), (0.8, 1.0)]


def test_nothing_scored_is_no_error() -> None:
    empty = Evaluation.of(gold_of(), [])
    assert empty.report()["micro"]["all"]["value"]["F1"] == 0.0
    assert figures(empty.scored()["a.md"])["subject_accuracy"] is None
    assert len(empty.reliability()) == 0


numbers = st.sampled_from([1.0, 2.0, 95.0, 95.01])
controls = st.booleans()
settings = st.fixed_dictionaries({}, optional={"cycles": st.sampled_from([1, 2]), "current_density_mA_cm2": numbers})
facts = st.builds(lambda n, c, s: fact(n, is_control=c, conditions=s), numbers, controls, settings)
records = st.builds(lambda n, c, s: record(n, is_control=c, conditions=s), numbers, controls, settings)


@given(st.lists(facts, max_size=5), st.lists(records, max_size=5))
def test_no_fact_and_no_record_counts_twice(gold: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
    claims: list[Claim] = [g for g in map(of_gold, gold) if g]
    scored = score(claims, map(of_record, told))
    assert len(scored.hits) + len(scored.missed) == len(claims)
    assert len(scored.hits) + len(scored.made_up) + scored.repeats <= len(told)
    assert scored.tally(strict=True).right <= scored.tally().right


def scorer_says(gold: Path, told: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", SHARED / "score" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    said = io.StringIO()
    with redirect_stdout(said):
        assert scorer.main(["--gold", str(gold), "--pred", str(told), "--json"]) == 0
    return json.loads(said.getvalue())


@pytest.mark.parametrize("folder", [SHARED / "gold", BLIND], ids=["shown", "ours"])
def test_the_figures_are_those_of_the_scorer(folder: Path, tmp_path: Path) -> None:
    if not (SHARED / "score").is_dir():
        pytest.skip(f"no scorer at {SHARED}; name the shared folder with KB_SHARED")
    gold = read_gold(folder)
    told = [r for mined in mine_documents(documents_of(gold)) for r in records_of(mined)]
    # Also what no miner of ours would say, so that every rule is met.
    told += [{**r, "is_control": not r["is_control"], "conditions": {}} for r in told[::5]]
    told += [{**r, "value": r["value"] * 1.5} for r in told[::7]]
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in told), "utf-8")
    assert json.loads(json.dumps(Evaluation.of(gold, told).report())) == scorer_says(folder, path)
    assert set(PARTS) == {"core", "all"}
