"""The plans by which SQLite answers: filters and named queries go by the indexes that were made for them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.named import FILTER, all_named
from kb.query import find, selection
from kb.sql import named_or_plain
from kb.store import open_base
from kb.synthetic import fill

ASKS_ALL = {"own_results", "to_check", "coverage"}  # most measurements satisfy them, or all are counted
OF_MANY_ROWS = ("m", "v", "e", "measurements", "evidence", "experiments", "proof", "other")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    db = open_base(Path(tmp_path_factory.mktemp("plans")) / "kb.sqlite", read_only=False)
    assert fill(db, 3000, seed=5) == 3000
    yield db
    db.close()


def plan(base: sqlite3.Connection, text: str, parameters: dict[str, object]) -> str:
    rows = base.execute("EXPLAIN QUERY PLAN " + text, {**parameters, "limit": 50, "offset": 0})
    return "\n".join(row["detail"] for row in rows)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("coulombic_efficiency >= 98", "measurements_by_metric (metric=? AND value>?)"),
        ("overpotential BETWEEN 10 AND 30 mV", "measurements_by_metric (metric=? AND value>? AND value<?)"),
        ("coulombic_efficiency >= 98 AND cycling_hours > 1000", "measurements_by_sample (sample=? AND metric=?)"),
        ("coulombic_efficiency IS UNKNOWN AND overpotential < 20", "measurements_by_sample (sample=? AND metric=?)"),
        ("components HAS PVDF", "system_components_by_material (material_id=?)"),
        ("mechanisms HAS alloying", "traits_by_name (kind=? AND name=?)"),
        ("doi = 10.1000/s3", "experiments_by_paper (paper_id=?)"),
        ("text MATCHES lamitro", "evidence_by_passage (passage_id=?)"),
        ("flags HAS out_of_range", "measurements_flagged"),
        ("current_density >= 9 AND areal_capacity_mAh_cm2 >= 5", "experiments_by_current (current_density_mA_cm2>?)"),
        ("electrolyte_class = gel", "experiments_by_electrolyte (electrolyte_class=?)"),
        ("condition.temperature > 50", "experiments_by_temperature (temperature_C>?)"),
        ('strategy = "artificial SEI"', "systems_by_strategy (strategy=?)"),
    ],
)  # fmt: skip
def test_a_filter_goes_by_its_index(base: sqlite3.Connection, text: str, index: str) -> None:
    query, parameters = selection(text)
    told = plan(base, query, dict(parameters))
    assert index in told, told


@pytest.mark.parametrize(("name", "kind"), [k for k in all_named() if k[0] not in ASKS_ALL])
def test_no_named_question_reads_a_large_table_whole(base: sqlite3.Connection, name: str, kind: str) -> None:
    if kind == FILTER:
        query, parameters = selection(f"@{name}")
        told = plan(base, query, dict(parameters))
    else:
        text, defaults = named_or_plain(f"@{name}")
        told = plan(base, text, defaults)
    scanned = set(re.findall(r"^SCAN (\w+)(?! USING (?:COVERING )?INDEX)", told, re.MULTILINE))
    assert not scanned & set(OF_MANY_ROWS), told


def test_the_plans_change_no_answer(base: sqlite3.Connection) -> None:
    """What is found among the first measurements alone is what is found among all of them."""
    for text in ("coulombic_efficiency >= 90", "value > 0", "components HAS PVDF", "cycle_count > 900 AND year > 2020"):
        whole = [row["id"] for row in find(base, text)]
        for offset, limit in ((0, 3), (5, 10), (len(whole) - 2, 10)):
            assert [r["id"] for r in find(base, text, limit=limit, offset=offset)] == whole[offset : offset + limit]
