"""How long a base of a given size takes: insertion, ten shapes of filter, full text, graph, export.

    python tests/kb/benchmark_base.py 100000

Beside the filters, in the same run, the same ten questions as SQL written by hand: in plain sqlite3 on the base, and in
DuckDB (where it is installed) over the measurements exported to Parquet.  Times are of the first page of 50 rows, in
milliseconds of processor (DuckDB's threads added up): the median and the 95th percentile of runs with other numbers
each, after one that is not counted.
"""

# ruff: noqa: S608 - the statements are constants of this file
from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from kb.base import KnowledgeBase
from kb.connection import bulk, open_base
from kb.fields import COLUMNS
from kb.store import ingest_document
from kb.synthetic import EXTRACTOR, synthetic_documents

say = click.echo
RUNS = 20
PAGE = 50
OF_VIEW = "SELECT * FROM {view} WHERE {condition} ORDER BY id LIMIT 50"


@dataclass(frozen=True)
class Shape:
    """A kind of question: as a filter, as SQL over measurement_view, as DuckDB over its export; $a is drawn anew."""

    name: str
    filter: str
    sql: str
    draw: Callable[[random.Random], Any]
    duck: str = ""


def number(low: float, high: float) -> Callable[[random.Random], float]:
    return lambda r: round(r.uniform(low, high), 3)


def one_of(*values: Any) -> Callable[[random.Random], Any]:
    return lambda r: r.choice(values)


SURE = "qualifier NOT IN ('<', '<=')"
CE = f"metric = 'coulombic_efficiency' AND {SURE} AND value >= $a"
TWO = f"(({CE}) OR (metric = 'cycling_hours' AND value > 4000 AND {SURE}))"
SHAPES = (
    Shape("metric", "coulombic_efficiency >= $a", CE, number(90, 100)),
    Shape("metric AND NOT control", "coulombic_efficiency >= $a AND NOT is_control", CE + " AND is_control = 0",
          number(95, 100)),
    Shape("metric AT conditions", "coulombic_efficiency >= $a AT (current_density >= 3 mA/cm^2, areal_capacity >= 2)",
          CE + " AND current_density_mA_cm2 >= 3 AND areal_capacity_mAh_cm2 >= 2", number(90, 99)),
    Shape("a component", 'components HAS "$a"',
          "id IN (SELECT m.id FROM measurements AS m, json_each(m.components) AS c WHERE c.value = '$a')",
          one_of("PVDF", "PMMA", "ZnO", "C3N4", "LLZTO"), "list_contains(components, '$a')"),
    Shape("elements", 'elements HAS ALL ("$a", "N") AND elastic_modulus >= 1 GPa',
          "metric = 'elastic_modulus' AND value >= 1 AND " + SURE + " AND elements LIKE '%\"$a\"%'"
          " AND elements LIKE '%\"N\"%'", one_of("Li", "Cu", "Zn", "La"),
          f"metric = 'elastic_modulus' AND value >= 1 AND {SURE} AND list_contains(elements, '$a')"
          " AND list_contains(elements, 'N')"),
    Shape("strategy AND electrolyte", 'strategy = "surface coating" AND electrolyte_class = $a',
          "strategy = 'surface coating' AND electrolyte_class = '$a'", one_of("ether", "carbonate", "gel", "LHCE")),
    Shape("a paper", "doi = 10.1000/s$a", "doi = '10.1000/s$a'", lambda r: r.randrange(200)),
    Shape("years and a range", "overpotential BETWEEN 10 AND $a mV AND paper.year BETWEEN 2016 AND 2020",
          "metric = 'overpotential' AND value BETWEEN 10 AND $a AND coalesce(value_max, value) <= $a AND qualifier IN"
          " ('=', '~', 'range') AND year BETWEEN 2016 AND 2020", number(20, 200)),
    Shape("two metrics of a sample", "coulombic_efficiency >= $a AND cycling_hours > 4000",
          TWO + " AND " + "id IN (SELECT m.id FROM measurements"
          " AS m JOIN measurements AS a ON a.sample = m.sample AND a.metric = 'coulombic_efficiency' AND a.value >= $a"
          " JOIN measurements AS b ON b.sample = m.sample AND b.metric = 'cycling_hours' AND b.value > 4000)",
          number(96, 99.9),
          TWO + " AND sample IN (SELECT sample FROM v WHERE"
          " metric = 'coulombic_efficiency' AND value >= $a) AND sample IN (SELECT sample FROM v WHERE"
          " metric = 'cycling_hours' AND value > 4000)"),
    Shape("words and a mechanism", "text MATCHES \"$a\" AND mechanisms HAS alloying",
          "passage_id IN (SELECT rowid FROM passages_text WHERE passages_text MATCH '$a') AND"
          " mechanisms LIKE '%\"alloying\"%'",
          one_of("artificial skeleton", "nanofibres suppress", "lamitro", "profile image"),
          "list_contains(mechanisms, 'alloying')"),
)  # fmt: skip


