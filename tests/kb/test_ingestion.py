"""What an ingestion takes of the paths it is given, and how it counts; its way into a base is in test_base.py."""

from __future__ import annotations

from pathlib import Path

from kb.ingestion import IngestReport, find_documents
from kb.store import Outcome


def test_documents_are_found_once_sorted_and_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "UPPER.TXT", "notes.csv", "sub/a.md", "sub/.y.txt", ".git/x.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    found = find_documents([tmp_path / "b.txt", tmp_path, tmp_path / "sub" / ".." / "b.txt"], {".txt", ".md"})
    assert [p.name for p in found] == ["b.txt", "UPPER.TXT", "a.md"]


def test_a_report_counts_a_document_once() -> None:
    twins = (Outcome("a", "new", 3, 1, document=1), Outcome("b", "unchanged", 3, 1, document=1), Outcome("c", "failed"))
    report = IngestReport(1, twins)
    assert (report.measurements, report.rejections, len(report.failed)) == (3, 1, 1)
