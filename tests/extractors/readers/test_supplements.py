"""Names that say supporting information, and names that only look so."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.readers import SUFFIXES
from extractors.readers.supplements import main_name, main_text_beside

SAID = ["_si", "-si", "_SI", ".si", " SI", "_supporting", "_supplement", "_supplementary", "_ESI", "_sup-0001",
        "-sup-0001-SuppMat", "_si_001", "_supporting_information", "-supp", "_suppl", "_MOESM1_ESM",
        "-mmc2"]  # fmt: skip


@pytest.mark.parametrize("ending", SAID)
def test_usual_spellings_name_the_paper(ending: str) -> None:
    assert main_name(f"liu_2021{ending}") == "liu_2021"


@pytest.mark.parametrize("stem", ["liu_silicon", "nano-Si", "support", "_si", "gel_support_layer", "basis", "2021"])
def test_other_names_name_none(stem: str) -> None:
    assert main_name(stem) == ""


def test_the_paper_stands_beside_in_any_format(tmp_path: Path) -> None:
    supplement = tmp_path / "liu_si.pdf"
    assert main_text_beside(supplement, SUFFIXES) is None
    (tmp_path / "liu.csv").touch()
    (tmp_path / "liu_si.md").touch()
    assert main_text_beside(supplement, SUFFIXES) is None
    (tmp_path / "liu.PDF").touch()
    assert main_text_beside(supplement, SUFFIXES) == tmp_path / "liu.PDF"
    assert main_text_beside(tmp_path / "liu.PDF", SUFFIXES) is None
    assert main_text_beside(tmp_path / "none" / "liu_si.pdf", SUFFIXES) is None
