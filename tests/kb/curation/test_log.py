"""Decisions hold for what every door shows, outlive extractors, can be taken back, and are never lost."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.pipeline import EXTRACTOR_VERSION, mine_file
from kb.base import KnowledgeBase
from kb.store import ingest_document
from kb.studies import fingerprint
from kb.testing import COATED, Said, bare, coated, compose, layer
from schema.errors import BadDecision, BadSetting, ReadOnly, UnknownFact, UnknownPaper
from schema.records import Measurement, Mined, Reference, Subject

ADA, BOB = "Ada <ada@example.org>", "Bob <bob@example.org>"
ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "corpus" / "pmma_pvdf_cu.md"
DOI = "10.1000/a"
TABLES = ("measurements", "evidence", "experiments", "systems", "system_components", "materials",
          "coating_measurements")  # fmt: skip


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KnowledgeBase]:
    monkeypatch.setenv("KB_AUTHOR", ADA)
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as made:
        put(made, paper())
        yield made


def paper(*more: Said, **front: Any) -> Mined:
    told = {"doi": DOI, "title": "Polymer layers on copper foil", "coatings": (layer(("product", "LiF")),), **front}
    return compose(coated(), bare(), bare("90.1"), *more, **told)


def put(base: KnowledgeBase, mined: Mined, version: str = "1", path: str | None = None) -> None:
    ingest_document(base._writing(), mined, path=path or mined.document.source, extractor_version=version)


def ids(base: KnowledgeBase) -> dict[str, int]:
    return {row["value_reported"]: row["id"] for row in base.find()}


def rows(base: KnowledgeBase, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Give what the tables say, without the numbers of rows that come and go with what they stand for."""
    query = {
        "measurements": "SELECT * FROM measurement_view ORDER BY id",
        "materials": "SELECT name FROM materials ORDER BY 1", "systems": "SELECT key FROM systems ORDER BY 1",
        "experiments": "SELECT paper_id, is_control, cell FROM experiments ORDER BY 1, 2",
        "coating_measurements": "SELECT measurement_id FROM coating_measurements ORDER BY 1",
        "evidence": "SELECT * FROM evidence ORDER BY 1",
        "system_components": "SELECT role FROM system_components ORDER BY 1",
    }  # fmt: skip
    numbers = {"system_id", "experiment_id", "findings"}  # what the audits find follows from the rest
    out = {}
    for table in tables or TABLES:
        found = base._reader.execute(query[table]).fetchall()
        out[table] = [tuple(v for k, v in dict(row).items() if k not in numbers) for row in found]
    return out


# --- one decision -----------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_sure(base: KnowledgeBase) -> None:
    id = ids(base)["98.3"]
    base.curation.accept(id)
    (row,) = base.find("status = accepted")
    assert (row["id"], row["confidence"], row["confidence_strict"], row["flags"]) == (id, 1.0, 1.0, [])
    assert row["mined"]["confidence"] == 0.5
    assert base.count(min_confidence=0.9) == 1


def test_what_is_rejected_leaves_every_door_and_can_be_asked_for(base: KnowledgeBase) -> None:
    id = ids(base)["98.3"]
    before = rows(base)
    base.curation.reject(id, "a theoretical value")
    assert base.count() == 2
    assert base.show(id) == {}
    assert base.rank(["coulombic_efficiency"]) == []
    assert len(list(base.export())) == 2
    assert not base.graph("coulombic_efficiency > 95")
    assert base.sql("SELECT count(*) FROM systems WHERE label LIKE 'PMMA%'").rows == [(0,)]
    (aside,) = base.curation.set_aside()
    assert (aside["id"], aside["value"], aside["status"]) == (id, 98.3, "rejected")
    base.curation.undo(id)
    assert rows(base) == before
    assert base.curation.set_aside() == []


def test_what_is_corrected_is_used_and_what_was_mined_stays_beside_it(base: KnowledgeBase) -> None:
    id = ids(base)["98.3"]
    before = rows(base)
    base.curation.set(id, {"value": 0.93, "unit": "1", "current_density": "20 A/m^2"}, "see Fig. 3")
    row = base.show(id)
    assert (row["value"], row["current_density_mA_cm2"], row["status"]) == (93.0, 2.0, "corrected")
    assert (row["mined"]["value"], row["mined"]["current_density_mA_cm2"]) == (98.3, 1.0)
    assert base.count("coulombic_efficiency > 95") == 0
    assert base.count("coulombic_efficiency = 93 AT (current_density = 2)") == 1
    (ranked,) = base.rank(["coulombic_efficiency"])
    assert ranked.candidate.observations["coulombic_efficiency"].value == 93.0
    (record,) = [r for r in base.export() if r["id"] == id]
    assert (record["value"], record["mined"]["value"]) == (93.0, 98.3)
    assert [d["reason"] for d in row["decisions"]] == ["see Fig. 3"]
    base.curation.undo(id)
    assert rows(base) == before


