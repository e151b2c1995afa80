"""Studies on the command line: begun, answered, kept, explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli
from kb.connection import open_base
from kb.store import ingest_document
from kb.studies import read_study
from kb.testing import bare, coated, compose
from schema.records import Conditions

HALF = Conditions(current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=1.0, cycles=260.0, cell="Li|Cu half")
FULL = Conditions(current_density_mA_cm2=5.0, cell="full NCM811")


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    for n, (treated, control, where) in enumerate(
        [("98.3", "91.2", HALF), ("96.0", "92.0", HALF), ("95.1", "94.0", FULL)]
    ):
        mined = compose(coated(treated, conditions=where), bare(control, conditions=where), source=f"{n}.txt",
                        title=f"Paper number {n} on a coating")  # fmt: skip
        ingest_document(db, mined, path=f"{n}.txt", extractor_version="1")
    db.close()
    return str(path)


@pytest.fixture
def study(tmp_path: Path) -> str:
    path = tmp_path / "study.toml"
    made = kb("study", "new", str(path), "--by", "coulombic_efficiency", "--across", "--top", "1", "--yes")
    assert made.exit_code == 0, made.output
    return str(path)


def kb(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, words, input=typed, prog_name="kb")


def test_a_study_is_begun_by_questions(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    typed = "coulombic_efficiency overpotential:min:2\nNOT is_control\ny\ntopsis\n3\n7\ny\n"
    result = kb("study", "new", str(path), typed=typed)
    assert result.exit_code == 0, result.output
    asked, _ = read_study(path)
    assert asked.by == ("coulombic_efficiency", "overpotential:min:2", "simulated_specific_energy")
    assert asked.pouch["cathode_specific_capacity"] == 200.0  # all it assumes is written out
    assert asked.spread == "estimated"
    assert (asked.where, asked.across, asked.method, asked.top, asked.seed) == ("NOT is_control", True, "topsis", 3, 7)


def test_a_study_does_not_overwrite_another_and_refuses_what_cannot_be_read(study: str, tmp_path: Path) -> None:
    assert kb("study", "new", study, "--by", "overpotential", "--yes").exit_code == 2
    other = tmp_path / "other.toml"
    assert "unknown metric" in kb("study", "new", str(other), "--by", "overpotentail", "--yes").stderr
    assert kb("study", "new", str(other), "--by", "overpotential", "--where", "(", "--yes").exit_code == 2
    assert kb("study", "new", str(other), "--yes").exit_code == 2
    assert not other.exists()


def test_the_answer_is_kept_and_comes_again_to_the_digit(base: str, study: str) -> None:
    first = kb("rank", "--study", study, "--db", base)
    assert first.exit_code == 0, first.output
    assert "keeps the answer and the base's fingerprint" in first.stderr
    kept = Path(study).read_text()
    again = kb("rank", "--study", study, "--db", base)
    assert "the same to the digit" in again.stderr
    assert (again.stdout, Path(study).read_text()) == (first.stdout, kept)


def test_a_changed_base_is_said_and_the_answer_kept_until_it_is_updated(base: str, study: str) -> None:
    kb("rank", "--study", study, "--db", base)
    kept = Path(study).read_text()
    db = open_base(Path(base), read_only=False)
    ingest_document(db, compose(coated("99.0"), bare("90.0"), source="new.txt"), path="new.txt", extractor_version="1")
    db.close()
    result = kb("rank", "--study", study, "--db", base)
    assert "the base has changed since" in result.stderr
    assert Path(study).read_text() == kept
    assert kb("rank", "--study", study, "--db", base, "--update").exit_code == 0
    assert Path(study).read_text() != kept


def test_rows_for_programs_hold_probabilities_effects_and_support(base: str, study: str) -> None:
    rows = json.loads(kb("rank", "--study", study, "--db", base, "--format", "json").stdout)
    assert [row["position"] for row in rows] == [1, 2, 3]
    assert sum(row["p_top"] for row in rows) == pytest.approx(1)
    assert {"papers", "measurements", "controls", "rank_low", "rank_high", "too_little"} <= set(rows[0])
    assert rows[0]["effects"][0]["against"] == "own control"


def test_a_place_is_explained(base: str, study: str) -> None:
    result = kb("why", "pmma/pvdf", "--study", study, "--paper", "number 0", "--db", base)
    assert result.exit_code == 0, result.output
    assert "comes 1 of 3" in result.stdout
    assert "against its own control (91.2 %)" in " ".join(result.stdout.split())
    told = json.loads(kb("why", "PMMA/PVDF", "--study", study, "--db", base, "--format", "json").stdout)
    assert len(told) == 3
    assert told[0]["why"]
    missing = kb("why", "PMMA", "--study", study, "--db", base)
    assert missing.exit_code == 1
    assert "no candidate" in missing.stderr


def test_what_a_study_says_is_not_said_beside_it(base: str, study: str) -> None:
    result = kb("rank", "--study", study, "--by", "overpotential", "--db", base)
    assert result.exit_code == 2
    assert "--by" in result.stderr
    assert kb("rank", "--db", base).exit_code == 2


def test_a_plain_ranking_names_the_strata_it_mixes_unless_it_is_told_to(base: str) -> None:
    words = ("rank", "--by", "coulombic_efficiency", "--db", base)
    told = kb(*words).stderr
    assert "compared across strata (cell: 2 Li|Cu half, 1 full NCM811" in told
    assert "strata" not in kb(*words, "--across").stderr
