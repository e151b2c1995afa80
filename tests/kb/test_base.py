"""The Python API over real files: folders in, answers out, and one bad file stops nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from kb.base import IngestReport, KnowledgeBase
from schema.errors import BadBase, BadCriterion, BadSQL, ReadOnly, UnreadableDocument

ROOT = Path(__file__).parents[2]
SENTENCE = "The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2."
CONTROL = "The bare Cu electrode shows a Coulombic efficiency of only 91.2% after 80 cycles at 1 mA cm-2."


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.txt").write_text(f"{SENTENCE} {CONTROL}\n")
    (folder / "sub" / "a.md").write_text(f"# Coated copper for lithium anodes\n\n{SENTENCE.replace('98.3', '97.4')}\n")
    (folder / "notes.csv").write_text("1,2\n")
    return folder


def outcomes(report: IngestReport) -> list[tuple[str, str]]:
    return [(d.source, d.outcome) for d in report.documents]


def test_a_folder_is_mined_and_asked(papers: Path, base_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    with KnowledgeBase(base_path, read_only=False) as base:
        report = base.ingest([papers], on_document=lambda d, done, total: seen.append((d.source, done, total)))
    assert outcomes(report) == [("b.txt", "new"), ("a.md", "new")]
    assert seen == [("b.txt", 1, 2), ("a.md", 2, 2)]
    with KnowledgeBase(base_path) as base:
        rows = base.find("coulombic_efficiency >= 98")
        assert [(r["value"], r["components"], r["is_control"]) for r in rows] == [(98.3, ["PVDF"], False)]
        assert base.count() == report.measurements == len(list(base.export()))
        assert base.count("coulombic_efficiency >= 90") == 3
        shown = base.show(rows[0]["id"])
        assert (shown["shown"], shown["document"]["path"]) == ("98.3", "papers/b.txt")
        assert shown["before"] + shown["shown"] == SENTENCE[: SENTENCE.index("98.3") + 4]
        assert SENTENCE in shown["passage"]
        assert base.show(10_000) == {}
        assert base.places([rows[0]["id"], 10_000]) == {rows[0]["id"]: rows[0]}
        ranked = base.rank(["coulombic_efficiency:max"])
        assert [r.candidate.observations["coulombic_efficiency"].value for r in ranked] == [98.3, 97.4]
        assert base.rank(["coulombic_efficiency"], top=1) == ranked[:1]
        only = base.rank(["coulombic_efficiency"], where="value < 98")
        assert [r.candidate.observations["coulombic_efficiency"].value for r in only] == [97.4]
        assert base.sql("SELECT count(*) FROM documents WHERE id > :low", {"low": 0}).rows == [(2,)]
        assert "paper:1" in base.graph()


def test_again_nothing_changes_and_a_changed_file_replaces_its_own(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        before = list(base.export())
        report = base.ingest([papers])
        assert report.outcomes == {"new": 0, "unchanged": 2, "changed": 0, "failed": 0}
        assert report.measurements == len(before)
        assert list(base.export()) == before
        (papers / "b.txt").write_text(f"Here is more.\n\n{SENTENCE}\n")
        report = base.ingest([papers])
        assert outcomes(report) == [("b.txt", "changed"), ("a.md", "unchanged")]
        ids = {r["value"]: r["id"] for r in base.find("coulombic_efficiency IS KNOWN")}
        assert ids[98.3] == next(r["id"] for r in before if r["value"] == 98.3)
        assert 91.2 not in ids


def test_a_bad_document_does_not_stop_the_rest(papers: Path, base_path: Path) -> None:
    (papers / "a_binary.txt").write_bytes(bytes(range(256)) * 40)
    (papers / "c_empty.txt").write_text("")
    (papers / "d_latin.txt").write_bytes("Näher".encode("latin-1"))
    with KnowledgeBase(base_path, read_only=False) as base:
        report = base.ingest([papers])
        assert outcomes(report) == [("a_binary.txt", "failed"), ("b.txt", "new"), ("c_empty.txt", "failed"),
                                    ("d_latin.txt", "failed"), ("a.md", "new")]  # fmt: skip
        assert [d.source for d in report.failed] == ["a_binary.txt", "c_empty.txt", "d_latin.txt"]
        assert all(d.message.startswith(d.source) for d in report.failed)
        logged = base.sql("SELECT outcome FROM run_documents WHERE run_id = :run ORDER BY path", {"run": report.run})
        assert [r[0] for r in logged.rows] == ["failed", "new", "failed", "failed", "new"]
        assert base.sql("SELECT count(*) FROM runs WHERE finished_at IS NULL").rows == [(0,)]


def test_a_document_that_cannot_be_read_any_more_keeps_its_facts(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        before = list(base.export())
        (papers / "b.txt").write_bytes(b"\0\1\2" * 99)
        assert len(base.ingest([papers]).failed) == 1
        assert list(base.export()) == before


def test_a_file_with_an_unknown_suffix_fails_where_it_was_named(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        report = base.ingest([papers / "notes.csv", papers / "b.txt"])
    assert outcomes(report) == [("notes.csv", "failed"), ("b.txt", "new")]


def test_wrong_paths_are_told_before_anything_is_done(papers: Path, base_path: Path) -> None:
    (papers / "empty").mkdir()
    with KnowledgeBase(base_path, read_only=False) as base:
        with pytest.raises(UnreadableDocument, match="no such file"):
            base.ingest([papers, papers / "none.txt"])
        with pytest.raises(UnreadableDocument, match=r"ends in one of .*\.md"):
            base.ingest([papers, papers / "empty"])
        assert base.count() == 0
        assert base.sql("SELECT count(*) FROM runs").rows == [(0,)]


def test_the_same_content_twice_counts_once_and_each_twin_can_change(papers: Path, base_path: Path) -> None:
    (papers / "z.txt").write_text((papers / "b.txt").read_text())
    with KnowledgeBase(base_path, read_only=False) as base:
        report = base.ingest([papers / "b.txt", papers / "z.txt"])
        assert outcomes(report) == [("b.txt", "new"), ("z.txt", "unchanged")]
        assert "papers/b.txt" in report.documents[1].message
        assert report.measurements == base.count()
        # z first: it is unchanged when its turn comes, and then its twin is not what it was.
        (papers / "b.txt").write_text(CONTROL)
        report = base.ingest([papers / "z.txt", papers / "b.txt"])
        assert outcomes(report) == [("z.txt", "new"), ("b.txt", "changed")]
        assert base.sql("SELECT source FROM documents ORDER BY source").rows == [("b.txt",), ("z.txt",)]


def test_base_and_papers_can_be_moved_together(papers: Path, tmp_path: Path) -> None:
    with KnowledgeBase(papers / "kb.sqlite", read_only=False) as base:
        base.ingest([papers / "b.txt"])
    moved = papers.rename(tmp_path / "elsewhere")
    with KnowledgeBase(moved / "kb.sqlite", read_only=False) as base:
        report = base.ingest([moved / "b.txt"])
        assert (report.documents[0].outcome, report.documents[0].message) == ("unchanged", "")


def test_a_base_for_reading_does_not_write(papers: Path, base_path: Path) -> None:
    with pytest.raises(BadBase, match="kb ingest"):
        KnowledgeBase(base_path)
    KnowledgeBase(base_path, read_only=False).close()
    digest = hashlib.sha256(base_path.read_bytes()).hexdigest()
    with KnowledgeBase(base_path) as base:
        with pytest.raises(ReadOnly, match="read_only=False"):
            base.ingest([papers])
        with pytest.raises(ReadOnly):
            base.sql("DELETE FROM papers")
        with pytest.raises(BadSQL):
            base.sql("SELEC 1")
    assert hashlib.sha256(base_path.read_bytes()).hexdigest() == digest


def test_sql_cannot_write_in_a_base_that_is_open_for_writing(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
        before = base.count()
        with pytest.raises(ReadOnly):
            base.sql("DELETE FROM measurements")
        assert base.count() == before


def test_an_empty_base_answers_with_nothing(base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        assert (base.find(), base.count(), base.show(1), list(base.export())) == ([], 0, {}, [])
        assert base.rank(["coulombic_efficiency"]) == []
        with pytest.raises(BadCriterion):
            base.rank([])


def test_reading_loads_neither_the_mining_stack_nor_what_only_writing_needs(papers: Path, base_path: Path) -> None:
    with KnowledgeBase(base_path, read_only=False) as base:
        base.ingest([papers])
    code = (
        "import sys; from kb.base import KnowledgeBase; b = KnowledgeBase(sys.argv[1]);"
        "b.find('coulombic_efficiency > 90'); b.show(1); list(b.export()); b.sql('SELECT 1');"
        "print(sorted(set(sys.argv[2:]) & set(sys.modules)))"
    )
    heavy = ("pymatgen", "sqlite_utils", "networkx", "pandas", "numpy", "matplotlib", "extractors")
    call = [sys.executable, "-c", code, str(base_path), *heavy]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr
