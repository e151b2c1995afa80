"""Supporting information belongs to its paper, in whatever order the two come and however they change."""

from __future__ import annotations

import json
import shutil
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.base import KnowledgeBase
from kb.cli import cli
from schema.errors import BadDOI, UnknownPaper, UnreadableDocument

MAIN = """# A zinc oxide skin on polyimide fibres for lithium anodes

DOI: 10.1234/main.1

Polyimide (PI) fibres with a skin of zinc oxide (ZnO) are called sample A-5, the bare foil is called sample A-0.

Methods

All symmetric cells were cycled at 2 mA cm-2 and 1 mAh cm-2.

Results

The A-5 electrode keeps a Coulombic efficiency of 98.5%.
"""
SUPPLEMENT = """# Supporting Information

## Cycling

DOI: 10.9999/of-its-own

The symmetric cell of A-5 ran with an overpotential of 31 mV.
"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "liu.md").write_text(MAIN)
    (folder / "liu_si.md").write_text(SUPPLEMENT)
    return folder


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def state(base: KnowledgeBase) -> dict[str, Any]:
    """Give what a base says, less the ids."""
    records = [{k: v for k, v in r.items() if k != "id"} for r in base.export()]
    return {
        "records": records,
        "papers": base.sql("SELECT doi, title FROM papers ORDER BY doi").rows,
        "documents": base.sql(
            "SELECT source, doi, supplement_of, mined_with IS NULL FROM documents ORDER BY path"
        ).rows,
        "experiments": base.sql("SELECT count(*), count(DISTINCT paper_id) FROM experiments").rows,
        "broken": base.sql("SELECT count(*) FROM experiments WHERE paper_id NOT IN (SELECT id FROM papers)").rows,
    }


def told(base: KnowledgeBase) -> list[tuple[Any, ...]]:
    return [(r["source"], r["metric"], r["value"], sorted(r["components"])) for r in base.find(sort=["source"])]


@pytest.mark.parametrize("steps", [["."], *permutations(["liu.md", "liu_si.md"])])
def test_one_paper_whatever_comes_first(papers: Path, base_path: Path, steps: tuple[str, ...]) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        for step in steps:
            base.ingest([papers / step])
        assert state(base)["papers"] == [("10.1234/main.1", "A zinc oxide skin on polyimide fibres for lithium anodes")]
        assert state(base)["documents"] == [
            ("liu.md", "10.1234/main.1", None, 1), ("liu_si.md", "10.1234/main.1", "papers/liu.md", 0)]  # fmt: skip
        assert told(base) == [
            ("liu.md", "coulombic_efficiency", 98.5, ["PI", "ZnO"]),
            ("liu_si.md", "overpotential", 31.0, ["PI", "ZnO"]),
        ]
        again = base.ingest([papers])
        assert again.outcomes == {"new": 0, "unchanged": 2, "changed": 0, "failed": 0}


def test_evidence_points_into_the_supporting_information(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        shown = base.show(base.find("overpotential = 31")[0]["id"])
    assert shown["document"]["path"] == "papers/liu_si.md"
    assert shown["document"]["supplement_of"] == "papers/liu.md"
    assert SUPPLEMENT[shown["evidence_start"] : shown["evidence_end"]] == shown["shown"] == "31"
    assert shown["current_density_mA_cm2"] == 2.0, "the protocol is in the paper alone"
    assert "current_density_mA_cm2" in shown["conditions_far"]
    card = kb("show", str(shown["id"]), "--db", str(base_path)).stdout
    assert "liu_si.md (supporting information of liu.md)" in " ".join(card.split())


def test_what_was_mined_without_its_paper_is_mined_anew_when_that_comes(papers: Path, base_path: Path) -> None:
    late = papers.parent / "late.md"
    (papers / "liu.md").rename(late)
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        assert told(base)[0][3] != ["PI", "ZnO"]
        late.rename(papers / "liu.md")
        report = base.ingest([papers / "liu.md"])
        assert [(d.source, d.outcome) for d in report.documents] == [("liu.md", "new"), ("liu_si.md", "changed")]
        after = state(base)
    fresh_path = base_path.with_name("fresh.sqlite")
    with KnowledgeBase(fresh_path, read_only=False) as fresh:
        fresh.ingest([papers])
        assert state(fresh) == after


def test_changed_supporting_information_is_replaced_alone(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        before = {r["value"]: r["id"] for r in base.find()}
        (papers / "liu_si.md").write_text(SUPPLEMENT.replace("31 mV", "29 mV"))
        report = base.ingest([papers])
        assert [(d.source, d.outcome) for d in report.documents] == [("liu.md", "unchanged"), ("liu_si.md", "changed")]
        after = {r["value"]: r["id"] for r in base.find()}
    assert set(after) == {98.5, 29.0}
    assert after[98.5] == before[98.5]


def test_a_changed_paper_takes_its_supporting_information_along(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        (papers / "liu.md").write_text(MAIN.replace("10.1234/main.1", "10.1234/main.2").replace("(ZnO)", "(TiO2)"))
        report = base.ingest([papers / "liu.md"])
        assert [(d.source, d.outcome) for d in report.documents] == [("liu.md", "changed"), ("liu_si.md", "changed")]
        assert [r[0] for r in state(base)["papers"]] == ["10.1234/main.2"]
        assert base.sql("SELECT count(DISTINCT paper_id) FROM documents").rows == [(1,)]


def test_papers_without_doi_and_title_keep_theirs_too(tmp_path: Path, base_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ZnO@Cu electrode keeps a Coulombic efficiency of 98.5%.\n")
    (tmp_path / "a-SI.txt").write_text("The ZnO@Cu electrode has an overpotential of 31 mV.\n")
    for order in permutations(["a.txt", "a-SI.txt"]):
        base_path.unlink(missing_ok=True)
        with KnowledgeBase(base_path, read_only=False) as base:
            for name in order:
                base.ingest([tmp_path / name])
            assert base.sql("SELECT count(*) FROM papers").rows == [(1,)]
            assert base.count() == 2


def test_moved_together_they_stay_together(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        moved = papers.rename(papers.with_name("elsewhere"))
        report = base.ingest([moved])
        assert [d.outcome for d in report.documents] == ["unchanged", "unchanged"]
        assert [r[2] for r in state(base)["documents"]] == [None, "elsewhere/liu.md"]
        assert base.sql("SELECT count(*) FROM papers").rows == [(1,)]


def test_a_paper_that_cannot_be_read_is_said_and_done_without(papers: Path, base_path: Path) -> None:
    (papers / "liu.md").write_bytes(b"\0\1\2" * 99)
    with KnowledgeBase(base_path, read_only=False) as base:
        report = base.ingest([papers])
        assert [(d.source, d.outcome) for d in report.documents] == [("liu.md", "failed"), ("liu_si.md", "new")]
        assert "mined without the paper it supplements (liu.md: " in report.documents[1].message
        assert base.sql("SELECT doi FROM papers").rows == [(None,)], "a DOI in it may be anything"
        assert base.ingest([papers]).documents[1].outcome == "unchanged"
        (papers / "liu.md").write_text(MAIN)
        assert [d.outcome for d in base.ingest([papers]).documents] == ["new", "changed"]
        assert [r[0] for r in state(base)["papers"]] == ["10.1234/main.1"]


def test_a_copy_elsewhere_is_no_second_document(papers: Path, base_path: Path) -> None:
    copies = papers.parent / "zcopies"
    copies.mkdir()
    shutil.copy(papers / "liu_si.md", copies / "other.md")
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers, copies])
        before = state(base)
        report = base.ingest([papers, copies])
        assert report.outcomes["unchanged"] == 3
        assert state(base) == before


# --- --supplement-of ---


@pytest.fixture
def apart(papers: Path, base_path: Path) -> Path:
    """Supporting information under a name that says nothing, beside a base with its paper."""
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers / "liu.md"])
    return (papers / "liu_si.md").rename(papers / "cells.md")


@pytest.mark.parametrize("doi", ["10.1234/MAIN.1", "https://doi.org/10.1234/main.1", "doi:10.1234/main.1"])
def test_supporting_information_is_named_by_doi(apart: Path, base_path: Path, doi: str) -> None:
    result = kb("ingest", str(apart), "--supplement-of", doi, "--db", str(base_path))
    assert result.exit_code == 0, result.output
    with KnowledgeBase(base_path, read_only=False) as base:
        assert base.sql("SELECT source, supplement_of FROM documents ORDER BY 1").rows == [
            ("cells.md", "papers/liu.md"), ("liu.md", None)]  # fmt: skip
        assert base.sql("SELECT count(*) FROM papers").rows == [(1,)]
        assert [sorted(r["components"]) for r in base.find("overpotential = 31")] == [["PI", "ZnO"]]
        again = base.ingest([apart.parent])
        assert again.outcomes["unchanged"] == 2, "the base knows it from now on"


def test_what_was_a_paper_becomes_supporting_information(apart: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([apart])
        assert base.sql("SELECT count(*) FROM papers").rows == [(2,)]
        report = base.ingest([apart], supplement_of="10.1234/main.1")
        assert [d.outcome for d in report.documents] == ["changed"]
        assert base.sql("SELECT doi FROM papers").rows == [("10.1234/main.1",)]


def test_wrong_use_names_the_remedy(apart: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        before = state(base)
        with pytest.raises(BadDOI, match=r"'liu' is no DOI.*such as 10\."):
            base.ingest([apart], supplement_of="liu")
        with pytest.raises(UnknownPaper, match=r"10\.1234/main\.7; did you mean '10\.1234/main\.1'"):
            base.ingest([apart], supplement_of="10.1234/main.7")
        with pytest.raises(UnknownPaper, match="ingest the paper first"):
            base.ingest([apart], supplement_of="10.5555/zzzzzzzz")
        with pytest.raises(UnreadableDocument, match="is a folder; name the files"):
            base.ingest([apart.parent], supplement_of="10.1234/main.1")
        with pytest.raises(UnreadableDocument, match="is the paper with the DOI"):
            base.ingest([apart.with_name("liu.md")], supplement_of="10.1234/main.1")
        assert state(base) == before


def test_wrong_use_at_the_door_is_one_line_and_makes_no_base(apart: Path, base_path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite"
    for words, said in (
        (("--supplement-of", "liu", "--db", str(base_path)), "is no DOI"),
        (("--supplement-of", "10.1234/zz", "--db", str(base_path)), "no paper in the base"),
        (("--supplement-of", "10.1234/main.1", "--db", str(new)), "no base at"),
    ):
        result = kb("ingest", str(apart), *words)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
        assert said in result.stderr
    assert kb("ingest", str(apart.parent), "--supplement-of", "10.1234/main.1", "--db", str(base_path)).exit_code == 2
    assert not new.exists()


# --- kb mine ---


def test_mine_takes_the_paper_beside_it(papers: Path) -> None:
    (record,) = (json.loads(line) for line in kb("mine", str(papers / "liu_si.md")).stdout.splitlines())
    assert (record["source"], record["doi"]) == ("liu_si.md", "10.1234/main.1")
    assert sorted(record["subject"]["components"]) == ["PI", "ZnO"]
    assert record["conditions"]["current_density_mA_cm2"] == 2.0
    (papers / "liu.md").write_bytes(b"\0\1\2" * 99)
    alone = kb("mine", str(papers / "liu_si.md"))
    assert "mined without the paper it supplements" in alone.stderr
    assert json.loads(alone.stdout.splitlines()[0])["doi"] is None
