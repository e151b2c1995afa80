"""What operators get wrong: one clear line that names the remedy, its exit code, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli
from kb.connection import open_base
from kb.store import ingest_document
from kb.testing import bare, coated, compose

ROOT = Path(__file__).parents[2]
GOOD = "The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2.\n"


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def told(result: Result, code: int) -> str:
    """The message: that it is one of ours, with the right exit code, and no traceback."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("kb: ")
    assert "Traceback" not in result.output
    return result.stderr


def one_line(result: Result, code: int) -> str:
    message = told(result, code)
    assert message.count("\n") == 1
    return message


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated(), bare()), path="a.txt", extractor_version="t")
    db.close()
    return str(path)


def measurements(db: str) -> int:
    with sqlite3.connect(db) as connection:
        return int(connection.execute("SELECT count(*) FROM measurements").fetchone()[0])


# --- documents ---

BAD_DOCUMENTS = {
    "binary.txt": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40, "binary"),
    "empty.txt": (b"", "empty"),
    "blank.md": (b" \n\n", "empty"),
    "latin.txt": ("Die Stromdichte betr\xe4gt 1 mA cm\xb2.\n".encode("latin-1"), "UTF-8"),
    "utf16.txt": (GOOD.encode("utf-16"), "UTF-8|binary"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_folder_with_one_bad_document_does_the_rest(base: str, tmp_path: Path, name: str) -> None:
    content, reason = BAD_DOCUMENTS[name]
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / name).write_bytes(content)
    (papers / "good.txt").write_text(GOOD, "utf-8")
    before = measurements(base)
    result = kb("ingest", str(papers), "--db", base)
    message = one_line(result, 3)
    assert name in message
    assert any(word in message for word in reason.split("|"))
    assert "1 new" in result.stdout
    assert "1 failed" in result.stdout
    assert measurements(base) > before


