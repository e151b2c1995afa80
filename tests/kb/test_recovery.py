"""Bases with bytes overwritten anywhere: what is saved is sound, was in the base, and is as much as can be."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.connection import open_base
from kb.guard import check_schema
from kb.recovery import recover, schema_pages
from kb.store import ingest_document
from kb.synthetic import fill
from kb.testing import bare, coated, compose
from schema.errors import BadBase, BadOutput

ROOT = Path(__file__).parents[2]
PAGE = 4096
CASES = int(os.environ.get("KB_DAMAGES", "40"))
SAID = """SELECT d.path, m.metric, m.value, m.value_reported, m.subject, v.text, v.start_offset FROM measurements AS m
  JOIN documents AS d ON d.id = m.document_id JOIN evidence AS v ON v.measurement_id = m.id"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of some hundred pages."""
    path = tmp_path_factory.mktemp("whole") / "kb.sqlite"
    db = open_base(path, read_only=False)
    fill(db, 400, seed=3)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path


def said(path: Path) -> set[tuple[object, ...]]:
    db = sqlite3.connect(path)
    try:
        return set(db.execute(SAID))
    finally:
        db.close()


def sound(path: Path) -> None:
    db = open_base(path, read_only=False, untrusted=True)
    check_schema(db, path)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    assert db.execute("SELECT count(*) FROM measurements").fetchone() [0] == (
        db.execute("SELECT count(*) FROM measurement_view").fetchone()[0])  # fmt: skip
    db.execute("SELECT count(*) FROM passages_text WHERE passages_text MATCH 'lithium'").fetchone()
    db.execute("INSERT INTO passages_text (passages_text) VALUES ('integrity-check')")
    db.close()


def overwritten(content: bytes, at: random.Random) -> bytes:
    """Damage as disks, transfers and mistakes make it: bytes, sectors, pages, a cut."""
    spoilt = bytearray(content)
    kind = at.choice(["bytes", "bytes", "sector", "page", "zeros", "cut", "swap"])
    place = at.randrange(PAGE, len(content))
    if kind == "bytes":
        for _ in range(at.randint(1, 200)):
            spoilt[at.randrange(PAGE, len(content))] = at.randrange(256)
    elif kind == "sector":
        spoilt[place : place + 512] = at.randbytes(512)
    elif kind == "cut":
        del spoilt[max(place, len(content) // 2) :]
    else:
        page, other = (PAGE * at.randrange(1, len(content) // PAGE) for _ in "12")
        instead = {"page": at.randbytes(PAGE), "zeros": bytes(PAGE), "swap": content[other : other + PAGE]}[kind]
        spoilt[page : page + PAGE] = instead
    return bytes(spoilt[: len(content)])


@pytest.mark.parametrize("seed", range(CASES))
def test_what_is_saved_of_a_damaged_base_is_sound(whole: Path, tmp_path: Path, seed: int) -> None:
    at = random.Random(seed)
    broken, new = tmp_path / "broken.sqlite", tmp_path / "new.sqlite"
    broken.write_bytes(overwritten(whole.read_bytes(), at))
    before = broken.read_bytes()
    recover(broken, new)
    sound(new)
    assert broken.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.sqlite", "new.sqlite"]


COMMANDS = (("find", "coulombic_efficiency > 90"), ("show", "7"), ("export",), ("rank", "--by", "coulombic_efficiency"),
            ("search", "lithium"), ("sql", "SELECT * FROM measurement_view"), ("graph", "replication"))  # fmt: skip


@pytest.mark.parametrize("seed", range(CASES))
def test_a_damaged_base_is_told_by_whatever_meets_it(whole: Path, tmp_path: Path, seed: int) -> None:
    at = random.Random(f"asked {seed}")
    content = bytearray(overwritten(whole.read_bytes(), at))
    if at.random() < 0.3:
        content[at.randrange(100)] = at.randrange(256)
    path = tmp_path / "kb.sqlite"
    path.write_bytes(content)
    for words in (
        at.choice(COMMANDS),
        (*at.choice(COMMANDS), "--untrusted"),
        ("ingest", ROOT / "corpus" / "zno_wood.txt"),
    ):
        code, _, why = kb(*words, "--db", path)
        assert code in (0, 1, 2), why
        assert code != 2 or (why.startswith("kb: ") and why.count("\n") == 1), why


def test_most_is_saved_where_little_is_damaged(whole: Path, tmp_path: Path) -> None:
    """One page of some hundred overwritten, each in its turn: nearly all facts are there, none is made up."""
    content, all_facts, shares = whole.read_bytes(), said(whole), []
    pages = len(content) // PAGE
    for page in random.Random(5).sample(range(1, pages), 20):
        broken, new = tmp_path / "broken.sqlite", tmp_path / f"new{page}.sqlite"
        broken.write_bytes(content[: page * PAGE] + bytes(PAGE) + content[(page + 1) * PAGE :])
        saved = recover(broken, new)
        kept = said(new)
        assert kept <= all_facts
        assert kept == all_facts or not all(table.whole for table in saved), "what is lost is said"
        shares.append(len(kept) / len(all_facts))
    assert sum(shares) / len(shares) > 0.85, shares


def test_a_sound_base_is_copied_whole(whole: Path, tmp_path: Path) -> None:
    saved = recover(whole, tmp_path / "new.sqlite")
    assert all(table.whole for table in saved)
    sound(tmp_path / "new.sqlite")
    old, new = sqlite3.connect(whole), sqlite3.connect(tmp_path / "new.sqlite")
    for table in saved:
        text = f"SELECT * FROM {table.table} ORDER BY 1, 2"  # noqa: S608
        rows = old.execute(text).fetchall()
        assert new.execute(text).fetchall() == rows
        assert table.rows == len(rows)
    old.close()
    new.close()


def test_what_only_stands_in_the_log_is_saved_too(tmp_path: Path) -> None:
    db = open_base(tmp_path / "kb.sqlite", read_only=False)
    ingest_document(db, compose(coated(), bare()), path="a.txt", extractor_version="1")
    assert (tmp_path / "kb.sqlite-wal").stat().st_size
    folder = tmp_path / "copied"
    folder.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"kb.sqlite{ending}", folder)
    db.close()
    recover(folder / "kb.sqlite", folder / "new.sqlite")
    assert len(said(folder / "new.sqlite")) == 2


def test_the_first_bytes_are_mended(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    (tmp_path / "broken.sqlite").write_bytes(os.urandom(24) + content[24:])
    with pytest.raises(BadBase):
        open_base(tmp_path / "broken.sqlite")
    recover(tmp_path / "broken.sqlite", tmp_path / "new.sqlite")
    assert said(tmp_path / "new.sqlite") == said(whole)


def test_a_broken_schema_is_that_of_a_new_base(whole: Path, tmp_path: Path) -> None:
    """Where each of its pages is overwritten, all facts are found: the tables lie where a new base has them."""
    content = whole.read_bytes()
    for page in schema_pages(content)[:-1]:  # the last has the indexes that were made after the first measurements
        begin = PAGE * (page - 1) + (100 if page == 1 else 0)
        (tmp_path / "broken.sqlite").write_bytes(content[:begin] + bytes(PAGE * page - begin) + content[PAGE * page :])
        recover(tmp_path / "broken.sqlite", tmp_path / f"{page}.sqlite")
        assert said(tmp_path / f"{page}.sqlite") == said(whole), page


def test_an_altered_number_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated(), bare()), path="a.txt", extractor_version="1")
    db.execute("UPDATE measurements SET value_reported = '99.3' WHERE value = 98.3")
    db.close()
    saved = {table.table: table for table in recover(path, tmp_path / "new.sqlite")}
    assert saved["measurements"].left_out == {"the evidence does not show the number": 1}
    assert saved["measurements"].rows == 1


def test_of_a_hostile_base_only_the_facts_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated(), bare()), path="a.txt", extractor_version="1")
    db.close()
    db = sqlite3.connect(path)
    db.execute("CREATE TRIGGER tidy AFTER INSERT ON documents BEGIN DELETE FROM measurements; END")
    db.execute("CREATE TABLE notes (a)")
    db.commit()
    db.close()
    with pytest.raises(BadBase, match="kb recover"):
        open_base(path)
    recover(path, tmp_path / "new.sqlite")
    sound(tmp_path / "new.sqlite")
    assert len(said(tmp_path / "new.sqlite")) == 2