def test_what_becomes_a_control_is_one(base: KnowledgeBase) -> None:
    id = ids(base)["98.3"]
    base.curation.set(id, {"is_control": True, "components": None, "sample": "bare foil"})
    assert base.count("is_control") == 3
    assert base.sql("SELECT count(*) FROM coating_measurements").rows == [(0,)]
    base.curation.set(ids(base)["90.1"], {"is_control": False, "components": "PVDF"})
    assert [r.candidate.name for r in base.rank(["coulombic_efficiency"])] == ["PVDF"]


def test_a_linked_control_is_what_the_effect_is_against(base: KnowledgeBase) -> None:
    known = ids(base)

    def control() -> int | None:
        (ranked,) = base.rank(["coulombic_efficiency"], relative=True)
        against = ranked.candidate.observations["coulombic_efficiency"].control
        return against.measurement if against else None

    assert control() == known["91.2"]
    base.curation.link_control(known["98.3"], known["90.1"])
    assert control() == known["90.1"]
    assert base.find("control_id IS KNOWN")[0]["control_id"] == known["90.1"]
    edges = "SELECT count(*) FROM graph_edges WHERE kind = 'controls'"
    assert base.sql(edges).rows == [(1,)]
    assert base.sql("@best_against_control").records()[0]["control"] == 90.1
    base.curation.reject(known["90.1"], "another test")
    assert control() == known["91.2"]
    (link,) = [d for d in base.curation.history(known["98.3"]) if d["action"] == "link"]
    assert (link["in_force"], link["note"]) == (False, "the control it names is not in the base now")
    base.curation.undo(known["90.1"])
    assert control() == known["90.1"]
    base.curation.link_control(known["98.3"], None)
    assert control() == known["91.2"]


def test_what_cannot_be_linked_is_said(base: KnowledgeBase) -> None:
    other = Said("An overpotential of 20 mV is seen.", "20", Subject("bare Cu"), "overpotential", "mV",
                 more={"is_control": True})  # fmt: skip
    put(base, compose(bare("88.8"), other, source="b.txt", doi="10.1000/b"))
    put(base, paper(replace(other, number="20")), "2")
    known = ids(base)
    for control, said in (("88.8", "of the same paper"), ("98.3", "is no control"), ("20", "are not compared")):
        with pytest.raises(BadDecision, match=said):
            base.curation.link_control(known["98.3"], known[control])
    with pytest.raises(BadDecision, match="is a control itself"):
        base.curation.link_control(known["91.2"], known["90.1"])


def test_decisions_are_taken_back_one_by_one(base: KnowledgeBase) -> None:
    id = ids(base)["98.3"]
    for value in (1, 2, 3):
        base.curation.set(id, {"value": value})
    seen = []
    for _ in range(3):
        base.curation.undo(id, "wrong")
        seen.append(base.show(id)["value"])
    assert seen == [2.0, 1.0, 98.3]
    with pytest.raises(BadDecision, match="none can be undone"):
        base.curation.undo(id)
    history = base.curation.history(id)
    assert [d["action"] for d in history] == ["set"] * 3 + ["undo"] * 3
    assert [d["author"] for d in history] == [ADA] * 6