def test_fifty_megabytes_are_refused_at_once(base: str, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(GOOD.encode() * (50_000_000 // len(GOOD)))
    message = one_line(kb("ingest", str(large), "--db", base), 3)
    assert "large.txt" in message
    assert "MB" in message
    assert "split" in message
    assert measurements(base) == 2


def test_a_document_over_the_time_limit_is_left_out_and_the_rest_is_done(base: str, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a_thesis.txt").write_text("\n\n".join([GOOD * 5] * 400), "utf-8")
    (papers / "b.txt").write_text(GOOD, "utf-8")
    kb("mine", str(papers / "b.txt"))  # what is loaded late is loaded
    result = kb("ingest", str(papers), "--time-limit", "0.4", "--db", base)
    message = one_line(result, 3)
    assert message.startswith("kb: a_thesis.txt: takes longer than 0.4 s")
    assert "split it" in message
    assert "--time-limit" in message
    assert "1 new" in result.stdout
    assert "1 failed" in result.stdout
    with sqlite3.connect(base) as connection:
        assert connection.execute("SELECT count(*) FROM documents WHERE source = 'a_thesis.txt'").fetchone()[0] == 0
    one_line(kb("mine", str(papers / "a_thesis.txt"), "--time-limit", "0.05"), 2)


@pytest.mark.parametrize("limit", ["0", "-1", "soon"])
def test_a_time_limit_is_a_number_of_seconds(limit: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, "utf-8")
    result = kb("mine", str(tmp_path / "a.txt"), "--time-limit", limit)
    assert result.exit_code == 2
    assert "--time-limit" in result.stderr


def test_the_time_limit_has_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join([GOOD * 5] * 200), "utf-8")
    monkeypatch.setenv("KB_TIME_LIMIT", "0.05")
    assert "longer than 0.05 s" in one_line(kb("mine", str(tmp_path / "a.txt")), 2)


def test_a_good_document_that_turns_bad_keeps_its_facts(tmp_path: Path) -> None:
    db, paper = str(tmp_path / "kb.sqlite"), tmp_path / "a.txt"
    paper.write_text(GOOD, "utf-8")
    assert kb("ingest", str(paper), "--db", db).exit_code == 0
    before = measurements(db)
    paper.write_bytes(b"\0\1\2")
    told(kb("ingest", str(paper), "--db", db), 3)
    assert measurements(db) == before > 0


def test_a_missing_path_stops_before_anything_is_done(base: str, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, "utf-8")
    missing = str(tmp_path / "gone.txt")
    message = one_line(kb("ingest", str(tmp_path / "good.txt"), missing, "--db", base), 2)
    assert missing in message
    assert "check the spelling" in message
    assert measurements(base) == 2
    new = tmp_path / "new.sqlite"
    one_line(kb("ingest", missing, "--db", str(new)), 2)
    assert not new.exists()


def test_a_folder_without_documents_says_what_a_document_is(base: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"x")
    message = one_line(kb("ingest", str(folder), "--db", base), 2)
    assert "no document" in message
    assert ".txt" in message


def test_a_file_of_a_format_without_a_reader(base: str, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    message = one_line(kb("ingest", str(tmp_path / "a.docx"), "--db", base), 3)
    assert ".docx" in message
    assert ".txt" in message


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_mining_a_bad_document_without_a_base(tmp_path: Path, name: str) -> None:
    content, reason = BAD_DOCUMENTS[name]
    (tmp_path / name).write_bytes(content)
    result = kb("mine", str(tmp_path / name))
    assert any(word in one_line(result, 2) for word in reason.split("|"))
    assert result.stdout == ""
    assert "gone.txt" in one_line(kb("mine", str(tmp_path / "gone.txt")), 2)


# --- bases ---

READING = (
    ("find", "coulombic_efficiency > 3"), ("show", "1"), ("rank", "--by", "coulombic_efficiency"),
    ("sql", "SELECT * FROM papers"), ("export",),
)  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_base_that_is_not_there_is_not_made_by_reading(tmp_path: Path, words: tuple[str, ...]) -> None:
    db = tmp_path / "none.sqlite"
    message = one_line(kb(*words, "--db", str(db)), 2)
    assert "kb ingest" in message
    assert not db.exists()


@pytest.mark.parametrize("words", [*READING, ("ingest", "GOOD")], ids=lambda words: words[0])
def test_a_file_that_is_no_base_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    good = tmp_path / "good.txt"
    good.write_text(GOOD, "utf-8")
    words = tuple(str(good) if w == "GOOD" else w for w in words)
    text = tmp_path / "notes.sqlite"
    text.write_text("my notes, precious\n" * 50)
    assert "not an SQLite file" in one_line(kb(*words, "--db", str(text)), 2)
    assert text.read_text() == "my notes, precious\n" * 50
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE precious (a)")
    connection.close()
    before = other.read_bytes()
    assert "another program" in one_line(kb(*words, "--db", str(other)), 2)
    assert other.read_bytes() == before
    assert "folder" in one_line(kb(*words, "--db", str(tmp_path)), 2)


@pytest.mark.parametrize("words", [*READING, ("ingest", "GOOD")], ids=lambda words: words[0])
def test_a_base_from_a_newer_program_is_left_alone(base: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    good = tmp_path / "good.txt"
    good.write_text(GOOD, "utf-8")
    connection = sqlite3.connect(base)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    words = tuple(str(good) if w == "GOOD" else w for w in words)
    message = one_line(kb(*words, "--db", base), 2)
    assert "99" in message
    assert "update" in message
    assert measurements(base) == 2


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_damaged_base_is_told(base: str, words: tuple[str, ...]) -> None:
    path = Path(base)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "damaged" in one_line(kb(*words, "--db", base), 2)


# --- filters ---


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("coulombic_eficiency >= 98", "unknown metric 'coulombic_eficiency'; did you mean 'coulombic_efficiency'", 0),
        ("coulombic_efficiency > 3 mA", "coulombic_efficiency is in percent", 23),
        ("coulombic_efficiency >= 98 AND", "expected a metric or field name", 30),
        ("coulombic_efficiency >=", "expected a number", 23),
        ("subjet = x", "did you mean 'subject'", 0),
    ],
)
@pytest.mark.parametrize("command", ["find", "rank"])
def test_a_slip_in_a_filter_shows_its_place(base: str, command: str, text: str, message: str, place: int) -> None:
    words = ("find", text) if command == "find" else ("rank", "--by", "overpotential", "--where", text)
    result = kb(*words, "--db", base)
    first, shown, pointer = told(result, 2).splitlines()
    assert message in first
    assert shown == "  " + text
    assert pointer == " " * (2 + place) + "^"
    assert result.stdout == ""


def test_a_column_that_cannot_be_sorted_by(base: str) -> None:
    assert "did you mean 'value'" in one_line(kb("find", "is_control", "--sort", "-valeu", "--db", base), 2)


# --- ranking ---


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ("coulombic_eficiency", "did you mean 'coulombic_efficiency'"),
        ("overpotential:down", "neither max nor min"),
        ("overpotential:min:heavy", "not a number"),
        ("overpotential:min:-1", "not a positive number"),
        ("coating_thickness", "coating_thickness:max"),
    ],
)
def test_a_criterion_that_cannot_be_read(base: str, criterion: str, message: str) -> None:
    assert message in one_line(kb("rank", "--by", criterion, "--db", base), 2)


def test_a_plot_that_cannot_be_written(base: str, tmp_path: Path) -> None:
    for name in ("x.docx", "nowhere/x.png"):
        words = ("rank", "--by", "coulombic_efficiency", "--plot", str(tmp_path / name), "--db", base)
        one_line(kb(*words), 2)


# --- SQL ---


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM measurements", "DROP TABLE papers", "INSERT INTO papers DEFAULT VALUES", "PRAGMA user_version = 3",
     "ATTACH 'x.sqlite' AS x", "VACUUM", "WITH a AS (SELECT 1) DELETE FROM measurements"],
)  # fmt: skip
def test_sql_that_writes_is_refused_in_one_line(base: str, query: str) -> None:
    before = Path(base).read_bytes()
    result = kb("sql", query, "--db", base)
    assert "kb ingest" in one_line(result, 2)
    assert Path(base).read_bytes() == before


