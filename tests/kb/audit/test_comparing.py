"""What is kept up while papers come, change, leave and are decided on is what a check of the whole base finds."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.audit import keeping
from kb.audit.keeping import check_base, keep, kept, refresh
from kb.audit.rules import rules_version
from kb.curation.log import Curation
from kb.store import ingest_document, open_base
from kb.testing import HALF_CELL, Said, compose
from schema.errors import BadDecision, UnknownFact, UnknownPaper
from schema.records import Conditions, Mined, Subject

AUTHOR = "Ada <ada@example.org>"
PAPERS = range(9)
CURRENTS = (1.0, 5.0)
Facts = tuple[tuple[float, float], ...]  # overpotential [mV], current density [mA/cm^2]

# Mostly alike, so that what is far out is found so, and comes and goes with the others.
one = st.tuples(st.sampled_from([20.0, 21.0, 22.0, 24.0, 26.0, 0.4, 900.0]), st.sampled_from(CURRENTS))
facts = st.lists(one, max_size=6).map(tuple)
number = st.integers(0, 100)
steps = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(PAPERS), facts),
    st.tuples(st.just("takes the content of"), st.sampled_from(PAPERS), st.sampled_from(PAPERS)),
    st.tuples(st.just("reject"), number, st.none()),
    st.tuples(st.just("set value"), number, st.sampled_from(["23", "2300", "0.2"])),
    st.tuples(st.just("set current"), number, st.sampled_from(["1", "5", "none"])),
    st.tuples(st.just("accept"), number, st.none()),
    st.tuples(st.just("undo"), number, st.none()),
    st.tuples(st.just("remove"), st.sampled_from(PAPERS), st.none()),
    st.tuples(st.just("restore"), st.sampled_from(PAPERS), st.none()),
)
then_looked_at = st.booleans()


def paper(which: int, told: Facts) -> Mined:
    said = [
        Said(f"In test {n} of paper {which} the plateau lies at {value:g} mV.", f"{value:g}", Subject(f"film {n}"),
             "overpotential", "mV", Conditions(current_density_mA_cm2=current, cell=HALF_CELL.cell))
        for n, (value, current) in enumerate(told)
    ]  # fmt: skip
    title = f"The plateaus of protected electrodes, paper number {which}"
    return compose(*said, source=f"{which}.txt", doi=f"10.1000/{which}", title=title)


class Base:
    """A base with what its papers said last."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db, self.said = db, dict.fromkeys(PAPERS, ())

        @contextmanager
        def writing() -> Iterator[sqlite3.Connection]:
            yield db

        self.curation = Curation(db, writing)

    def put(self, which: int, told: Facts, at: int | None = None) -> None:
        mined = paper(which, told)
        path = f"{which if at is None else at}.txt"
        ingest_document(self.db, mined, path=path, extractor_version="1")

    def take(self, step: str, which: int, more: object) -> None:
        ids = [row["id"] for row in self.db.execute("SELECT id FROM measurements ORDER BY id")]
        if step == "put":
            self.said[which] = more
            self.put(which, self.said[which])
        elif step == "takes the content of":
            self.put(more, self.said[more], at=which)
        elif step in ("remove", "restore"):
            decide = getattr(self.curation, step)
            decide(f"10.1000/{which}", "as it happens", AUTHOR)
        elif ids:
            id = ids[which % len(ids)]
            if step.startswith("set"):
                name = {"set value": "value", "set current": "current_density_mA_cm2"}[step]
                self.curation.set(id, {name: more}, "as it happens", AUTHOR)
            else:
                getattr(self.curation, step)(id, "as it happens", AUTHOR)


@contextmanager
def base() -> Iterator[Base]:
    with TemporaryDirectory() as folder:
        db = open_base(Path(folder, "kb.sqlite"), read_only=False)
        try:
            yield Base(db)
        finally:
            db.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(facts, min_size=len(PAPERS), max_size=len(PAPERS)), st.lists(st.tuples(steps, then_looked_at), max_size=12)
)
def test_what_is_kept_up_is_what_a_check_of_the_whole_base_finds(begin: list[Facts], then: list[object]) -> None:
    with base() as made:
        for which, told in zip(PAPERS, begin, strict=True):
            made.take("put", which, told)
        refresh(made.db)
        for (step, which, more), looked_at in then:
            with suppress(BadDecision, UnknownFact, UnknownPaper):
                made.take(step, which, more)
            if looked_at:
                refresh(made.db)
                assert kept(made.db) == check_base(made.db)
        refresh(made.db)
        assert kept(made.db) == check_base(made.db)


@pytest.fixture
def whole() -> Iterator[Base]:
    """Nine papers alike, one value of which is far out."""
    drawn = random.Random(3)
    with base() as made:
        for which in PAPERS:
            made.take("put", which, tuple((20.0 + drawn.randrange(6), 1.0) for _ in range(4)))
        made.take("put", 8, ((22.0, 1.0), (900.0, 1.0)))
        refresh(made.db)
        yield made


def far(made: Base) -> list[tuple[int, ...]]:
    return [f.measurements for f in kept(made.db) if f.rule == "outlier"]


def test_an_outlier_of_another_paper_is_told_anew_when_its_stratum_grows(whole: Base) -> None:
    (before,) = (f for f in kept(whole.db) if f.rule == "outlier")
    assert "the median of 34 values" in before.said
    whole.take("put", 0, ((21.0, 1.0),))
    refresh(whole.db)
    (after,) = (f for f in kept(whole.db) if f.rule == "outlier")
    assert (after.measurements, "the median of 31 values" in after.said) == (before.measurements, True)


def test_a_paper_that_left_is_missed_by_those_it_was_compared_with(whole: Base) -> None:
    assert len(far(whole)) == 1
    for which in range(1, 7):
        whole.take("takes the content of", which, 0)
        refresh(whole.db)
    assert far(whole) == [], "three papers are too few"
    assert whole.db.execute("SELECT count(*) FROM papers").fetchone()[0] == 3
    assert whole.db.execute("SELECT count(*) FROM compared").fetchone()[0] == 3


def test_only_what_can_have_changed_is_read_again(whole: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    rows = keeping._rows
    monkeypatch.setattr(keeping, "_rows", lambda db, papers: read.append(papers) or rows(db, papers))
    refresh(whole.db)
    assert read == [], "nothing has changed"
    whole.take("put", 3, ((900.0, 5.0),))
    refresh(whole.db)
    assert read == [[4]], "of the facts, those of that paper alone"
    keep(whole.db)
    assert read[1:] == [None]


def test_other_words_are_other_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "metrics.toml").write_text('[overpotential]\nsynonyms = ["height of the plateau"]\n')
    before = rules_version()
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    assert rules_version() != before
