"""Lists for people to walk through: what a filter finds as keys in a wanted order, and the rows of some keys.

A list of a million rows is its keys (8 bytes each), sorted once by SQLite; rows are read a page at a time.  The key of
a measurement is its id, that of a candidate (a system within a paper) is made of the two ids.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from kb.candidates import MAIN_CONDITIONS, Row, control_of
from kb.filters import parse
from kb.meeting import metric_of
from kb.nodes import leaves
from kb.query import EVERYTHING, Compiled, compile_filter, measurement_ids, tables_of
from kb.screening.effects import Observation, effect
from schema.errors import UnknownName, did_you_mean
from schema.statements import statement
from schema.vocabulary import vocabulary

CANDIDATES, MEASUREMENTS = "candidates", "measurements"
BLOCK = 5000
_BITS = 32
Begun = Callable[[Sequence[int]], None]

_FOUND = "SELECT DISTINCT e.paper_id AS paper_id, e.system_id AS system_id $tables WHERE $condition"
_KEYS = """WITH found AS ($found)
SELECT found.paper_id << 32 | found.system_id FROM found
JOIN systems AS s ON s.id = found.system_id JOIN papers AS p ON p.id = found.paper_id
ORDER BY $ordering found.paper_id, found.system_id"""
# With nothing asked of the measurements, the experiments tell which candidates there are.
_OF_EXPERIMENTS = "FROM experiments AS e"
_TREATED = "e.is_control = 0"
_OF_CLASS = """e.system_id IN (SELECT part.system_id FROM system_components AS part JOIN materials AS material
  ON material.id = part.material_id WHERE part.role = 'component' AND material.material_class = :material_class)"""
_TESTED = "m.experiment_id IN (SELECT id FROM experiments AS e WHERE $condition)"
_OF_CANDIDATE = "e.paper_id = :paper AND e.system_id = :system"
_MINE = """FROM experiments AS x JOIN measurements AS y ON y.experiment_id = x.id
  WHERE x.paper_id = found.paper_id AND x.system_id = found.system_id"""
_BEST = f"(SELECT $best {_MINE} AND y.metric = :metric AND y.provenance <> 'stated')"
# The end of a range that is worse counts, as in a ranking.
_BESTS: Mapping[str, str] = {
    "higher": "max(y.value)",
    "none": "max(y.value)",
    "lower": "min(coalesce(y.value_max, y.value))",
}
_SORTED_BY: Mapping[str, str] = {
    "system": "s.label", "strategy": "s.strategy", "substrate": "s.substrate", "process": "s.process",
    "title": "nullif(p.title, '')", "doi": "p.doi", "year": "p.year", "measurements": f"(SELECT count(*) {_MINE})",
}  # fmt: skip
FACETS = ("strategy", "class", "cell", "electrolyte_class", "process", "year")
_FACETS = """WITH found AS MATERIALIZED (SELECT DISTINCT $key AS experiment_id $tables WHERE $condition),
tested AS MATERIALIZED (
  SELECT e.paper_id << 32 | e.system_id AS candidate, e.paper_id, e.system_id, e.cell, e.electrolyte_class
  FROM found JOIN experiments AS e ON e.id = found.experiment_id
),
candidates AS MATERIALIZED (SELECT DISTINCT candidate, paper_id, system_id FROM tested)
SELECT 'strategy' AS facet, s.strategy AS value, count(*) AS number
FROM candidates AS c JOIN systems AS s ON s.id = c.system_id GROUP BY s.strategy
UNION ALL
SELECT 'process', s.process, count(*) FROM candidates AS c JOIN systems AS s ON s.id = c.system_id GROUP BY s.process
UNION ALL
SELECT 'year', p.year, count(*) FROM candidates AS c JOIN papers AS p ON p.id = c.paper_id GROUP BY p.year
UNION ALL
SELECT 'class', material_class, count(*) FROM (
  SELECT DISTINCT c.candidate, material.material_class FROM candidates AS c
  JOIN system_components AS part ON part.system_id = c.system_id AND part.role = 'component'
  JOIN materials AS material ON material.id = part.material_id) GROUP BY material_class