def test_sql_with_a_slip(base: str) -> None:
    assert "did you mean 'value" in one_line(kb("sql", "SELECT valeu FROM measurement_view", "--db", base), 2)
    assert "--param low=" in one_line(kb("sql", "SELECT :low", "--db", base), 2)


# --- output ---


def test_an_export_that_cannot_be_written_leaves_what_stood_there(base: str, tmp_path: Path) -> None:
    assert "nowhere" in one_line(kb("export", "--output", str(tmp_path / "nowhere" / "x.jsonl"), "--db", base), 2)
    folder = tmp_path / "taken"
    (folder / "inside").mkdir(parents=True)
    one_line(kb("export", "--output", str(folder), "--db", base), 2)
    assert (folder / "inside").is_dir()
    assert not list(tmp_path.glob("*.part"))


# --- the same through a real process: exit codes and streams ---


def process(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", *words],
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False,
    )  # fmt: skip


def test_a_real_process_ends_in_one_line_too(base: str, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "bad.txt").write_bytes(b"\0\1\2")
    (tmp_path / "papers" / "good.txt").write_text(GOOD, "utf-8")
    for words, code in (
        (("ingest", str(tmp_path / "papers")), 3),
        (("find", "coulombic_eficiency > 98"), 2),
        (("find", b"subject = '\xff'".decode("utf-8", "surrogateescape")), 2),
        (("find", "year > 3000"), 1),
        (("sql", "DROP TABLE papers"), 2),
        (("find",), 2),
    ):
        done = process(*words, "--db", base)
        assert done.returncode == code, done.stderr
        assert b"Traceback" not in done.stderr
        assert done.stderr.startswith((b"kb: ", b"Usage: "))
    assert measurements(base) > 2


def test_a_base_that_may_not_be_written_says_so(base: str, tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("rights do not bind this user")
    (tmp_path / "good.txt").write_text(GOOD, "utf-8")
    Path(base).chmod(0o444)
    assert "rights" in one_line(kb("ingest", str(tmp_path / "good.txt"), "--db", base), 2)
