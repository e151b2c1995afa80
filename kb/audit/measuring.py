"""How often the rules are right, and how much they find, where the faults are known because they were planted."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.audit.findings import RULES
from kb.audit.keeping import check_base
from kb.audit.planted import papers_with_faults
from kb.store import bulk, ingest_document, open_base

SOUND, OF_EACH, SEEDS = 100, 20, (1, 2)
MOVED = 2  # characters that evidence is moved by


@dataclass(frozen=True)
class Score:
    """How one rule fared.

    Attributes
    ----------
    right, wrong : its findings that touch a planted fault, whichever it is, and those that touch none
    found, planted : the faults of its kind that it found, and all of them
    """

    right: int
    wrong: int
    found: int
    planted: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / self.planted


def measure(sound: int = SOUND, of_each: int = OF_EACH, seeds: tuple[int, ...] = SEEDS) -> dict[str, Score]:
    """Plant faults in made-up papers, run the rules, and score each.

    Parameters
    ----------
    sound : papers without a fault, for each seed
    of_each : papers with a fault of each kind, for each seed
    """
    counted: dict[str, Counter[str]] = {rule: Counter() for rule in RULES}
    for seed in seeds:
        with TemporaryDirectory() as folder:
            db = open_base(Path(folder, "planted.sqlite"), read_only=False)
            try:
                _count(db, sound, of_each, seed, counted)
            finally:
                db.close()
    return {rule: Score(*(n[k] for k in ("right", "wrong", "found", "planted"))) for rule, n in counted.items()}


def _count(db: sqlite3.Connection, sound: int, of_each: int, seed: int, counted: dict[str, Counter[str]]) -> None:
    places: dict[tuple[int, int], set[tuple[str, str]]] = defaultdict(set)
    faults: set[tuple[str, str]] = set()
    with bulk(db):
        for mined, planted in papers_with_faults(sound, of_each, seed):
            # Both formats of a paper may say the same, to the letter.
            path = mined.document.source
            done = ingest_document(db, mined, path=path, extractor_version="planted", sha256=path)
            if planted is not None and done.document is not None:
                fault = planted.rule, path.partition(".")[0]
                faults.add(fault)
                for ordinal in planted.ordinals:
                    places[done.document, ordinal].add(fault)
    ids = {(r["document_id"], r["ordinal"]): r["id"] for r in db.execute(_PLACES)}
    about: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for place, of in places.items():
        about[ids[place]] |= of
    for number in sorted(set(ids.values()) - about.keys())[:: max(len(ids) // of_each, 1)][:of_each]:
        db.execute(_MOVE, {"by": MOVED, "id": number})
        about[number].add(("broken_evidence", str(number)))
        faults.add(("broken_evidence", str(number)))
    found: set[tuple[str, str]] = set()
    for finding in check_base(db):
        touched = set().union(*(about.get(id, set()) for id in finding.measurements))
        counted[finding.rule]["right" if touched else "wrong"] += 1
        found |= {fault for fault in touched if fault[0] == finding.rule}
    for rule, _ in faults:
        counted[rule]["planted"] += 1
    for rule, _ in found:
        counted[rule]["found"] += 1


_PLACES = "SELECT id, document_id, ordinal FROM measurements"
_MOVE = (
    "UPDATE evidence SET start_offset = start_offset + :by, end_offset = end_offset + :by WHERE measurement_id = :id"
)


def as_table(scores: dict[str, Score]) -> str:
    """Write scores as a table in Markdown.

    Examples
    --------
    >>> print(as_table({"duplicate": Score(9, 1, 4, 5)}))
    | rule | findings | right | precision | planted | found | recall |
    | --- | --- | --- | --- | --- | --- | --- |
    | `duplicate` | 10 | 9 | 0.90 | 5 | 4 | 0.80 |
    """
    lines = ["| rule | findings | right | precision | planted | found | recall |", "| --- " * 7 + "|"]
    for rule, s in scores.items():
        numbers = (s.right + s.wrong, s.right, f"{s.precision:.2f}", s.planted, s.found, f"{s.recall:.2f}")
        lines.append(f"| `{rule}` | " + " | ".join(map(str, numbers)) + " |")
    return "\n".join(lines)
