"""Study files: read, refused, written, answered to the digit; the place of a candidate in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.connection import open_base
from kb.screening.panel import BLOCK
from kb.store import ingest_document
from kb.studies import Study, fingerprint, read_study, run_study, study_of, write_study
from kb.study_tables import answer_rows, footnotes, result_of, why_lines
from kb.testing import BARE, Said, compose
from schema.errors import BadCriterion, BadStudy, UnknownMetric, UnknownParameter
from schema.records import Conditions, Subject

CELL = Conditions(current_density_mA_cm2=1.0, cell="Li|Li symmetric")
ASKED = Study(("cycling_hours", "overpotential:min:2"), draws=2 * BLOCK)


def fill(db: sqlite3.Connection) -> None:
    for name, hours, millivolts in (
        ("PVDF", "900", "20"),
        ("PEO", "300", "50"),
        ("PAN", "220", "45"),
        ("LiF", "500", ""),
    ):
        coated = Subject(f"{name} coated Li", (name,), "Li", "surface coating")
        told = [(coated, hours, {}), (BARE, "200", {"is_control": True})]
        said = [Said(f"It ran {n} h.", n, who, "cycling_hours", "h", CELL, more) for who, n, more in told]
        if millivolts:
            said += [
                Said(f"It took {n} mV.", n, who, "overpotential", "mV", CELL, more)
                for who, n, more in [(coated, millivolts, {}), (BARE, "60", {"is_control": True})]
            ]
        mined = compose(*said, source=f"{name}.txt", title=f"A paper on {name} as a coating")
        ingest_document(db, mined, path=f"{name}.txt", extractor_version="1")


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    fill(db)
    return db


def test_a_study_is_written_and_read_back(tmp_path: Path) -> None:
    asked = Study(("cycling_hours:max:2",), "is_control", 0.5, True, {"cycling_hours": {"cell": "full LFP"}},
                  {"current": 2.0}, "topsis",
                  {"cycling_hours": [0.0, 2.0]}, 0.1, 0.3, 3, 1000, 7)  # fmt: skip
    write_study(tmp_path / "study.toml", asked)
    assert read_study(tmp_path / "study.toml") == (asked, {})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "needs criteria"),
        ({"by": ["cycling_hours"], "sed": 1}, "did you mean 'seed'"),
        ({"by": "cycling_hours"}, "by must be list"),
        ({"by": [3]}, "list of texts"),
        ({"by": ["cycling_hours"], "seed": True}, "seed must be int"),
        ({"by": ["cycling_hours"], "seed": -1}, "seed must lie within"),
        ({"by": ["cycling_hours"], "effect_sd": 0}, "effect_sd must lie within"),
        ({"by": ["cycling_hours"], "limits": {"cycling_hours": [1]}}, "must be \\[low, high\\]"),
        ({"by": ["cycling_hours"], "limits": {"overpotential": [0, 1]}}, "no criterion of this study"),
        ({"by": ["cycling_hours"], "strata": {"cycling_hours": "x"}}, "table of texts"),
        ({"by": ["simulated_life"]}, "measured too"),
        ({"by": ["cycling_hours", "simulated_life:up"]}, "neither max nor min"),
        ({"by": ["cycling_hours"], "protocol": {"current": -1}}, "positive number"),
        ({"by": ["cycling_hours"], "protocol": {"curent": 1}}, "it takes current"),
        ({"by": ["cycling_hours"], "protocol": {"current": "x"}}, "must be a number"),
    ],
)
def test_what_is_no_study_is_refused_by_its_key(told: dict[str, object], said: str) -> None:
    with pytest.raises(BadStudy, match=said):
        study_of(told)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadStudy, match="kb study new"):
        read_study(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("by = [")
    with pytest.raises(BadStudy, match="not TOML"):
        read_study(tmp_path / "bad.toml")


def test_a_study_is_reproduced_to_the_digit_from_its_file(filled: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    write_study(path, ASKED, result_of(run_study(filled, ASKED)))
    asked, kept = read_study(path)
    assert asked == ASKED
    assert result_of(run_study(filled, asked)) == kept
    assert kept["rows"][0]["sample"] == "PVDF"


def test_a_base_made_anew_from_the_same_documents_is_the_same(filled: sqlite3.Connection, tmp_path: Path) -> None:
    anew = open_base(tmp_path / "anew.sqlite", read_only=False)
    fill(anew)
    assert fingerprint(anew) == fingerprint(filled)
    assert result_of(run_study(anew, ASKED)) == result_of(run_study(filled, ASKED))
    anew.execute("UPDATE measurements SET confidence = 0.123 WHERE id = 1")
    assert fingerprint(anew) != fingerprint(filled)
    anew.close()


def test_another_seed_gives_other_digits_and_the_same_order(filled: sqlite3.Connection) -> None:
    one, other = (run_study(filled, Study(ASKED.by, draws=4000, seed=seed)) for seed in (0, 1))
    assert result_of(one) != result_of(other)
    assert one.order[0] == other.order[0]


def test_probabilities_add_up_and_every_row_has_its_support(filled: sqlite3.Connection) -> None:
    rows = answer_rows(run_study(filled, Study(ASKED.by, top=2, draws=BLOCK)))
    assert sum(row["p_top"] for row in rows) == pytest.approx(2)
    assert sum(row["p_first"] for row in rows) == pytest.approx(1)
    assert all(row["rank_low"] <= row["median_rank"] <= row["rank_high"] for row in rows)
    support = {row["sample"]: (row["papers"], row["measurements"], row["controls"]) for row in rows}
    assert support == {"PVDF": (1, 2, 2), "PEO": (1, 2, 2), "PAN": (1, 2, 2), "LiF": (1, 1, 1)}


def test_the_answer_says_what_it_hangs_on(filled: sqlite3.Connection) -> None:
    answer = run_study(filled, ASKED)
    told = " ".join(footnotes(answer))
    assert "cycling hours: compared within Li|Li symmetric, 0.75-1.5 mA/cm²." in told
    assert "PVDF is first with a probability of" in told
    assert "The experiment that would tell most: overpotential of LiF beside its control" in told


def test_a_place_is_explained_with_its_numbers(filled: sqlite3.Connection) -> None:
    answer = run_study(filled, ASKED)
    names = [c.name for c in answer.comparison.candidates]
    told = "\n".join(why_lines(answer, names.index("PVDF")))
    assert "PVDF (A paper on PVDF as a coating) comes 1 of 4" in told
    assert "cycling hours, 33 % of the weight: 900 h" in told
    assert "is x4.5 better, against its own control (200 h)" in told
    assert "1 paper, 2 measurements and 2 controls" in told
    assert "overpotential, 67 % of the weight: no value" in "\n".join(why_lines(answer, names.index("LiF")))


@pytest.mark.parametrize("method", ["desirability", "topsis"])
def test_methods_agree_where_one_is_best_in_everything(filled: sqlite3.Connection, method: str) -> None:
    answer = run_study(filled, Study(ASKED.by, method=method, draws=BLOCK, weight_spread=0.3))
    assert answer.comparison.candidates[answer.order[0]].name == "PVDF"


def test_a_hard_limit_leaves_nothing_to_those_below(filled: sqlite3.Connection) -> None:
    answer = run_study(filled, Study(("cycling_hours",), limits={"cycling_hours": [3.0, 4.0]}, draws=BLOCK))
    assert answer.score.max() == 0.0


def test_blocks_that_were_done_are_an_answer(filled: sqlite3.Connection) -> None:
    answer = run_study(filled, Study(ASKED.by, draws=4 * BLOCK), run=lambda job, numbers: [job(numbers[2])])
    assert (answer.done, answer.planned) == (BLOCK, 4 * BLOCK)
    assert footnotes(answer)[-1] == f"Partial: {BLOCK} of {4 * BLOCK} draws were done."


def test_what_cannot_be_asked_is_said(filled: sqlite3.Connection) -> None:
    with pytest.raises(UnknownMetric):
        Study(("cycling_hourz",))
    with pytest.raises(BadStudy, match="twice"):
        Study(("cycling_hours", "cycling_hours:min"))
    with pytest.raises(BadCriterion):
        Study(("cycling_hours:up",))
    with pytest.raises(UnknownParameter, match="method"):
        run_study(filled, Study(ASKED.by, method="best"))


def test_an_empty_base_is_nothing_to_compare(tmp_path: Path) -> None:
    empty = open_base(tmp_path / "empty.sqlite", read_only=False)
    with pytest.raises(BadStudy, match="nothing to compare"):
        run_study(empty, ASKED)
    empty.close()


def test_no_ranking_uses_a_simulator_that_did_not_beat_the_baselines(
    filled: sqlite3.Connection, keep: Callable[[sqlite3.Connection, bool], None]
) -> None:
    asked = Study(("cycling_hours", "simulated_life"), draws=BLOCK)
    with pytest.raises(BadStudy, match="has not been calibrated"):
        run_study(filled, asked)
    keep(filled, False)
    with pytest.raises(BadStudy, match="no better than the baselines"):
        run_study(filled, asked)


def test_a_calibration_of_other_priors_is_not_used(
    filled: sqlite3.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    keep: Callable[[sqlite3.Connection, bool], None],
) -> None:
    keep(filled, True)
    (tmp_path / "priors.toml").write_text("[inputs.dead_bare]\nmedian = 0.02\n")
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    with pytest.raises(BadStudy, match="other priors"):
        run_study(filled, Study(("cycling_hours", "simulated_life"), draws=BLOCK))


def test_a_simulated_life_at_the_user_s_protocol_is_a_criterion(
    filled: sqlite3.Connection, keep: Callable[[sqlite3.Connection, bool], None]
) -> None:
    keep(filled, True)
    by = ("cycling_hours", "simulated_life:max:2")
    slow, fast = (run_study(filled, Study(by, protocol={"current": i}, draws=BLOCK)) for i in (0.5, 4.0))
    lives = [[row[1].low for row in answer.comparison.effects] for answer in (slow, fast)]
    assert all(a > b for a, b in zip(*lives, strict=True))
    assert [c.metric for c in slow.comparison.criteria] == ["cycling_hours", "simulated_life"]
    assert "simulated life: under the protocol of the study" in " ".join(footnotes(slow))
    assert all("simulated" in row["effects"][1]["value"] for row in answer_rows(slow))
    assert all(e.criterion == 0 for e in slow.experiments)
    assert result_of(run_study(filled, slow.study)) == result_of(slow)
    assert "simulated life, 67 % of the weight: simulated" in "\n".join(why_lines(slow, 0))
