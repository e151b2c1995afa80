"""What people go through when they decide: the queue, the log, removed papers, as they stand in a base."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.audit import SEVERITIES
from kb.base import KnowledgeBase
from schema.errors import BadDecision, UnknownFact

PAPER = Path(__file__).parents[2] / "corpus" / "pmma_pvdf_cu.md"
DOI = "10.1039/d1ma00121c"
ADA = "Ada Byron <ada@example.org>"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[KnowledgeBase]:
    shutil.copy(PAPER, tmp_path)
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as made:
        made.ingest([tmp_path / PAPER.name])
        yield made


def queue(base: KnowledgeBase, decided: bool = False, words: str = "") -> list[dict]:
    return base.review.findings_page(base.review.findings(decided, words, lambda _: None))


def test_the_queue_is_in_the_order_of_the_audits(base: KnowledgeBase) -> None:
    assert [(r["rule"], r["severity"], tuple(r["measurements"]), r["said"]) for r in queue(base)] == [
        (f.rule, f.severity, f.measurements, f.said) for f in base.audit.findings()
    ]


def test_a_finding_is_told_with_the_value_in_doubt(base: KnowledgeBase) -> None:
    for row in queue(base):
        (of,) = base.places(row["measurements"][:1]).values()
        assert {name: row[name] for name in ("metric", "value", "unit", "subject", "doi", "source")} == {
            name: of[name] for name in ("metric", "value", "unit", "subject", "doi", "source")
        }


def test_words_stand_in_finding_paper_or_sample(base: KnowledgeBase) -> None:
    whole = len(queue(base))
    assert len(queue(base, words=DOI)) == len(queue(base, words="GEL fibres")) == whole
    assert [r["rule"] for r in queue(base, words="Tafel")] == ["tafel_against_impedance"]
    assert {r["severity"] for r in queue(base, words="red life")} == {"red"}
    assert queue(base, words="red nowhere") == queue(base, words="100%_") == []


def test_what_is_decided_leaves_the_queue_and_counts(base: KnowledgeBase) -> None:
    before = base.review.progress()
    assert sum(before["open"].values()) == len(queue(base))
    assert (before["decided"], before["audited"], before["papers"]) == (0, 1, 1)
    row = queue(base)[0]
    base.curation.accept(row["measurements"][0], author=ADA)
    assert row["said"] not in [r["said"] for r in queue(base)]
    assert [r["decided"] for r in queue(base, decided=True) if r["said"] == row["said"]] == [1]
    after = base.review.progress()
    assert tuple(after["open"]) == SEVERITIES
    assert after["decided"] == after["decisions"] == 1
    assert sum(after["open"].values()) == len(queue(base)) < sum(before["open"].values())


def test_keys_that_are_gone_give_rows_of_none(base: KnowledgeBase) -> None:
    known = base.review.findings(False, "", lambda _: None)[0]
    rows = base.review.findings_page([10**9, known])
    assert [r["rule"] is None for r in rows] == [True, False]
    assert rows[0]["measurements"] == []
    assert base.review.decisions_page([10**9])[0]["id"] is None
    assert base.review.removed_page([10**9])[0]["by"] is None


def test_the_log_comes_with_what_is_in_force(base: KnowledgeBase) -> None:
    id = queue(base)[0]["measurements"][0]
    made = [base.curation.accept(id, author=ADA), base.curation.undo(id, author=ADA),
            base.curation.reject(id, "of another cell", ADA)]  # fmt: skip
    rows = base.review.decisions_page(base.review.decisions("", lambda _: None))
    assert [(r["id"], r["in_force"]) for r in rows] == [(made[2].id, True), (made[1].id, False), (made[0].id, False)]
    assert len(base.review.decisions("another CELL", lambda _: None)) == 1
    told = base.review.decision(made[2].id)
    assert (told["action"], told["measurements"], told["in_force"]) == ("reject", [id], True)
    assert base.review.decision("none") == {}


def test_what_an_undoing_would_take_back(base: KnowledgeBase) -> None:
    id = queue(base)[0]["measurements"][0]
    with pytest.raises(BadDecision, match="in force"):
        base.review.last_on(id)
    first = base.curation.accept(id, author=ADA)
    second = base.curation.link_control(id, base.review.controls(id, "cycling_hours")[0], author=ADA)
    assert base.review.last_on(id) == second.id
    base.curation.undo(id, author=ADA)
    assert base.review.last_on(id) == first.id
    for ask in (base.review.last_on, base.review.fact):
        with pytest.raises(UnknownFact):
            ask(10**9)


def test_corrections_are_tried_on_what_is_in_force(base: KnowledgeBase) -> None:
    id = queue(base)[0]["measurements"][0]
    assert base.review.fact(id).value == base.show(id)["value"]
    base.curation.set(id, {"value": 35}, author=ADA)
    assert base.review.fact(id).value == 35


def test_controls_are_of_the_paper_the_metric_and_the_unit(base: KnowledgeBase) -> None:
    (row,) = base.find("cycling_hours > 1000")
    found = base.places(base.review.controls(row["id"], row["metric"])).values()
    assert found
    assert {(r["metric"], r["unit"], r["is_control"], r["paper_id"]) for r in found} == {
        ("cycling_hours", "h", 1, row["paper_id"])
    }
    for control in found:
        assert control["id"] not in base.review.controls(control["id"], "cycling_hours")


def test_removed_papers_say_by_whom_and_why(base: KnowledgeBase) -> None:
    assert not base.review.removed("", lambda _: None)
    _, rests = base.curation.remove(DOI, "retracted", ADA)
    (row,) = base.review.removed_page(base.review.removed("gel", lambda _: None))
    assert (row["doi"], row["facts"], row["by"]["reason"], row["by"]["author"]) == (
        DOI, len(rests.measurements), "retracted", ADA,
    )  # fmt: skip
    assert not base.review.removed("nowhere", lambda _: None)
    assert base.review.progress()["removed"] == 1
    base.curation.restore(DOI, author=ADA)
    assert not base.review.removed("", lambda _: None)
