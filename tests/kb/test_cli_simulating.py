"""``kb simulate``: what stands on which stream, with which exit code, for words as the operator writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.cli.simulating import CELLS
from kb.screening.models import CellConfiguration

CORPUS = Path(__file__).parents[2] / "corpus"
FEW = ("--draws", "128", "--cycles", "300")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("cli") / "kb.sqlite"
    with KnowledgeBase(path, read_only=False) as one:
        one.ingest([CORPUS / "pmma_pvdf_cu.md"])
    return str(path)


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, ["simulate", *words], prog_name="kb", env={"COLUMNS": "130"})


def test_a_candidate_beside_what_was_observed(base: str, tmp_path: Path):
    figure = tmp_path / "figure.png"
    done = kb(
        "PMMA/PVDF on Cu",
        "--current",
        "1",
        "--capacity",
        "1",
        "--lithium",
        "4",
        *FEW,
        "--plot",
        str(figure),
        "--db",
        base,
    )
    assert done.exit_code == 0
    for words in (
        "PMMA/PVDF on Cu  10.1039/d1ma00121c", "> 1400 h", "> 700 (censored)", "lithium used up", "reported #",
        "(control)", "To mind:", "not calibrated",
    ):  # fmt: skip
        assert words in done.stdout, words
    assert f"drew {figure}" in done.stderr
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_without_a_calibration_priors_change_nothing(base: str):
    words = ("PMMA/PVDF on Cu", *FEW, "--db", base)
    assert kb(*words, "--priors").stdout == kb(*words).stdout


def test_a_censored_life_is_more_than_the_limit():
    done = kb("--draws", "64", "--cycles", "3")
    assert "> 3" in done.stdout
    assert "reach the limit of 3 cycles" in done.stdout


def test_settings_come_in_one_flag_or_several():
    several = kb("--set", "thickness=1um", "modulus=0.8GPa", "conductivity=1e-5S/cm", *FEW, "--format", "json")
    one_each = kb(
        "--set", "thickness=1um", "--set", "modulus=0.8GPa", "--set", "conductivity=1e-5S/cm", *FEW, "--format", "json"
    )
    assert several.exit_code == 0
    assert several.stdout == one_each.stdout
    told = {row["parameter"]: row for row in json.loads(several.stdout)["parameters"]}
    assert [told[name]["from"] for name in ("thickness", "modulus", "conductivity")] == ["set"] * 3
    assert told["conductivity"]["median"] == 1e-5


def test_a_grid_has_a_row_for_each_point(base: str):
    words = ("PMMA/PVDF", "--vary", "thickness=0.1..10um:log:5", "--vary", "current=0.5,1", *FEW, "--db", base)
    table = kb(*words)
    assert table.exit_code == 0
    assert "thickness [µm]" in table.stdout
    said = json.loads(kb(*words, "--format", "json").stdout)
    assert [(o["thickness"], o["current"]) for o in said["outcomes"]][:3] == [
        (0.1, 0.5),
        (0.1, 1.0),
        (0.316227766017, 0.5),
    ]
    assert len(said["outcomes"]) == 10


def test_the_cells_are_those_of_the_models():
    assert set(CELLS) == set(CellConfiguration)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["PMMA/PVD"], "did you mean 'PMMA/PVDF on Cu'"),
        (["PMMA", "PVDF"], "put one name in quotation marks"),
        (["thickness=1um"], "write --set thickness=1um"),
        (["--set", "thicknes=1um"], "did you mean 'thickness'"),
        (["--set", "thickness"], "says no value"),
        (["--set", "thickness=1um", "thickness=2um"], "there twice"),
        (["--set", "thickness=1V"], "no unit"),
        (["--vary", "thickness=1..2..3um"], "cannot be read"),
        (["--current=-1"], "not above zero"),
        (["--capacity", "5"], "give lithium >= capacity"),
        (["--draws", "0"], "draws = 0"),
        (["--draws", "99999999"], "draws = 99999999"),
        (["--cycles", "0"], "cycles = 0"),
        (["--noise", "-1"], "noise = -1"),
        (["--plot", "figure.bmp"], "no figure format"),
    ],
)
def test_wrong_input_ends_in_one_line_with_its_remedy(base: str, words: list[str], said: str):
    done = kb(*words, "--db", base)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_base_that_is_not_there_is_named(tmp_path: Path):
    done = kb("Cu3N", "--db", str(tmp_path / "none.sqlite"))
    assert done.exit_code == 2
    assert "kb ingest" in done.stderr