UNION ALL
SELECT 'cell', cell, count(DISTINCT candidate) FROM tested GROUP BY cell
UNION ALL
SELECT 'electrolyte_class', electrolyte_class, count(DISTINCT candidate) FROM tested GROUP BY electrolyte_class"""


@dataclass(frozen=True)
class Listing:
    """What is listed.

    Attributes
    ----------
    filter_text : "" finds all
    level : CANDIDATES or MEASUREMENTS
    material_class : of a component, which the filter language has no word for; "" for any
    controls : also what is only a control; in any case where the filter speaks of ``is_control``
    sort : a column, "-" before it for the largest first; of candidates also a metric: its best value
    """

    filter_text: str = ""
    level: str = CANDIDATES
    material_class: str = ""
    controls: bool = False
    sort: str = ""

    def compiled(self) -> Compiled:
        """Give the condition; the errors are those of :func:`kb.query.compile_filter`."""
        return compile_filter(self.filter_text) if self.filter_text.strip() else EVERYTHING

    def asked_metrics(self) -> tuple[str, ...]:
        """Give the metrics that the filter speaks of, in its order; the errors are those of :func:`kb.filters.parse`.

        Examples
        --------
        >>> Listing("overpotential < 30 AND cell = symmetric AND ionic_conductivity > 0").asked_metrics()
        ('overpotential', 'ionic_conductivity')
        """
        asked = leaves(parse(self.filter_text), inside=True) if self.filter_text.strip() else ()
        return tuple(dict.fromkeys(metric for leaf in asked if isinstance(metric := metric_of(leaf), str) and metric))


def candidate_key(paper_id: int, system_id: int) -> int:
    """Make the key of a candidate.

    Examples
    --------
    >>> candidate_of(candidate_key(7, 12))
    (7, 12)
    """
    return paper_id << _BITS | system_id


def candidate_of(key: int) -> tuple[int, int]:
    """Give the paper and the system of a key."""
    return key >> _BITS, key & ((1 << _BITS) - 1)


def read_keys(db: sqlite3.Connection, listing: Listing, begun: Begun, first: int = 200) -> array[int]:
    """Read the keys of all that is listed.

    Parameters
    ----------
    begun : called once with the first few keys, as soon as they are there

    Raises
    ------
    FilterSyntaxError, UnknownMetric, UnknownName, UnitMismatch
        Where the filter, or the column to sort by, cannot be read.
    """
    query, parameters = _query(listing)
    cursor = db.cursor()
    cursor.row_factory = None
    cursor.execute(query, parameters)
    keys = array("q", (key for (key,) in cursor.fetchmany(first)))
    begun(tuple(keys))
    while block := cursor.fetchmany(BLOCK):
        keys.extend(key for (key,) in block)
    return keys


def _query(listing: Listing) -> tuple[str, dict[str, Any]]:
    if listing.level == MEASUREMENTS:
        sort = [listing.sort] if listing.sort else []
        of_class = bool(listing.material_class)
        also = Template(_TESTED).substitute(condition=_OF_CLASS) if of_class else "1"
        query, given = measurement_ids(listing.filter_text.strip(), sort, also)
        return query, {**given, **({"material_class": listing.material_class} if of_class else {})}
    tables, condition, parameters = _restricted(listing)
    column = listing.sort.removeprefix("-")
    ordering = ""
    if column:
        parameters["metric"] = column
        ordering = f"{_sorted_by(column)} {'DESC' if listing.sort.startswith('-') else ''} NULLS LAST, "
    found = Template(_FOUND).substitute(tables=tables, condition=condition)
    return Template(_KEYS).substitute(found=found, ordering=ordering), parameters


def read_found(db: sqlite3.Connection, listing: Listing, paper_id: int, system_id: int) -> list[int]:
    """Give the ids of the measurements by which a candidate is in a listing, in their order."""
    also = Template(_TESTED).substitute(condition=_OF_CANDIDATE)
    query, given = measurement_ids(listing.filter_text.strip(), also=also)
    return [row["id"] for row in db.execute(query, {**given, "paper": paper_id, "system": system_id})]


def _sorted_by(column: str) -> str:
    metrics = vocabulary().metrics
    if column in metrics:
        return Template(_BEST).substitute(best=_BESTS[metrics[column].better])
    if column not in _SORTED_BY:
        raise UnknownName(f"cannot sort by {column!r}{did_you_mean(column, (*_SORTED_BY, *metrics))}")
    return _SORTED_BY[column]


def _restricted(listing: Listing) -> tuple[str, str, dict[str, Any]]:
    """Give tables, condition and parameters of a listing of candidates."""
    compiled = listing.compiled()
    parts, parameters = [compiled.where], dict[str, Any](compiled.parameters)
    if not listing.controls and "is_control" not in listing.filter_text:
        parts.append(_TREATED)
    if listing.material_class:
        parts.append(_OF_CLASS)
        parameters["material_class"] = listing.material_class
    tables = _OF_EXPERIMENTS if compiled is EVERYTHING else tables_of(compiled, "e")
    return tables, " AND ".join(parts), parameters


def read_facets(db: sqlite3.Connection, listing: Listing) -> dict[str, list[tuple[str | int | None, int]]]:
    """Count the candidates of a listing by strategy, class of a component, cell, electrolyte, process and year.

    Returns
    -------
    dict
        Facet to pairs of value (None: not stated) and how many candidates have it, the most frequent first, years the
        latest first.  A candidate counts once for each value that it has.
    """
    tables, condition, parameters = _restricted(listing)
    key = "e.id" if tables == _OF_EXPERIMENTS else "m.experiment_id"
    query = Template(_FACETS).substitute(key=key, tables=tables, condition=condition)
    counted: dict[str, list[tuple[str | int | None, int]]] = {facet: [] for facet in FACETS}
    for row in db.execute(query, parameters):
        counted[row["facet"]].append((row["value"], row["number"]))
    for facet, pairs in counted.items():
        if facet == "year":
            pairs.sort(key=lambda pair: -(int(pair[0]) if pair[0] is not None else 0))
        else:
            pairs.sort(key=lambda pair: (pair[0] is None, -pair[1], str(pair[0])))
    return counted


def read_measurements(db: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Give rows of ``measurement_view`` in the order of their ids' list; what is gone is left out."""
    rows = {
        row["id"]: dict(row) for row in db.execute(statement("measurements_of_ids"), {"ids": json.dumps(list(ids))})
    }
    return [rows[id] for id in ids if id in rows]


