"""What is not as it was made is named, with its file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.snapshot import verify
from kb.snapshot.making import SUMS, digests
from schema.errors import BadSnapshot


@pytest.fixture
def made(base: KnowledgeBase, tmp_path: Path) -> Path:
    base.snapshot(tmp_path / "out", public=True)
    (tmp_path / "out" / "kb.sqlite").chmod(0o644)
    return tmp_path / "out"


def told(folder: Path) -> set[tuple[str, str]]:
    return {(fault.file, fault.message) for fault in verify(folder)}


def summed_anew(folder: Path) -> Path:
    """Write the digests of the files as they are now, as one would who wants a change to pass."""
    lines = (f"{digest}  {name}\n" for name, (_, digest) in digests(folder).items() if name != SUMS)
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return folder


def in_base(statement: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        db = sqlite3.connect(folder / "kb.sqlite")
        db.execute(statement)
        db.commit()
        db.close()

    return change


def in_json(name: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        told = json.loads((folder / name).read_text("utf-8"))
        change(told)
        (folder / name).write_text(json.dumps(told), "utf-8")

    return changed


def test_a_snapshot_is_as_it_was_made(made: Path) -> None:
    assert verify(made) == []


@pytest.mark.parametrize("place", [0, 1, 17, -1])
def test_a_changed_byte_of_any_file_is_found(made: Path, place: int) -> None:
    for name in digests(made):
        path = made / name
        whole = path.read_bytes()
        if not whole:
            continue
        position = place % len(whole)
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        found = verify(made)
        assert found, name
        assert name == SUMS or any(fault.file == name for fault in found)
        path.write_bytes(whole)
    assert verify(made) == []


def test_missing_and_additional_files_are_named(made: Path) -> None:
    (made / "references.bib").unlink()
    (made / "notes.txt").write_text("mine")
    files = {fault.file: fault.message for fault in verify(made)}
    assert files == {
        "references.bib": "is not there",
        "notes.txt": "is not of this snapshot: SHA256SUMS does not list it",
    }


@pytest.mark.parametrize(
    ("change", "file", "words"),
    [
        (in_base("DELETE FROM coating_measurements"), "kb.sqlite", "coating_measurements"),
        (in_base("UPDATE measurements SET confidence = 0.123"), "kb.sqlite", "fingerprint"),
        (in_base("UPDATE documents SET original = 'x' || original"), "kb.sqlite", ", not '98.3'"),
        (in_base("UPDATE documents SET original = '-' WHERE original = ''"), "kb.sqlite", "the text of closed.md"),
        (in_base("PRAGMA user_version = 1"), "kb.sqlite", "schema version 1"),
        (in_base("PRAGMA application_id = 1"), "kb.sqlite", "of another program"),
        (in_json("snapshot.json", lambda t: t["rows"].update(papers=9)), "kb.sqlite", "papers"),
        (in_json("snapshot.json", lambda t: t.update(rows=[])), "snapshot.json", "no description"),
        (in_json("datapackage.json", lambda t: t.update(resources=[3])), "datapackage.json", "no description"),
        (in_json("datapackage.json", lambda t: t["resources"][0].update(bytes=3)), "kb.sqlite", "size and digest"),
        (in_json("datapackage.json", lambda t: t["resources"][0].update(path="../x")), "../x", "is not there"),
        (in_json("ro-crate-metadata.json", lambda t: t.update({"@graph": [3]})),
         "ro-crate-metadata.json", "no description"),
        (in_json("ro-crate-metadata.json", lambda t: t["@graph"].pop(3)), "kb.sqlite", "is not described"),
        (lambda f: (f / "snapshot.json").write_text("[]"), "snapshot.json", "no JSON object"),
        (lambda f: (f / "datapackage.json").write_bytes(b"\xff"), "datapackage.json", "not readable as JSON"),
        (lambda f: (f / "tables" / "papers.csv").write_text("id\n1\n"), "tables/papers.csv", "other columns"),
        (lambda f: (f / "tables" / "papers.parquet").write_text("no"), "tables/papers.parquet", "as Parquet"),
        (lambda f: (f / "kb.sqlite").write_bytes((f / "kb.sqlite").read_bytes()[:9000]), "kb.sqlite", ""),
    ],
)  # fmt: skip
def test_a_change_that_was_summed_anew_is_found(
    made: Path, change: Callable[[Path], None], file: str, words: str
) -> None:  # fmt: skip
    change(made)
    found = verify(summed_anew(made))
    assert any(fault.file == file and words in fault.message for fault in found), found


def test_lines_that_are_no_digest_are_named(made: Path) -> None:
    (made / SUMS).write_text("rubbish\n" + (made / SUMS).read_text())
    assert ("SHA256SUMS", "line 1 is no digest with a name") in told(made)


def test_a_folder_that_is_no_snapshot_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadSnapshot, match="check the spelling"):
        verify(tmp_path / "nowhere")
    with pytest.raises(BadSnapshot, match="kb snapshot makes one"):
        verify(tmp_path)
