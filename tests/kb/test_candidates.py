"""A candidate is a sample within one work, with its best supported values and the controls of that work."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from kb.candidates import read_candidates
from kb.screening.rank import Candidate, parse_criterion
from kb.store import ingest_document
from kb.testing import BARE, COATED, HALF_CELL, Said, bare, coated, compose
from schema.records import Conditions, Subject

CE, COUNT, ETA = "coulombic_efficiency", "cycle_count", "overpotential"
SYMMETRIC = Conditions(current_density_mA_cm2=1.0, cell="Li|Li symmetric")


def put(db: sqlite3.Connection, *sentences: Said, source: str = "a.txt", **front: Any) -> None:
    ingest_document(db, compose(*sentences, source=source, **front), path=source, extractor_version="1")


def read(db: sqlite3.Connection, *criteria: str, only: set[int] | None = None) -> list[Candidate]:
    return read_candidates(db, [parse_criterion(c) for c in criteria or (CE,)], only)


def told(metric: str, number: str, unit: str = "mV", subject: Subject = COATED, conditions: Conditions = SYMMETRIC,
         **more: Any) -> Said:  # fmt: skip
    return Said(f"We saw {number} of it in {metric} here.", number, subject, metric, unit, conditions, more)


def values(candidates: list[Candidate], metric: str = CE) -> list[float]:
    return [c.observations[metric].value for c in candidates]


def test_an_empty_base_has_none(db: sqlite3.Connection) -> None:
    assert read(db) == []


def test_a_candidate_carries_value_control_and_measurement(db: sqlite3.Connection) -> None:
    put(db, coated(qualifier=">", value=98.3), bare(), title="A blend of two polymers on copper")
    (found,) = read(db)
    seen = found.observations[CE]
    assert (found.name, found.paper) == ("PMMA/PVDF", "A blend of two polymers on copper")
    assert (seen.value, seen.qualifier, seen.unit) == (98.3, ">", "percent")
    assert seen.control is not None
    assert seen.control.value == 91.2
    ids = dict(db.execute("SELECT value_reported, id FROM measurements").fetchall())
    assert (seen.measurement, seen.control.measurement) == (ids["98.3"], ids["91.2"])
    assert seen.conditions == "Li|Cu half, 1 mA/cm^2, 1 mAh/cm^2, 260 cycles"


@pytest.mark.parametrize(
    ("others", "best"),
    [
        ([coated("99.9", confidence=0.5)], 98.3),
        ([coated("99.9", confidence=0.9, flags=("out_of_range",))], 98.3),
        ([coated("99.9", confidence=0.9, flags=("agreed",))], 99.9),
        ([coated("99.9", confidence=0.9, conditions=Conditions(cell="Li|Cu half"))], 98.3),
        ([coated("97.0", confidence=0.9)], 98.3),
        ([coated("98.9", confidence=0.9)], 98.9),
        ([coated("97.0", confidence=1.0)], 97.0),
    ],
)
def test_the_best_supported_value_counts_before_the_best(
    db: sqlite3.Connection, others: list[Said], best: float
) -> None:
    put(db, coated("98.3", confidence=0.9), *others)
    assert values(read(db)) == [best]


def test_the_better_value_is_that_of_the_direction(db: sqlite3.Connection) -> None:
    put(db, told(ETA, "20"), told(ETA, "30"))
    assert values(read(db, ETA + ":min"), ETA) == [20]
    assert values(read(db, ETA + ":max"), ETA) == [30]


def test_samples_of_one_make_are_one_candidate_within_a_paper(db: sqlite3.Connection) -> None:
    on_lithium = Subject("the modified anode", ("PVDF", "PMMA"), "Li", "surface coating")
    put(db, coated(), told(ETA, "20", subject=on_lithium), source="a.txt")
    put(db, told(ETA, "35"), source="b.txt")
    first, second = read(db, CE, ETA)
    assert (set(first.observations), set(second.observations)) == ({CE, ETA}, {ETA})
    assert first.key != second.key


def test_controls_and_background_are_no_candidates(db: sqlite3.Connection) -> None:
    put(db, bare(), coated(provenance="stated"))
    assert read(db) == []


@pytest.mark.parametrize(
    ("conditions", "is_taken"),
    [(HALF_CELL, True), (Conditions(), True), (Conditions(current_density_mA_cm2=3.0), True),
     (Conditions(cell="Li|Li symmetric"), False)],
)  # fmt: skip
def test_a_control_in_another_cell_is_none(db: sqlite3.Connection, conditions: Conditions, is_taken: bool) -> None:
    put(db, coated(), bare(conditions=conditions))
    assert (read(db)[0].observations[CE].control is not None) is is_taken


def test_the_control_closest_in_its_conditions_is_taken(db: sqlite3.Connection) -> None:
    def at(number: str, **conditions: Any) -> Said:
        return bare(number, conditions=Conditions(**conditions), confidence=0.9)

    put(
        db, coated(), at("80.1"), at("80.2", current_density_mA_cm2=1.0), at("80.3", cell="Li|Cu half"),
        at("80.4", cell="Li|Cu half", current_density_mA_cm2=2.0),
        at("80.5", cell="Li|Cu half", current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=2.0),
        bare("80.6", confidence=0.2), at("80.7", cell="Li|Cu half", current_density_mA_cm2=1.0),
    )  # fmt: skip
    control = read(db)[0].observations[CE].control
    assert control is not None
    assert control.value == 80.6


def test_the_cycle_at_which_the_control_failed_is_its_life(db: sqlite3.Connection) -> None:
    failed = told("failure_cycle", "80", "1", BARE, is_control=True)
    put(db, told(COUNT, "260", "1"), failed)
    control = read(db, COUNT)[0].observations[COUNT].control
    assert control is not None
    assert control.value == 80
    ran = told(COUNT, "95", "1", BARE, is_control=True)
    put(db, told(COUNT, "260", "1"), failed, ran)
    control = read(db, COUNT)[0].observations[COUNT].control
    assert control is not None
    assert control.value == 95, "its own life goes before"


def test_works_that_a_review_cites_are_papers_of_their_own(db: sqlite3.Connection) -> None:
    def cited(said: Said, ref: str | None) -> Said:
        return Said(said.text, said.number, said.subject, said.metric, said.unit, said.conditions,
                    {**said.more, "provenance": "cited", "cited_ref": ref})  # fmt: skip

    put(
        db, cited(coated("98.1"), "35"), cited(bare("90.1"), "35"), cited(coated("98.2"), "36"),
        cited(bare("90.3"), None), cited(coated("98.4"), None), source="review.md",
    )  # fmt: skip
    found = {c.observations[CE].value: c for c in read(db)}
    control = found[98.1].observations[CE].control
    assert control is not None
    assert control.value == 90.1
    assert found[98.2].observations[CE].control is None
    assert found[98.4].observations[CE].control is None, "without a marker nothing says that it is the same work"
    assert {c.paper for c in found.values()} == {"ref 35 in review.md", "ref 36 in review.md", "ref ? in review.md"}
    assert len({c.key for c in found.values()}) == 3


def test_formats_of_one_paper_are_one_candidate(db: sqlite3.Connection) -> None:
    put(db, coated("98.3"), source="a.txt", doi="10.1/a")
    put(db, coated("98.3"), bare(), source="a.md", doi="10.1/a")
    (found,) = read(db)
    assert found.observations[CE].control is not None


def test_only_what_is_asked_for_counts_but_every_control(db: sqlite3.Connection) -> None:
    put(db, coated("98.3"), coated("97.0"), bare())
    ids = dict(db.execute("SELECT value_reported, id FROM measurements").fetchall())
    (found,) = read(db, only={ids["97.0"]})
    assert found.observations[CE].value == 97.0
    assert found.observations[CE].control is not None
    assert read(db, only=set()) == []
