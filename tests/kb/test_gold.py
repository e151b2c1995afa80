"""Gold read from a folder, and begun from what was mined."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from extractors.chemdata import require
from kb.evaluation import Evaluation
from kb.gold import (
    TO_CHECK,
    begin,
    documents_of,
    mine_documents,
    read_gold,
    read_records,
    records_of,
    records_of_miners,
)
from schema.errors import BadGold, MissingPackage, UnreadableDocument

CORPUS = Path(__file__).parents[2] / "corpus"
PAPER = CORPUS / "pmma_pvdf_cu.md"
LINE = json.dumps({"id": "a-1", "metric": "porosity", "value_norm": 41, "unit_norm": "percent"})


def test_a_draft_left_as_it_is_gives_full_marks(tmp_path: Path) -> None:
    (mined,) = mine_documents([PAPER])
    path = begin(tmp_path / "gold", mined, "pmma")
    facts = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(facts) == len(mined.measurements)
    assert {fact["note"] for fact in facts} == {TO_CHECK}
    original = PAPER.read_text("utf-8").splitlines()
    assert all(fact["value_reported"] in original[fact["lines"][0] - 1] for fact in facts)
    gold = read_gold(tmp_path / "gold")
    assert gold.sources == {PAPER.name: "pmma"}
    scored = Evaluation.of(gold, records_of(mined)).scored()[PAPER.name]
    assert not scored.made_up
    assert scored.tally(strict=True).right == len(scored.hits) == len(facts) - scored.repeats


def test_work_done_by_hand_is_not_written_over(tmp_path: Path) -> None:
    (mined,) = mine_documents([PAPER])
    path = begin(tmp_path, mined, "pmma")
    path.write_text(LINE + "\n", "utf-8")
    with pytest.raises(BadGold, match=r"is there already.*another --gold folder"):
        begin(tmp_path, mined, "pmma")
    assert path.read_text("utf-8") == LINE + "\n"
    begin(tmp_path, mined, "again")
    assert set(read_gold(tmp_path).facts) == {"again"}  # a document tells one paper


def test_one_file_is_the_gold_of_the_documents_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(LINE + "\n\n" + LINE.replace("41", "null") + "\n", "utf-8")
    gold = read_gold(path, ["a.md", "a.pdf"])
    assert gold.sources == {"a.md": "a", "a.pdf": "a"}
    assert len(gold.facts["a"]) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "{", r"a\.jsonl, line 1: not readable as JSON"),
        ("a.jsonl", "\n[1]", r"a\.jsonl, line 2: lacks metric, value_norm, unit_norm"),
        ("a.jsonl", '{"metric": "x", "value_norm": 1}', r"line 1: lacks unit_norm; add"),
        ("a.jsonl", LINE.replace("41", '"much"'), r"line 1: value_norm is 'much'; write a number"),
        ("sources.json", "{", r"sources\.json: not readable as JSON"),
        ("sources.json", "[]", r"sources\.json: is no list of documents"),
        ("sources.json", '{"b.md": "b"}', r"b\.jsonl: No such file"),
    ],
)
def test_bad_gold_is_named_with_its_place(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / "sources.json").write_text('{"a.md": "a"}', "utf-8")
    (tmp_path / "a.jsonl").write_text(LINE, "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadGold, match=message):
        read_gold(tmp_path)


def test_a_folder_without_a_list_of_documents_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(BadGold, match=r'sources\.json: No such file.*"paper\.md"'):
        read_gold(tmp_path)


def test_bad_records_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"source": "a.md", "metric": "porosity", "value": null, "unit": "percent"}', "utf-8")
    with pytest.raises(BadGold, match=r"records\.jsonl, line 1: value is None; write a number"):
        read_records(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadGold, match="no text in UTF-8"):
        read_records(path)


def test_documents_are_found_beside_the_gold_or_where_it_is_said(tmp_path: Path) -> None:
    folder, papers = tmp_path / "gold", tmp_path / "papers"
    for made in (folder, papers):
        made.mkdir()
    (folder / "sources.json").write_text('{"a.md": "a"}', "utf-8")
    (folder / "a.jsonl").write_text(LINE, "utf-8")
    gold = read_gold(folder)
    with pytest.raises(UnreadableDocument, match=r"a\.md: is in none of .*name the folder"):
        documents_of(gold)
    (papers / "a.md").write_text("text", "utf-8")
    assert documents_of(gold) == [papers / "a.md"]
    assert documents_of(gold, [papers / "a.md"]) == [papers / "a.md"]


def test_each_miner_that_is_installed_gives_records_that_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles.")

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("extractors.chemdata.library.version", missing)
    assert {r["miner"] for r in records_of_miners([paper])} == {"rules"}
    monkeypatch.undo()
    try:
        require()
    except MissingPackage as error:
        pytest.skip(str(error))
    told = list(records_of_miners([paper]))
    assert {r["miner"] for r in told if r["value"] == 98.3} == {"rules", "chemdata", "both"}
    assert all(r["confidence_strict"] for r in told if r["miner"] != "chemdata")