def test_the_log_is_only_ever_added_to(base: KnowledgeBase) -> None:
    base.curation.accept(ids(base)["98.3"])
    for text in ("UPDATE decisions SET reason = 'x'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            base._writing().execute(text)


def test_who_may_not_write_or_is_not_known_decides_nothing(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KnowledgeBase(base.path) as reading, pytest.raises(ReadOnly):
        reading.curation.accept(1)
    with pytest.raises(UnknownFact, match="no measurement #999"):
        base.curation.accept(999)
    with pytest.raises(BadDecision, match="takes a reason"):
        base.curation.reject(1, "  ")
    monkeypatch.delenv("KB_AUTHOR")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/nowhere")
    monkeypatch.chdir(base.path.parent)
    with pytest.raises(BadSetting, match="who decides is not known"):
        base.curation.accept(1)
    assert base.curation.history() == []


def test_what_a_study_was_asked_of_is_another_base_after_a_decision(base: KnowledgeBase) -> None:
    marks = [fingerprint(base._reader)]
    base.curation.set(ids(base)["98.3"], {"value": 97})
    marks.append(fingerprint(base._reader))
    base.curation.undo(ids(base)["98.3"])
    assert fingerprint(base._reader) == marks[0] != marks[1]


# --- another extractor ------------------------------------------------------------------------------------------------


def decided(base: KnowledgeBase) -> None:
    known = ids(base)
    base.curation.set(known["98.3"], {"value": 93.8}, "a misprint")
    base.curation.reject(known["91.2"], "not this cell")
    base.curation.link_control(known["98.3"], known["90.1"])


def held(base: KnowledgeBase) -> bool:
    (row,) = base.find("NOT is_control")
    control = ids(base).get("90.1")
    return (row["value"], row["control_id"], row["status"], base.count()) == (93.8, control, "corrected", 2)


def retold(mined: Mined, **change: Any) -> Mined:
    return replace(mined, measurements=tuple(replace(m, **change) for m in mined.measurements))


def test_a_newer_version_of_the_extractor_changes_nothing(base: KnowledgeBase) -> None:
    decided(base)
    before = rows(base)
    put(base, paper(), "2")
    assert held(base)
    assert rows(base) == before


def test_other_sentences_metrics_and_samples_change_nothing(base: KnowledgeBase) -> None:
    decided(base)
    whole = paper()
    longer = tuple(
        replace(m, evidence=replace(m.evidence, text="Before it.  " + m.evidence.text)) for m in whole.measurements
    )
    put(base, replace(whole, measurements=longer), "2")
    assert held(base)
    put(base, retold(whole, metric="capacity_retention"), "3")
    assert held(base)
    assert base.find("NOT is_control")[0]["metric"] == "capacity_retention"
    put(base, retold(whole, value=50.0), "4")
    assert held(base)


def test_a_reader_that_shifts_and_cleans_the_text_changes_nothing(base: KnowledgeBase) -> None:
    decided(base)
    front = Said("Received 3 May, accepted 9 June.  Front matter that an older reader left out.", "3", COATED)
    shifted = compose(front, coated(), bare(), bare("90.1"), doi=DOI)
    kept = tuple(m for m in shifted.measurements if m.value_reported != "3")
    put(base, replace(shifted, measurements=kept), "2")
    assert held(base)


def test_a_fact_that_vanishes_and_comes_back_meets_its_decision(base: KnowledgeBase) -> None:
    decided(base)
    whole = paper()
    put(base, replace(whole, measurements=whole.measurements[1:]), "2")
    (lost, _) = base.curation.unmatched()
    assert (lost["action"], lost["note"]) == ("set", "its evidence is not in the base now")
    assert "«983»" in lost["words"]
    put(base, replace(whole, measurements=()), "3")
    assert len(base.curation.unmatched()) == 3
    put(base, whole, "4")
    assert held(base)
    assert base.curation.unmatched() == []


def test_what_is_rejected_keeps_its_id_through_extractors(base: KnowledgeBase) -> None:
    id = ids(base)["91.2"]
    base.curation.reject(id, "not this cell")
    put(base, paper(coated("97.7")), "2")
    base.curation.undo(id)
    assert ids(base)["91.2"] == id
    assert ids(base)["97.7"] > id


def test_decisions_on_a_paper_in_another_format_or_before_its_doi_was_known(base: KnowledgeBase) -> None:
    put(base, compose(coated("95.5"), source="c.txt", title="Another title of four words"))
    base.curation.reject(ids(base)["95.5"], "of another paper")
    assert base.curation.history()[0]["paper"] == "title:another title of four words"
    put(base, compose(coated("95.5"), source="c.txt", title="Another title of four words", doi="10.1000/c"), "2")
    put(base, compose(coated("95.5"), bare("80.5"), source="c.md", doi="10.1000/c"), "2")
    assert {row["value_reported"] for row in base.find("doi = 10.1000/c")} == {"80.5"}


def test_decisions_come_before_their_document(base: KnowledgeBase, tmp_path: Path) -> None:
    decided(base)
    with KnowledgeBase(tmp_path / "other.sqlite", read_only=False) as other:
        done = other.curation.import_(base.curation.export())
        assert (done.new, done.unmatched) == (3, 3)
        put(other, paper())
        assert held(other)
        assert fingerprint(other._reader) == fingerprint(base._reader)


@pytest.fixture(scope="module")
def real() -> Mined:
    return mine_file(CORPUS)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_on_a_real_paper_every_decision_meets_its_fact_again(
    real: Mined, tmp_path: Path, chance: random.Random
) -> None:
    def retold(m: Measurement) -> Measurement:
        """Split sentences otherwise, and take another metric or sample now and then."""
        m = replace(m, evidence=replace(m.evidence, text=m.evidence.text[: chance.randint(5, 80)]))
        return replace(m, metric=chance.choice([m.metric, "other"]), confidence=chance.random())

    with KnowledgeBase(Path(mkdtemp(dir=tmp_path), "kb.sqlite"), read_only=False) as base:
        put(base, real, EXTRACTOR_VERSION)
        chosen = chance.sample([row["id"] for row in base.find()], 8)
        places = {id: base.places([id])[id]["evidence_start"] for id in chosen}
        for id in chosen[:4]:
            base.curation.reject(id, "for a test", ADA)
        for id in chosen[4:]:
            base.curation.set(id, {"value": 123456.0}, author=ADA)
        newer = replace(real, measurements=tuple(map(retold, real.measurements)))
        put(base, newer, "newer")
        assert base.curation.unmatched() == []
        assert {row["evidence_start"] for row in base.find("status = corrected")} == {places[i] for i in chosen[4:]}
        assert {r["evidence"]["start"] for r in base.curation.set_aside()} == {places[i] for i in chosen[:4]}
        assert base.count() == len(real.measurements) - 4


# --- papers that are removed ------------------------------------------------------------------------------------------


def test_a_removed_paper_leaves_the_views_and_its_record_stays(base: KnowledgeBase) -> None:
    put(base, compose(coated("94.4"), source="b.txt", doi="10.1000/b"))
    before, papers = rows(base), base.sql("SELECT id, doi FROM papers").rows
    _, rests = base.curation.remove(DOI, "retracted")
    assert len(rests.measurements) == 3
    assert [row["doi"] for row in base.find()] == ["10.1000/b"]
    assert base.sql("SELECT count(*) FROM graph_nodes WHERE kind = 'coating'").rows == [(0,)]
    assert base.sql("SELECT id, doi FROM papers").rows == papers
    assert [d["reason"] for d in base.curation.history(paper=DOI)] == ["retracted"]
    put(base, paper(), "2")
    assert [row["doi"] for row in base.find()] == ["10.1000/b"], "it stays removed when it is mined again"
    with pytest.raises(BadDecision, match="removed already"):
        base.curation.remove(DOI, "again")
    base.curation.restore(DOI)
    assert rows(base) == before
    with pytest.raises(BadDecision, match="is not removed"):
        base.curation.restore(DOI)
    with pytest.raises(UnknownPaper):
        base.curation.remove("10.1234/nothing", "retracted")


def test_what_rests_on_a_removed_paper_is_named(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from kb.curation.resting import studies_on
    from kb.named import save
    from kb.studies import Study, read_study, write_study
    from kb.study_tables import result_of

    monkeypatch.setenv("KB_QUERIES", str(tmp_path / "queries"))
    save("mine", "coulombic_efficiency > 90")
    cited = coated("97.1", provenance="cited", cited_ref="7")
    reference = Reference("7", "A. Byron, Polymer layers on copper foil, 2021", doi=DOI)
    put(base, compose(cited, source="review.txt", doi="10.1000/r", references=(reference,)))
    write_study(
        tmp_path / "study.toml", (study := Study(("coulombic_efficiency",), draws=100)), result_of(base.study(study))
    )
    (tmp_path / "other.toml").write_text("[tool]\nx = 1\n")
    base._writing().execute(
        "INSERT INTO calibrations (made_at, fingerprint, seed, factors, scores, measurements, beats)"
        " VALUES ('2026-01-01', 'x', 0, '{}', '{}', ?, 0)", (json.dumps([ids(base)["98.3"]]),)
    )  # fmt: skip
    _, rests = base.curation.remove(DOI, "retracted")
    assert rests.calibrations == ((1, "2026-01-01"),)
    assert rests.filters == ("@mine",)
    assert rests.second_hand == (ids(base)["97.1"],)
    found = studies_on(rests, sorted(tmp_path.glob("*.toml")))
    assert found == {tmp_path / "study.toml": [(1, "PMMA/PVDF")]}
    assert read_study(tmp_path / "study.toml")[1]["rows"]


# --- two people -------------------------------------------------------------------------------------------------------


def test_two_peoples_logs_become_one_whichever_way_they_are_merged(base: KnowledgeBase, tmp_path: Path) -> None:
    with (
        KnowledgeBase(tmp_path / "a.sqlite", read_only=False) as ada,
        KnowledgeBase(tmp_path / "b.sqlite", read_only=False) as bob,
    ):
        put(ada, paper())
        put(bob, paper(coated("96.6")))
        ada.curation.reject(ids(ada)["91.2"], "not this cell", ADA)
        ada.curation.set(ids(ada)["98.3"], {"value": 93.8}, author=ADA)
        bob.curation.accept(ids(bob)["91.2"], author=BOB)
        bob.curation.set(ids(bob)["98.3"], {"current_density": 2}, author=BOB)
        bob.curation.accept(ids(bob)["96.6"], author=BOB)
        theirs, mine = list(bob.curation.export()), list(ada.curation.export())
        one = ada.curation.import_(theirs)
        other = bob.curation.import_(reversed(mine))
        assert (one.new, one.known, one.unmatched) == (3, 0, 1)
        assert ada.curation.import_(theirs).new == 0
        assert list(ada.curation.export()) == list(bob.curation.export())
        assert [c["overruled"]["author"] for c in one.conflicts] == [ADA]
        assert one.conflicts[0]["measurements"] == [ids(ada)["91.2"]], "the later one, the acceptance, is in force"
        assert len(other.conflicts) == 1
        (row,) = ada.find("NOT is_control")
        assert (row["value"], row["current_density_mA_cm2"]) == (93.8, 2.0), "what does not contradict goes together"
        ada.curation.reject(ids(ada)["91.2"], "we talked", ADA)
        assert ada.curation.conflicts() == []
        bob.curation.import_(ada.curation.export())
        assert bob.curation.conflicts() == []
        assert "91.2" not in ids(bob)


def test_corrections_that_do_not_go_together_are_said(base: KnowledgeBase, tmp_path: Path) -> None:
    with KnowledgeBase(tmp_path / "b.sqlite", read_only=False) as bob:
        put(bob, paper())
        base.curation.set(ids(base)["98.3"], {"metric": "overpotential", "value": 20, "unit": "mV"}, author=ADA)
        bob.curation.set(ids(bob)["98.3"], {"value": 93, "unit": "percent"}, author=BOB)
        base.curation.import_(bob.curation.export())
        assert base.find("NOT is_control")[0]["metric"] == "overpotential"
        (told,) = [d for d in base.curation.history(ids(base)["98.3"]) if not d["in_force"]]
        assert (told["author"], "no unit for a quantity in 'mV'" in told["note"]) == (BOB, True)


def test_a_log_that_was_tampered_with_is_refused_as_a_whole(base: KnowledgeBase, tmp_path: Path) -> None:
    decided(base)
    records = list(base.curation.export())
    records[1] = {**records[1], "reason": "another"}
    with KnowledgeBase(tmp_path / "b.sqlite", read_only=False) as other:
        with pytest.raises(BadDecision, match="decision 2: it was changed after it was made"):
            other.curation.import_(records)
        assert other.curation.history() == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["ada", "bob"]), st.integers(0, 2),
                          st.sampled_from(["accept", "reject", "set", "link", "undo"])), max_size=8),
       st.randoms(use_true_random=False))  # fmt: skip