def kb(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, [str(w) for w in words], prog_name="kb")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_what_was_lost_is_said_and_mined_anew(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for number in range(4):
        text = f"The PVDF-coated Cu of batch {number} keeps a Coulombic efficiency of 9{number}.3% over 260 cycles.\n\n"
        (papers / f"{number}.txt").write_text(text + "Dendrites grow. " * 600, "utf-8")
    path, new = tmp_path / "kb.sqlite", tmp_path / "new.sqlite"
    assert kb("ingest", papers, "--db", path)[0] == 0
    want = said(path)
    assert len(want) >= 4
    db = sqlite3.connect(path)
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'measurements'").fetchone()[0]
    db.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * PAGE : root * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    assert "kb recover" in kb("find", "is_control", "--db", path)[2]
    code, told, why = kb("recover", path, new)
    assert code == 3
    assert "measurements                 0 rows; cannot be read" in told
    assert "documents                    4 rows\n" in told
    assert "kb ingest PAPERS" in why
    sound(new)
    assert kb("ingest", papers, "--db", new)[0] == 0
    assert said(new) == want


def test_what_cannot_be_recovered_is_told(tmp_path: Path, whole: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a base, by mistake\n" * 999)
    assert "nothing of" in kb("recover", tmp_path / "notes.txt", tmp_path / "new.sqlite")[2]
    assert not list(tmp_path.glob("new*"))
    (tmp_path / "there.sqlite").touch()
    with pytest.raises(BadOutput, match="there already"):
        recover(whole, tmp_path / "there.sqlite")
    with pytest.raises(BadOutput, match="create it first"):
        recover(whole, tmp_path / "none" / "new.sqlite")
    with pytest.raises(BadBase, match="no file"):
        recover(tmp_path / "none.sqlite", tmp_path / "new.sqlite")
