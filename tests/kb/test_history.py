"""Statements of before: kept in a file, the last one last, and never in the way."""

from kb.history import KEPT, History


def test_kept_for_the_next_time_each_once(tmp_path):
    path = tmp_path / "deep" / "history.jsonl"
    asked = History(path)
    for text in ("SELECT 1", "SELECT 'Ω\n2'", "SELECT 1"):
        asked.add(text)
    assert History(path).texts == ["SELECT 'Ω\n2'", "SELECT 1"]
    assert asked.trouble == ""


def test_only_the_last_are_kept(tmp_path):
    asked = History(tmp_path / "history.jsonl")
    for number in range(KEPT + 3):
        asked.add(f"SELECT {number}")
    assert len(asked.texts) == len(History(asked.path).texts) == KEPT
    assert asked.texts[0] == "SELECT 3"


def test_a_broken_file_is_named_and_taken_over(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text('"SELECT 1"\n{"not": "a text"}\n')
    asked = History(path)
    assert asked.texts == ["SELECT 1"]
    assert "history.jsonl" in asked.trouble
    asked.add("SELECT 2")
    assert History(path).texts == ["SELECT 1", "SELECT 2"]


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    asked = History(tmp_path / "file" / "history.jsonl")
    asked.add("SELECT 1")
    assert asked.texts == ["SELECT 1"]
    assert "not kept" in asked.trouble