def test_merged_bases_say_the_same_in_whatever_order(
    tmp_path: Path, steps: list[tuple[str, int, str]], chance: random.Random
) -> None:
    folder = Path(mkdtemp(dir=tmp_path))
    bases = {name: KnowledgeBase(folder / f"{name}.sqlite", read_only=False) for name in ("ada", "bob", "third")}
    for one in bases.values():
        put(one, paper())
    numbers = list(ids(bases["third"]).values())
    for name, which, action in steps:
        log, id, who = bases[name].curation, numbers[which], f"{name} <{name}@example.org>"
        try:
            if action == "set":
                log.set(id, {"value": chance.choice([1, 2])}, author=who)
            elif action == "link":
                log.link_control(id, numbers[2], author=who)
            elif action == "reject":
                log.reject(id, "for a test", who)
            else:
                getattr(log, action)(id, author=who)
        except BadDecision:
            continue  # nothing to undo, or no control any more
    logs = [list(bases[name].curation.export()) for name in ("ada", "bob")]
    bases["ada"].curation.import_(logs[1])
    bases["bob"].curation.import_(logs[0])
    both = [*logs[0], *logs[1], *logs[0]]
    chance.shuffle(both)
    for record in both:
        bases["third"].curation.import_([record])
    said = [(rows(b), list(b.curation.export()), b.curation.conflicts()) for b in bases.values()]
    assert said[0] == said[1] == said[2]
    for one in bases.values():
        one.close()
