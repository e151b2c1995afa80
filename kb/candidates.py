"""Candidates for ranking, read from a base: the samples of each paper with their best supported values."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.screening.floors import METRIC, NAMED, RESERVOIR_METRIC, floor_of
from kb.screening.rank import Candidate, Criterion, Observation
from schema.records import AGREED
from schema.statements import statement

# A control that failed at cycle 80 ran 80 cycles.
STANDS_FOR: Mapping[str, str] = {"cycle_count": "failure_cycle"}
MINED = "mined"  # the status of what nobody has decided on
MAIN_CONDITIONS = ("cell", "current_density_mA_cm2", "areal_capacity_mAh_cm2")


@dataclass(frozen=True)
class Row:
    """A row of measurement_view with its lists read."""

    columns: Mapping[str, Any]
    components: tuple[str, ...]
    flags: tuple[str, ...]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Row:
        """Read a row as SQLite gives it; only flags that speak against its value are kept."""
        row = dict(found)
        return cls(row, tuple(json.loads(row["components"])), _careful(json.loads(row["flags"])))

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    @property
    def work(self) -> Hashable:
        """The work that did the experiment: the paper, or what it cites; without a marker, the passage is all."""
        if self["provenance"] != "cited":
            return (self["paper_id"],)
        if self["cited_ref"] is not None:
            return self["paper_id"], self["cited_ref"]
        return self["paper_id"], None, self["document_id"], self["passage_id"]

    @property
    def sample(self) -> Hashable:
        """What makes rows one sample: its components, else its name."""
        return frozenset(self.components) or self["subject"].casefold()


def read_reservoirs(db: sqlite3.Connection) -> dict[Hashable, float]:
    """Read what works plate before they measure an efficiency, where they say one number [mAh/cm^2]."""
    told: dict[Hashable, set[float]] = defaultdict(set)
    for row in db.execute(statement("reservoirs"), {"metric": RESERVOIR_METRIC}):
        if NAMED.search(row["evidence"] or ""):
            told[row["paper_id"], row["cited_ref"]].add(row["value"])
    return {work: value for work, (value, *others) in told.items() if not others}


def bounded(found: Mapping[str, Any], reservoirs: Mapping[Hashable, float]) -> dict[str, Any]:
    """Make a value at the floor of its protocol the bound that it is; ``floor`` says why, "" where it is none."""
    row = dict(found)
    row["floor"] = floor_of(row, reservoirs.get((row["paper_id"], row["cited_ref"]))) if row["metric"] == METRIC else ""
    return row | {"qualifier": "<="} if row["floor"] else row


def read_candidates(
    db: sqlite3.Connection,
    criteria: Sequence[Criterion],
    only: Container[int] | None = None,
    min_confidence: float = 0.0,
) -> list[Candidate]:
    """Read the candidates of a base for some criteria: each sample of each paper that has a value for one of them.

    A sample is what its components say, within one paper; substrates and the names it goes by are folded, for a
    coating is tested on copper for its efficiency and on lithium for its life.  A work that a review cites is a paper
    of its own here: its facts never meet those of the review or of another reference.

    Of several values of a metric the best supported one counts: what somebody accepted or corrected before what was
    only mined, without flags that speak against it before flagged, then one that has its control at the same current
    density and areal capacity, then the higher confidence (in tenths), then more of cell, current density and areal
    capacity stated, then the better value.  Its control is the one that somebody linked to it, else the control
    sample's value of the same metric in the same work, never in another kind of cell, best in the same cell at the
    same current density and areal capacity; for ``cycle_count`` the ``failure_cycle`` of the control may stand in.
    An efficiency at the floor of its protocol is a bound (``kb.screening.floors``).

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    criteria : what will be ranked by
    only : ids of the measurements that count; all where None.  Controls count in any case
    min_confidence : values below it do not count, those of controls neither

    Returns
    -------
    list of Candidate, by paper, then name
    """
    wanted = {c.metric for c in criteria}
    wanted |= {other for metric, other in STANDS_FOR.items() if metric in wanted}
    samples: dict[Hashable, dict[Hashable, list[Row]]] = defaultdict(lambda: defaultdict(list))
    controls: dict[Hashable, list[Row]] = defaultdict(list)
    asked = {"metrics": json.dumps(sorted(wanted)), "least": min_confidence}
    reservoirs = read_reservoirs(db)
    for found in db.execute(statement("candidate_rows"), asked):
        row = Row.of(bounded(found, reservoirs))
        if row["is_control"]:
            controls[row.work].append(row)
        elif only is None or row["id"] in only:
            samples[row.work][row.sample].append(row)
    out = []
    for work, by_sample in samples.items():
        for rows in by_sample.values():
            observations = {}
            for criterion in criteria:
                chosen = _best(rows, criterion, controls[work])
                if chosen is not None:
                    control = control_of(chosen, controls[work])
                    observations[criterion.metric] = _observation(chosen, control)
            if observations:
                out.append(Candidate(_name(rows), _paper(rows[0]), _key(rows), observations))
    return sorted(out, key=lambda c: (c.paper, c.name, str(c.key)))


def _careful(flags: Iterable[str]) -> tuple[str, ...]:
    """Give the flags that speak against a value."""
    return tuple(f for f in flags if f != AGREED)


def _best(rows: Iterable[Row], criterion: Criterion, controls: Sequence[Row]) -> Row | None:
    mine = [r for r in rows if r["metric"] == criterion.metric]
    return min(mine, key=lambda r: _rank(r, criterion, control_of(r, controls)), default=None)


def _rank(row: Row, criterion: Criterion, control: Row | None) -> tuple[Any, ...]:
    value = _plain(row).worse_end(criterion.direction)
    stated = sum(row[name] is not None for name in MAIN_CONDITIONS)
    alike = control is not None and (control["id"] == row["control_id"] or is_alike(row, control))
    return (
        row["status"] == MINED,
        bool(row.flags),
        not alike,
        -round(row["confidence"], 1),
        -stated,
        -value if criterion.direction == "max" else value,
        row["id"],
    )


def control_of(row: Row, controls: Iterable[Row]) -> Row | None:
    """Find the control of a value: the one that is linked to it; None where the work gives none that is comparable."""
    controls = list(controls)
    linked = next((c for c in controls if c["id"] == row["control_id"]), None)
    if linked is not None:
        return linked
    names = (row["metric"], STANDS_FOR.get(row["metric"]))
    fit = [c for c in controls if c["metric"] in names and _agreement(row, c, "cell") > 0]
    return min(
        fit,
        key=lambda c: (
            *(-_agreement(row, c, name) for name in MAIN_CONDITIONS),
            c["metric"] != row["metric"],
            -_agreement(row, c, "substrate"),
            -_agreement(row, c, "cycles") - _agreement(row, c, "at_cycle"),
            bool(c.flags),
            -c["confidence"],
            c["id"],
        ),
        default=None,
    )


def is_alike(row: Row, control: Row) -> bool:
    """Say whether a control was tested as a sample was: no main condition that both state differs."""
    return all(_agreement(row, control, name) for name in MAIN_CONDITIONS)


def _agreement(row: Row, control: Row, name: str) -> int:
    """Compare one condition: 2 where both state the same, 1 where one does not say, 0 where they differ."""
    if row[name] is None or control[name] is None:
        return 1
    return 2 if row[name] == control[name] else 0


def _plain(row: Row) -> Observation:
    return Observation(
        value=row["value"],
        unit=row["unit"],
        value_max=row["value_max"],
        qualifier=row["qualifier"],
        measurement=row["id"],
        conditions=_conditions(row),
        caveat=row["floor"],
    )


def _observation(row: Row, control: Row | None) -> Observation:
    return replace(_plain(row), control=None if control is None else _plain(control))


def _conditions(row: Row) -> str:
    parts = [row["cell"]] if row["cell"] else []
    for name, form in (
        ("current_density_mA_cm2", "{:g} mA/cm^2"),
        ("areal_capacity_mAh_cm2", "{:g} mAh/cm^2"),
        ("cycles", "{:g} cycles"),
        ("at_cycle", "cycle {:g}"),
    ):
        if row[name] is not None:
            parts.append(form.format(row[name]))
    return ", ".join(parts)


def _name(rows: Sequence[Row]) -> str:
    """Name a sample by its components, as short as the paper does; else by its name there."""
    first = rows[0]
    return "/".join(first.components) if first.components else str(first["subject"])


def _key(rows: Sequence[Row]) -> str:
    """Identify a candidate in its base: the paper, what it cites, its systems."""
    first = rows[0]
    systems = ",".join(str(s) for s in sorted({r["system_id"] for r in rows}))
    cited = f"/ref:{first['cited_ref']}" if first["provenance"] == "cited" else ""
    return f"paper:{first['paper_id']}{cited}/system:{systems}"


def _paper(row: Row) -> str:
    if row["provenance"] == "cited":
        return f"ref {row['cited_ref'] or '?'} in {row['source']}"
    return str(row["title"] or row["doi"] or row["source"])