def timed(run: Callable[[], Any]) -> float:
    """Milliseconds of processor."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{ordered[len(ordered) // 2]:8.2f} {ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]:8.2f}"


def runs(shape: Shape, text: str, ask: Callable[[str], Any]) -> str:
    source = random.Random(1)
    ask(text.replace("$a", str(shape.draw(source))))  # what is loaded late is loaded here
    return spread([timed(lambda: ask(text.replace("$a", str(shape.draw(source))))) for _ in range(RUNS)])


def main(size: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kb-bench-"))
    try:
        measure(size, folder)
    finally:
        shutil.rmtree(folder)


def insertion(size: int, path: Path) -> None:
    warm = open_base(path.with_name("warm.sqlite"), read_only=False)  # what is loaded late is loaded here
    for mined in synthetic_documents(200, seed=9):
        ingest_document(warm, mined, path=mined.document.source, extractor_version=EXTRACTOR)
    warm.close()
    db = open_base(path, read_only=False)
    spent, batch = 0.0, []

    begun = time.process_time()
    with bulk(db):
        for mined in synthetic_documents(size, seed=1):
            batch.append(mined)
            if len(batch) == 200:
                spent += put(db, batch)
        spent += put(db, batch)
        made, finishing = time.process_time() - begun, time.process_time()
    spent += time.process_time() - finishing
    stored = db.execute("SELECT count(*) FROM measurements").fetchone()[0]
    db.close()
    say(f"insertion of {stored} measurements with evidence, passages, indexes, full text: {spent:.1f} s of processor,")
    say(f"  {stored / spent:.0f} measurements/s (making the documents: {made - spent:.1f} s more);"
          f" the base has {path.stat().st_size / 1e6:.0f} MB")  # fmt: skip


def put(db: sqlite3.Connection, batch: list[Any]) -> float:
    begun = time.process_time()
    for mined in batch:
        ingest_document(db, mined, path=mined.document.source, extractor_version=EXTRACTOR)
    batch.clear()
    return time.process_time() - begun


def measure(size: int, folder: Path) -> None:
    path = folder / "kb.sqlite"
    insertion(size, path)
    duck = exported(path, folder)
    say(f"\n{'first page of 50 rows [ms]':32} {'filter':>17} {'sqlite3 by hand':>17} {'DuckDB on Parquet':>17}")
    say(f"{'':32}" + f" {'p50':>8} {'p95':>8}" * 3)
    plain = sqlite3.connect(path)
    with KnowledgeBase(path) as base:
        for shape in SHAPES:
            ours = runs(shape, shape.filter, lambda text: base.find(text, limit=PAGE))
            by_hand = OF_VIEW.format(view="measurement_view", condition=shape.sql)
            theirs = runs(shape, by_hand, lambda text: plain.execute(text).fetchall())
            over = OF_VIEW.format(view="v", condition=shape.duck or shape.sql)
            third = runs(shape, over, duck) if duck else f"{'–':>8} {'–':>8}"
            say(f"{shape.name:32} {ours} {theirs} {third}")
        for words in ("artificial skeleton", "lamitro", '"profile image"'):
            times = [timed(partial(base.search, words, PAGE)) for _ in range(RUNS)]
            say(f"{'full text: ' + words:32} {spread(times)}")
        say(f"\ncounting all of the first shape: {timed(lambda: base.count('coulombic_efficiency >= 95')):.1f} ms")
        say(f"graph: {timed(base.graph) / 1000:.1f} s")
        say(f"export of all records: {timed(lambda: sum(1 for _ in base.export())) / 1000:.1f} s")
    plain.close()


def exported(path: Path, folder: Path) -> Callable[[str], Any] | None:
    """Write the view to Parquet; give what asks DuckDB over it."""
    try:
        import duckdb
    except ImportError:
        say("without duckdb (the extra 'bench') its column stays empty")
        return None
    from kb.writing import write_parquet

    target = folder / "measurements.parquet"
    columns = ", ".join(["m.sample", *(f"v.{name}" for name in COLUMNS)])
    asked = f"SELECT {columns} FROM measurement_view AS v JOIN measurements AS m ON m.id = v.id"
    with KnowledgeBase(path) as base:

        def export() -> None:
            table = base.sql(asked)
            write_parquet(table.names, table.rows, target)

        took = timed(export)
    say(f"Parquet of measurement_view: {took / 1000:.1f} s, {target.stat().st_size / 1e6:.0f} MB")
    connection = duckdb.connect()
    lists = ", ".join(f"from_json({n}, '[\"VARCHAR\"]') AS {n}" for n in LISTS)
    connection.execute(f"CREATE VIEW v AS SELECT * REPLACE ({lists}) FROM '{target}'")
    return lambda text: connection.execute(text).fetchall()


LISTS = ("components", "elements", "mechanisms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
