"""The commands of curation: one decision each, told in a line; shared as JSON Lines; mistakes in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli
from kb.store import ingest_document, open_base
from kb.testing import bare, coated, compose


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kb.sqlite"
    monkeypatch.setenv("KB_DB", str(path))
    monkeypatch.setenv("KB_AUTHOR", "Ada <ada@example.org>")
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.chdir(tmp_path)
    make(path)
    return path


def make(path: Path) -> None:
    db = open_base(path, read_only=False)
    mined = compose(coated(), bare(), bare("90.1"), doi="10.1000/a", title="A paper on a blend", year=2021)
    ingest_document(db, mined, path="a.txt", extractor_version="1")
    db.close()


def kb(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, words, prog_name="kb")
    assert result.exit_code == code, result.output
    return result


def test_a_decision_is_told_in_a_line_and_listed(base: Path) -> None:
    assert kb("curate", "1", "--accept").stdout == "#1 coulombic_efficiency 98.3 %, PMMA/PVDF coated Cu: accepted\n"
    said = kb("curate", "1", "--set", "value=93.8", "cycles=100", "--reason", "a misprint").stdout
    assert said == "#1 coulombic_efficiency 93.8 %, PMMA/PVDF coated Cu: corrected\n"
    assert kb("curate", "1", "--link-control", "3").stdout.endswith("corrected, compared with #3\n")
    assert kb("curate", "1", "--unlink-control").stdout.endswith(": corrected\n")
    card = kb("show", "1").stdout
    assert "98.3 %" in card.split("mined as")[1]
    assert "set value=93.8 cycles=100 by Ada, 20" in card
    assert "93.8 % (mined: 98.3 %)" in kb("find", "status = corrected").stdout
    told = kb("history", "1").stdout
    assert [word in told for word in ("accept", "a misprint", "in force")] == [True] * 3
    assert len(json.loads(kb("history", "--paper", "10.1000/a", "--format", "json").stdout)) == 4


def test_what_is_rejected_can_be_asked_for(base: Path) -> None:
    assert "is rejected: it is in no view" in kb("curate", "2", "--reject", "--reason", "of another cell").stdout
    assert "91.2" not in kb("find", "value > 0").stdout
    shown = kb("show", "2").stdout
    assert "#2 coulombic_efficiency 91.2 %, bare Cu: rejected" in shown
    assert "reject by Ada, 20" in shown
    assert "«91.2»" in shown
    assert json.loads(kb("show", "2", "--format", "json").stdout)["status"] == "rejected"
    assert "91.2 %" in kb("history", "--set-aside").stdout
    assert kb("curate", "2", "--undo").stdout == "#2 coulombic_efficiency 91.2 %, bare Cu: mined\n"
    assert "nothing is set aside" in kb("history", "--set-aside", code=1).stderr


def test_a_paper_is_removed_and_comes_back(base: Path) -> None:
    kb("study", "new", "study.toml", "--by", "coulombic_efficiency", "--yes")
    kb("rank", "--study", "study.toml")
    said = kb("remove", "10.1000/a", "--reason", "retracted").stdout
    assert "10.1000/a is removed: 3 measurements left the views" in said
    assert "ranked on it: study.toml keeps PMMA/PVDF at 1" in said
    assert "nothing found" in kb("find", "value > 0", code=1).stderr
    assert "retracted" in kb("history", "--paper", "10.1000/a").stdout
    kb("remove", "10.1000/a", "--undo")
    assert "98.3 %" in kb("find", "value > 0").stdout


def test_a_removed_paper_is_searched_only_where_asked_for(base: Path) -> None:
    db = open_base(base, read_only=False)
    mined = compose(coated("97.9"), source="b.txt", doi="10.1000/b", title="Another paper on a blend")
    ingest_document(db, mined, path="b.txt", extractor_version="1")
    db.close()
    assert "10.1000/a" in kb("search", "keeps").stdout
    kb("remove", "10.1000/a", "--reason", "retracted")
    found = kb("search", "keeps")
    assert ("10.1000/a" in found.stdout, "10.1000/b" in found.stdout) == (False, True)
    assert "1 passage of papers that were removed left out; --removed shows them" in found.stderr
    both = json.loads(kb("search", "keeps", "--removed", "--format", "json").stdout)
    assert {(row["doi"], row["removed"]) for row in both} == {("10.1000/a", True), ("10.1000/b", False)}
    shown = kb("search", "falls OR keeps", "--removed")
    assert "10.1000/a, Results  removed" in shown.stdout
    assert "left out" not in shown.stderr
    nothing = kb("search", "falls", code=1)
    assert "2 passages of papers that were removed left out" in nothing.stderr
    kb("remove", "10.1000/a", "--undo")
    assert "left out" not in kb("search", "falls").stderr


def test_two_people_share_their_decisions(base: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "other.sqlite")
    make(Path(other))
    kb("curate", "1", "--reject", "--reason", "a theoretical value")
    kb("curate", "1", "--accept", "--db", other, "--author", "Bob <bob@example.org>")
    kb("curations", "export", "--output", "ada.jsonl")
    kb("curations", "export", "--output", "bob.jsonl", "--db", other)
    met = kb("curations", "import", "bob.jsonl", code=3)
    assert met.stdout.startswith("1 new decisions; 0 known already\n")
    assert "Bob <bob@example.org>" in met.stdout
    assert "1 conflicts; kb history --conflicts lists them" in met.stderr
    assert "#1" in kb("history", "--conflicts").stdout
    assert kb("curations", "import", "bob.jsonl").stdout == "0 new decisions; 1 known already\n"
    kb("curations", "import", "ada.jsonl", "--db", other, code=3)
    assert kb("curations", "export").stdout == kb("curations", "export", "--db", other).stdout
    kb("curate", "1", "--accept")
    assert "no conflicts" in kb("history", "--conflicts", code=1).stderr


def test_decisions_without_their_evidence_are_listed(base: Path, tmp_path: Path) -> None:
    kb("curate", "1", "--accept")
    kb("curations", "export", "--output", "ada.jsonl")
    empty = str(tmp_path / "empty.sqlite")
    open_base(empty, read_only=False).close()
    said = kb("curations", "import", "ada.jsonl", "--db", empty).stdout
    assert "1 of them on evidence that is not in the base now" in said
    (lost,) = json.loads(kb("history", "--unmatched", "--format", "json", "--db", empty).stdout)
    assert "coated electrode keeps «983» over" in lost["words"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("curate", "1"), "give one of --accept"),
        (("curate", "1", "--accept", "--undo"), "give one of --accept"),
        (("curate", "1", "value=3", "--accept"), "'value=3' comes without --set"),
        (("curate", "1", "--set", "value"), "is not FIELD=VALUE"),
        (("curate", "1", "--set", "valu=3"), "did you mean 'value'"),
        (("curate", "1", "--set", "value=3", "unit=mV"), "'mV' is no unit"),
        (("curate", "99", "--accept"), "no measurement #99; kb find lists them"),
        (("curate", "1", "--reject"), "takes a reason"),
        (("curate", "1", "--accept", "--author", "<>"), "is no name with an address"),
        (("remove", "10.1000/zzz", "--reason", "x"), "no paper in the base has the DOI"),
        (("remove", "10.1000/a"), "takes a reason"),
        (("remove", "10.1000/a", "--undo"), "is not removed"),
        (("history", "1", "--unmatched"), "give one of ID"),
        (("history", "99"), "no measurement #99"),
        (("curations", "import", "bad.jsonl"), "bad.jsonl, line 1: not JSON"),
        (("curations", "import", "list.jsonl"), "list.jsonl, line 1: no JSON object"),
        (("curations", "import", "other.jsonl"), "it lacks action"),
    ],
)
def test_mistakes_are_told_in_a_line_and_change_nothing(base: Path, words: tuple[str, ...], said: str) -> None:
    for name, text in (("bad", "{"), ("list", "[1]"), ("other", '{"a": 1}')):
        Path(f"{name}.jsonl").write_text(text)
    assert said in kb(*words, code=2).stderr
    assert "no decisions" in kb("history", code=1).stderr
