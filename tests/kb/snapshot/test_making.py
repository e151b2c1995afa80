"""What a snapshot is made of; that it is whole or not there; that it is the same again."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.snapshot import making, tables
from kb.store import open_base
from kb.studies import fingerprint
from schema.errors import BadBase, BadGold, BadOutput, BrokenEvidence

CORPUS = Path(__file__).parents[3] / "corpus"


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_snapshot_holds_base_tables_and_what_describes_them(base: KnowledgeBase, tmp_path: Path) -> None:
    made = base.snapshot(tmp_path / "out")
    views = {"measurement_view", "graph_nodes", "graph_edges", "same_names", "papers", "documents"}
    assert names(tmp_path / "out") == {
        "kb.sqlite", "snapshot.json", "references.bib", "datapackage.json", "ro-crate-metadata.json", "SHA256SUMS",
        *(f"tables/{view}.{suffix}" for view in views for suffix in ("csv", "parquet")),
    }  # fmt: skip
    assert made.rows["papers"] == 2
    assert made.rows["measurements"] == base.count() > 0
    assert made.withheld == ()


def test_its_base_is_read_only_sound_and_says_the_same(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out")
    file = tmp_path / "out" / "kb.sqlite"
    assert file.stat().st_mode & 0o777 == 0o444
    assert file.read_bytes()[18:20] == b"\x01\x01", "no write-ahead log, so that immutable=1 sees all of it"
    alone = sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)
    assert alone.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert alone.execute("PRAGMA freelist_count").fetchone() == (0,)
    alone.close()
    with KnowledgeBase(file) as copy:
        assert copy.find("coulombic_efficiency > 98") == base.find("coulombic_efficiency > 98")
        assert len(copy.search("electrode")) == len(base.search("electrode"))
    assert names(tmp_path / "out") >= {"kb.sqlite"}
    assert not (tmp_path / "out" / "kb.sqlite-wal").exists()


@pytest.mark.parametrize("public", [False, True])
def test_two_snapshots_are_equal_to_the_byte(base: KnowledgeBase, tmp_path: Path, public: bool) -> None:
    one, two = base.snapshot(tmp_path / "one", public), base.snapshot(tmp_path / "two", public)
    assert one.files == two.files
    assert (tmp_path / "one" / "SHA256SUMS").read_bytes() == (tmp_path / "two" / "SHA256SUMS").read_bytes()


def test_sha256sum_takes_the_sums(base: KnowledgeBase, tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this system")
    base.snapshot(tmp_path / "out")
    done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True)
    assert done.returncode == 0, done.stdout
    listed = (tmp_path / "out" / "SHA256SUMS").read_text().split()[1::2]
    assert set(listed) == names(tmp_path / "out") - {"SHA256SUMS"}


def test_it_tells_versions_vocabulary_and_that_nothing_was_evaluated(base: KnowledgeBase, tmp_path: Path) -> None:
    base.snapshot(tmp_path / "out")
    about = json.loads((tmp_path / "out" / "snapshot.json").read_text("utf-8"))
    ((extractor, vocabulary),) = base.sql("SELECT DISTINCT extractor_version, vocabulary FROM documents").rows
    assert about["extractors"] == [{"extractor_version": extractor, "vocabulary": vocabulary, "documents": 2}]
    assert about["evaluation"] == "not evaluated"
    assert about["calibration"] == "not calibrated"
    assert about["date"] == base.sql("SELECT date(finished_at) FROM runs").rows[0][0]
    with KnowledgeBase(tmp_path / "out" / "kb.sqlite") as copy:
        assert about["base"] == fingerprint(copy._reader)


def test_its_evaluation_is_that_of_its_records(tmp_path: Path) -> None:
    from kb.evaluation import Evaluation
    from kb.gold import begin, mine_documents, read_gold

    digest = CORPUS / "pmma_pvdf_cu.md"
    (mined,) = mine_documents([digest])
    begin(tmp_path / "gold", mined, "pmma_pvdf_cu")
    facts = tmp_path / "gold" / "pmma_pvdf_cu.jsonl"
    facts.write_text("".join(facts.read_text("utf-8").splitlines(keepends=True)[:-4]), "utf-8")
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([digest, CORPUS / "pi_ag_li.md"])
        base.snapshot(tmp_path / "out", gold=tmp_path / "gold")
        base.snapshot(tmp_path / "public", public=True, gold=tmp_path / "gold")
        wanted = Evaluation.of(read_gold(tmp_path / "gold"), base.export()).report()["micro"]
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "sources.json").write_text('{"elsewhere.md": "elsewhere"}')
        (tmp_path / "other" / "elsewhere.jsonl").write_text("")
        with pytest.raises(BadGold, match="no document of this base"):
            base.snapshot(tmp_path / "third", gold=tmp_path / "other")
    assert wanted["all"]["value"]["F1"] < 1
    for folder in ("out", "public"):
        told = json.loads((tmp_path / folder / "snapshot.json").read_text("utf-8"))["evaluation"]
        assert told == {"gold": "gold", "documents": ["pmma_pvdf_cu.md"], **wanted}


def test_broken_evidence_is_refused_with_the_list(base: KnowledgeBase, tmp_path: Path) -> None:
    base._writing().execute("UPDATE evidence SET start_offset = start_offset + 9, end_offset = end_offset + 9")
    with pytest.raises(BrokenEvidence) as caught:
        base.snapshot(tmp_path / "out")
    assert len(caught.value.broken) == base.count()
    assert "closed.md" in str(caught.value)
    assert "'98.3'" in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".kb-snapshot-*"))


def test_a_reference_to_nothing_is_refused(base: KnowledgeBase, tmp_path: Path) -> None:
    writer = base._writing()
    writer.execute("PRAGMA foreign_keys = OFF")
    writer.execute("DELETE FROM experiments WHERE id = (SELECT min(id) FROM experiments)")
    with pytest.raises(BadBase, match="refers to a row of experiments"):
        base.snapshot(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_not_replaced(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    base.snapshot(tmp_path / "empty")
    with pytest.raises(BadOutput, match="name a new folder"):
        base.snapshot(tmp_path / "empty")
    with pytest.raises(BadOutput, match="create it first"):
        base.snapshot(tmp_path / "no" / "folder")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadOutput, match="replaces nothing"):
        base.snapshot(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_break_off_leaves_nothing(base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "write", broken)
    before = set(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        base.snapshot(tmp_path / "out")
    assert {path for path in tmp_path.iterdir() if "-wal" not in path.name and "-shm" not in path.name} <= before


def test_without_pyarrow_there_is_csv(
    base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(making, "find_spec", lambda _: None)
    made = base.snapshot(tmp_path / "out")
    assert not made.parquet
    assert not list((tmp_path / "out").rglob("*.parquet"))
    assert (tmp_path / "out" / "tables" / "measurement_view.csv").exists()


def test_the_tables_have_the_types_and_units_of_the_schema(base: KnowledgeBase, tmp_path: Path) -> None:
    import pyarrow.parquet

    base.snapshot(tmp_path / "out")
    table = pyarrow.parquet.read_table(tmp_path / "out" / "tables" / "measurement_view.parquet")
    assert table.schema.field("current_density_mA_cm2").metadata[b"unit"] == b"mA/cm^2"
    found = {row["id"]: row for row in base.find()}
    for row in table.to_pylist():
        wanted = found[row["id"]]
        for name in ("value", "components", "is_control", "cycles", "doi", "mechanisms", "evidence_start"):
            assert row[name] == wanted[name]
    kinds = {f.name: f.type for listing in tables.listings(base._reader) for f in listing.fields}
    assert kinds["is_control"] == "boolean"
    assert kinds["attributes"] == "object"
    assert kinds["authors"] == kinds["flags"] == "array"
    assert kinds["value"] == "number"
    assert kinds["evidence_start"] == "integer"


def test_a_snapshot_is_one_state_while_another_writes(base: KnowledgeBase, tmp_path: Path) -> None:
    other = open_base(base.path, read_only=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM measurements")
    made = base.snapshot(tmp_path / "out")
    other.execute("ROLLBACK")
    other.close()
    assert made.rows["measurements"] == base.count() > 0
    digest = hashlib.sha256((tmp_path / "out" / "kb.sqlite").read_bytes()).hexdigest()
    assert made.files["kb.sqlite"][1] == digest


def test_the_last_calibration_is_told(
    base: KnowledgeBase, tmp_path: Path, keep: Callable[[sqlite3.Connection, bool], None]
) -> None:
    keep(base._writing(), True)
    base.snapshot(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "snapshot.json").read_text("utf-8"))["calibration"]
    assert told["beats"] is True
    assert told["scores"]["baselines"].keys() == {"a guess"}
    assert told["made_at"].endswith("+00:00")