def read_candidates_page(db: sqlite3.Connection, keys: Sequence[int], metrics: Iterable[str]) -> list[dict[str, Any]]:
    """Give candidates with the best value that their paper reports of each metric, and the control's beside it.

    Returns
    -------
    list of dict
        In the order of ``keys``: ``key``, ``paper_id``, ``system_id``, ``system``, ``substrate``, ``strategy``,
        ``process``, ``doi``, ``title``, ``year``, ``source``, ``measurements``, and ``best``: metric to the row of the
        measurement, with ``number`` (how many there are of the metric), ``control`` (a row, or None) and ``effect``
        (words, "" where there is none).
    """
    wanted = list(metrics)
    rows = [dict(row) for row in db.execute(statement("candidates_of_keys"), {"keys": json.dumps(list(keys))})]
    papers = json.dumps(sorted({row["paper_id"] for row in rows}))
    own: dict[tuple[int, int, str], list[Row]] = defaultdict(list)
    controls: dict[int, list[Row]] = defaultdict(list)
    asked = {"papers": papers, "metrics": json.dumps(wanted)}
    for found in db.execute(statement("values_of_papers"), asked) if wanted else ():
        row = Row.of(found)
        own[row["paper_id"], row["system_id"], row["metric"]].append(row)
        if row["is_control"]:
            controls[row["paper_id"]].append(row)
    for candidate in rows:
        paper, system = candidate["paper_id"], candidate["system_id"]
        values = {metric: own[paper, system, metric] for metric in wanted if (paper, system, metric) in own}
        candidate["best"] = {metric: _best(found, controls[paper]) for metric, found in values.items()}
    return rows


def _best(rows: Sequence[Row], controls: Sequence[Row]) -> dict[str, Any]:
    metric = vocabulary().metrics.get(rows[0]["metric"])
    lower = metric is not None and metric.better == "lower"
    treated = [row for row in rows if not row["is_control"]] or rows

    def place(row: Row) -> tuple[float, int]:
        end = row["value_max"] if lower and row["value_max"] is not None else row["value"]
        return (end if lower else -end), row["id"]

    best = min(treated, key=place)
    return {**beside_control(best, controls), "number": len(treated)}


def beside_control(row: Row, controls: Iterable[Row]) -> dict[str, Any]:
    """Give a measurement's row with its ``control`` (a row, or None) and the ``effect`` against it in words.

    ``control_alike`` says whether no condition that both state differs (cell, current density, areal capacity).

    Parameters
    ----------
    controls : of the same paper; of those of another work that it cites, none is taken
    """
    control = None if row["is_control"] else control_of(row, [c for c in controls if c.work == row.work])
    metric = vocabulary().metrics.get(row["metric"])
    said = ""
    if control is not None and metric is not None and metric.better != "none":
        said = effect(
            row["metric"], _observed(row, _observed(control)), "max" if metric.better == "higher" else "min"
        ).text
    alike = control is not None and not any(_differs(row, control, name) for name in MAIN_CONDITIONS)
    beside = None if control is None else dict(control.columns)
    return {**row.columns, "control": beside, "control_alike": alike, "effect": said}


def _differs(row: Row, control: Row, name: str) -> bool:
    return row[name] is not None and control[name] is not None and row[name] != control[name]


def _observed(row: Row, control: Observation | None = None) -> Observation:
    return Observation(row["value"], row["unit"], row["value_max"], row["qualifier"], row["id"], control)
