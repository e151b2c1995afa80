"""What may not be passed on is in no byte of a public snapshot; what may, and all facts, are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.snapshot import verify
from kb.snapshot.withholding import TEXT_OF_DOCUMENTS
from schema.tables import tables

# Columns of text that stay in a public snapshot: facts, names, bibliography, what the program noted itself.
KEPT = {
    "papers": {"doi", "title", "journal", "authors", "licence"},
    "documents": {
        "path", "source", "format", "sha256", "doi", "title", "title_key", "journal", "authors", "licence",
        "extractor_version", "vocabulary", "supplement_of", "mined_with",
    },
    "passages": {"kind"},
    "materials": {"name", "material_class", "formula", "composition", "elements"},
    "merges": {"kind", "kept", "merged", "rule", "evidence", "made_at", "undone_at"},
    "systems": {"key", "label", "substrate", "strategy", "process"},
    "system_components": {"role"},
    "experiments": {"key", "cited_ref", "electrolyte", "electrolyte_class", "cell"},
    "measurements": {
        "fingerprint", "metric", "qualifier", "unit", "value_reported", "unit_reported", "subject", "components",
        "provenance", "conditions_far", "flags", "sample", "status", "mined",
    },
    "coatings": {"name", "components", "cited_ref"},
    "traits": {"kind", "name"},
    "citations": {"marker", "authors", "title", "journal", "doi"},
    "rejections": {"reason"},
    "repairs": {"rule"},
    "runs": {"started_at", "finished_at", "extractor_version", "vocabulary"},
    "run_documents": {"path", "source", "outcome", "message"},
    "calibrations": {"made_at", "fingerprint", "factors", "scores", "measurements", "posterior", "priors"},
    "given_metadata": {"doi", "title", "journal", "authors", "source", "given_at"},
    "findings": {"rule", "severity", "said", "repair"},
    "audited": {"rules"},
    "curated": {"fingerprint", "status", "decisions"},
    "decisions": {
        "id", "made_at", "author", "action", "reason", "paper", "evidence", "change", "undoes", "follows",
    },
}  # fmt: skip


def holding(folder: Path, words: str) -> list[str]:
    """Name the files in whose bytes some words stand: whole or stemmed, in any case, as UTF-16."""
    found = []
    for path in folder.rglob("*"):
        said = path.read_bytes().lower() if path.is_file() else b""
        if any(word[:6].encode(code) in said for word in words.split() for code in ("utf-8", "utf-16-le")):
            found.append(path.name)
    return sorted(found)


def uncompressed(folder: Path) -> str:
    """Give what the Parquet files hold, which compression may hide from a search of bytes."""
    import pyarrow.parquet

    return "\n".join(str(pyarrow.parquet.read_table(path).to_pylist()) for path in folder.rglob("*.parquet"))


def test_each_column_of_text_is_either_kept_or_withheld() -> None:
    told = {name: {c.name for c in table.columns if c.type == "TEXT"} for name, table in tables().items()}
    for name, columns in told.items():
        if tables()[name].kind == "table" and name != "passages_text":
            decided = KEPT.get(name, set()) | set(TEXT_OF_DOCUMENTS.get(name, ()))
            assert columns == decided, f"{name}: say in kb/snapshot/withholding.py or here what becomes of these"


def test_a_snapshot_that_is_not_public_has_all_of_it(base: KnowledgeBase, tmp_path: Path, secret: str) -> None:
    base.snapshot(tmp_path / "out")
    assert "kb.sqlite" in holding(tmp_path / "out", secret)
    assert "measurement_view.csv" in holding(tmp_path / "out", secret)
    assert secret in uncompressed(tmp_path / "out")


def test_no_byte_of_a_public_snapshot_tells_it(base: KnowledgeBase, tmp_path: Path, secret: str, shared: str) -> None:
    assert base.search(secret)
    made = base.snapshot(tmp_path / "out", public=True)
    assert [source.file for source in made.withheld] == ["closed.md"]
    assert holding(tmp_path / "out", secret) == []
    assert not re.search("|".join(secret.split()), uncompressed(tmp_path / "out"))
    assert "kb.sqlite" in holding(tmp_path / "out", shared)
    assert shared in uncompressed(tmp_path / "out")


def test_words_of_the_index_are_gone_too(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out", public=True)
    with KnowledgeBase(tmp_path / "out" / "kb.sqlite") as copy:
        assert copy.search("marmalade") == []
        assert copy.search("heliotrope")


def test_facts_and_places_stay(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out", public=True)
    with KnowledgeBase(tmp_path / "out" / "kb.sqlite") as copy:
        mine, theirs = base.find(), copy.find()
        assert copy.show(theirs[0]["id"])["evidence"] == ""
    texts = {"evidence", "section"}
    assert [{k: v for k, v in row.items() if k not in texts} for row in mine] == [
        {k: v for k, v in row.items() if k not in texts} for row in theirs
    ]
    assert verify(tmp_path / "out") == []


def test_it_is_said_what_is_left_out_and_why(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out", public=True)
    about = json.loads((tmp_path / "out" / "snapshot.json").read_text("utf-8"))
    assert about["withheld"] == [{"file": "closed.md", "reason": "no licence stated"}]
    sources = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))["sources"]
    assert {s["file"]: (s["licence"], s["text"]) for s in sources} == {
        "closed.md": ("unknown", "left out"),
        "free.md": ("CC-BY-4.0", "included"),
    }


def test_the_base_itself_loses_nothing(base: KnowledgeBase, tmp_path: Path, secret: str) -> None:
    before = base.sql("SELECT original FROM documents").rows
    base.snapshot(tmp_path / "out", public=True)
    assert base.sql("SELECT original FROM documents").rows == before
    assert base.search(secret)


def test_a_snapshot_of_a_public_snapshot(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out", public=True)
    with KnowledgeBase(tmp_path / "out" / "kb.sqlite") as copy:
        copy.snapshot(tmp_path / "again", public=True)
    assert verify(tmp_path / "again") == []


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "CC BY-ND 4.0"])
def test_licences_with_restrictions_keep_text_back(tmp_path: Path, licence: str, secret: str) -> None:
    text = f"# A film\n\nlicence: {licence}\n\nThe PVDF coated Cu kept a modulus of 3 GPa, said the {secret}.\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([tmp_path / "a.md"])
        (source,) = base.snapshot(tmp_path / "out", public=True).withheld
    assert source.terms.name in source.terms.reason
    assert holding(tmp_path / "out", secret) == []


def test_what_was_decided_stays_without_the_words_around_the_numbers(
    base: KnowledgeBase, tmp_path: Path, secret: str
) -> None:
    (closed, *_) = [row["id"] for row in base.find("coulombic_efficiency > 98") if row["source"] == "closed.md"]
    (beside, *_) = [row["id"] for row in base.find("coulombic_efficiency < 95") if row["source"] == "closed.md"]
    base.curation.set(closed, {"value": 97.3}, "a misprint", author="Ada <ada@example.org>")
    base.curation.reject(beside, "of another paper", author="Ada <ada@example.org>")
    assert secret.split()[0] in json.dumps([*base.curation.export()])
    base.snapshot(tmp_path / "out", public=True)
    assert holding(tmp_path / "out", secret) == []
    assert verify(tmp_path / "out") == []
    with KnowledgeBase(tmp_path / "out" / "kb.sqlite") as made:
        assert made.show(closed)["value"] == 97.3
        assert made.curation.history() == []
        assert made.show(beside).get("status") != "mined"
        triggers = made.sql("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'decisions'")
    assert triggers.rows == [(2,)]
