"""What a base knows of one coating for the simulator: its facts, those of its control, what was observed."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.candidates import Row, bounded, read_reservoirs
from kb.screening.given import CARRIED, Fact
from kb.screening.models.mechanics import shear_modulus
from kb.screening.priors import Input, priors
from kb.words import conditions, quantity
from schema.errors import AmbiguousCandidate, UnknownCandidate
from schema.statements import statement
from schema.units import convert

LIVES = ("cycle_count", "cycling_hours", "failure_cycle")
EFFICIENCIES = ("coulombic_efficiency",)
# Half of what is stated: both electrodes of a cell, or both half cycles.
DOUBLE = ("voltage_polarization", "voltage_hysteresis")
_TAFEL_UNLESS = re.compile(r"impedance|\bEIS\b|R_?ct\b|microelectrode|Nyquist", re.IGNORECASE)
_ON = re.compile(r"\s+on\s+", re.IGNORECASE)
ROUNDED_TO_ALL = 0.005  # a loss that a paper prints as "100 %"


@dataclass(frozen=True)
class Observation:
    """What a paper saw, beside what is simulated.

    Attributes
    ----------
    metric, value, value_max, qualifier, unit : as in the base
    measurement : its id
    current, capacity : of the test [mA/cm^2, mAh/cm^2]; None where not stated
    censored : the cell had not failed by then, as far as the paper says
    cycles : of a life, in full cycles; None where that does not follow
    conditions : in words
    """

    metric: str
    value: float
    value_max: float | None
    qualifier: str
    unit: str
    measurement: int
    current: float | None
    capacity: float | None
    censored: bool
    cycles: float | None
    conditions: str

    @property
    def words(self) -> str:
        """The value in words."""
        return quantity(self.value, self.value_max, self.qualifier, self.unit)

    def is_of(self, current: float, capacity: float) -> bool:
        """Say whether it was seen at this current density and areal capacity, as far as they are stated; one is."""
        told = [(s, a) for s, a in ((self.current, current), (self.capacity, capacity)) if s is not None]
        return bool(told) and all(math.isclose(stated, asked, rel_tol=0.01) for stated, asked in told)


@dataclass(frozen=True)
class Reported:
    """All that a base knows of one coating.

    Attributes
    ----------
    name, paper : of the candidate
    facts : input -> facts of it, own and carried over
    classes : "electrolyte", "coating" -> class, as far as they are known
    observed : lives, efficiencies and overpotentials, of the sample itself
    most_current : the largest current density it was tested at [mA/cm^2]; None where none is stated
    """

    name: str
    paper: str
    facts: Mapping[str, tuple[Fact, ...]]
    classes: Mapping[str, str]
    observed: tuple[Observation, ...]
    most_current: float | None


def reported(db: sqlite3.Connection, name: str, paper: str | None = None) -> Reported:
    """Find a candidate of the base by its name, and all that is known of it.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    name : components in any order, with or without what they are laid on ("PMMA/PVDF on Cu"), or the sample as its
        paper names it; capitals do not matter
    paper : DOI, file name or part of the title of its paper, where several have such a sample

    Raises
    ------
    UnknownCandidate
        With the nearest known names; also where the base is empty.
    AmbiguousCandidate
        Where several papers have one, and ``paper`` does not tell them apart.
    """
    rows = _rows_of(db, name)
    samples: dict[tuple[Hashable, Hashable], list[Row]] = defaultdict(list)
    for row in rows:
        if not row["is_control"]:
            samples[row.work, row.sample].append(row)
    samples = {key: own for key, own in samples.items() if any(_is_named(row, name) for row in own)}
    if not samples:
        raise UnknownCandidate(name, _names(db))
    chosen = {k: own for k, own in samples.items() if paper is None or _is_from(own[0], paper)}
    if len(chosen) > 1 and len({own[0]["paper_id"] for own in chosen.values()}) == 1:
        # What a paper measured itself comes before what it tells of others' samples of that name.
        chosen = {k: own for k, own in chosen.items() if own[0]["provenance"] != "cited"} or chosen
    if len(chosen) != 1:
        choices = [f"{_label(own)} ({own[0]['doi'] or own[0]['source']})" for own in samples.values()]
        raise AmbiguousCandidate(name if chosen or paper is None else f"{name}, paper {paper}", choices)
    (((work, sample), own),) = chosen.items()
    controls = [r for r in rows if r["is_control"] and r.work == work]
    twins = [r for (w, s), others in samples.items() if s == sample and w != work for r in others]
    facts = dict(_facts(own, controls, twins, _of_conductors(db, own)))
    currents = [r["current_density_mA_cm2"] for r in own if r["current_density_mA_cm2"] is not None]
    return Reported(
        name=_label(own),
        paper=str(own[0]["doi"] or own[0]["source"]),
        facts={key: tuple(found) for key, found in facts.items()},
        classes=_classes(db, own, [*controls, *twins]),
        observed=tuple(sorted(_observed(own), key=lambda o: (_KINDS.index(_kind(o.metric)), o.measurement))),
        most_current=max(currents, default=None),
    )


# --- names ------------------------------------------------------------------------------------------------------------


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _parts(name: str) -> tuple[frozenset[str], str | None]:
    """Split a name into its components and what they are laid on.

    >>> sorted(_parts("PVDF/PMMA on Cu")[0]), _parts("PVDF/PMMA on Cu")[1]
    (['pmma', 'pvdf'], 'cu')
    """
    layers, *laid = _ON.split(name.strip())
    return frozenset(map(_folded, re.split(r"[/,+]", layers))), _folded(laid[-1]) if laid else None


def _is_named(row: Row, name: str) -> bool:
    components, substrate = _parts(name)
    made_of = frozenset(map(_folded, row.components))
    named = bool(made_of) and made_of == components and substrate in (None, _folded(row["substrate"]))
    return named or _folded(row["subject"]) == _folded(name)


def _rows_of(db: sqlite3.Connection, name: str) -> list[Row]:
    """Read the rows of every paper that has such a sample."""
    components, _ = _parts(name)
    systems = []
    for system in db.execute(statement("systems")):
        made_of = json.loads(system["key"])[0]
        if isinstance(made_of, list) and frozenset(map(_folded, made_of)) == components:
            systems.append(system["id"])
    if not systems:
        systems = [r["system_id"] for r in db.execute(statement("systems_of_subject"), {"subject": name.strip()})]
    found = db.execute(statement("rows_of_systems_papers"), {"systems": json.dumps(systems)}).fetchall()
    reservoirs = read_reservoirs(db)
    return [Row.of(bounded(r, reservoirs)) for r in found]


def _names(db: sqlite3.Connection) -> list[str]:
    return sorted({system["label"] for system in db.execute(statement("systems")) if system["is_sample"]})


def _is_from(row: Row, paper: str) -> bool:
    asked = _folded(paper)
    return asked in (_folded(row["doi"]), _folded(row["source"])) or asked in _folded(row["title"])


def _label(rows: Sequence[Row]) -> str:
    first = rows[0]
    if not first.components:
        return str(first["subject"])
    laid = Counter(r["substrate"] for r in rows if r["substrate"]).most_common(1)
    return "/".join(first.components) + (f" on {laid[0][0]}" if laid else "")


# --- facts ------------------------------------------------------------------------------------------------------------


def _facts(
    own: Sequence[Row], controls: Sequence[Row], twins: Sequence[Row], conductors: Sequence[Row]
) -> Iterator[tuple[str, list[Fact]]]:
    for name, of in priors().inputs.items():
        found = [f for row in (controls if of.control else own) for f in _fact(of, row)]
        if of.control:
            found = [replace(fact, sample="(control)") for fact in found]
        else:
            found += [_carried(f, row) for row in twins for f in _fact(of, row)]
        if name == "conductivity":
            found += [replace(_carried(f, row), bulk=True) for row in conductors for f in _fact(of, row)]
        if found:
            yield name, found


def _carried(fact: Fact, row: Row) -> Fact:
    return replace(fact, origin=CARRIED, sample=f"({row['subject']}, {row['doi'] or row['source']})")


def _fact(of: Input, row: Row) -> Iterator[Fact]:
    """Read a row as a fact of an input; nothing where it is none, or no positive number."""
    metric = row["metric"]
    if metric not in of.metrics or not row["value"] > 0.0:
        return
    if metric == "exchange_current_density" and _TAFEL_UNLESS.search(row["evidence"]):
        return  # impedance says it better than a Tafel line, and stands in the base as a resistance
    fact = Fact(
        value=row["value"], value_max=row["value_max"], qualifier=row["qualifier"], measurement=row["id"],
        current=row["current_density_mA_cm2"], capacity=row["areal_capacity_mAh_cm2"], cycles=row["cycles"],
        cell=row["cell"] or "",
    )  # fmt: skip
    if metric in EFFICIENCIES:
        if max(row["value"], row["value_max"] or 0.0) <= 100.0:
            loss = fact.as_loss()
            yield loss if loss.value > 0.0 else replace(loss, value=ROUNDED_TO_ALL, value_max=None, qualifier="<")
        return
    factor = convert(1.0, row["unit"], of.unit)
    if metric == "shear_modulus":
        poisson = priors().inputs["poisson_ratio"].prior_for({}).median
        factor /= float(shear_modulus(1.0, poisson))
    if metric in DOUBLE or (of.name == "overpotential" and "symmetric" in (row["cell"] or "")):
        factor /= 2.0
    top = None if fact.value_max is None else fact.value_max * factor
    yield replace(fact, value=fact.value * factor, value_max=top)


def _of_conductors(db: sqlite3.Connection, own: Sequence[Row]) -> list[Row]:
    """Read what is known of the pure conductors in a coating: its components, and what it turns into in the cell."""
    inside = {_folded(c) for r in own for c in (*r.components, *json.loads(r["products"]))}
    sample = own[0].sample
    systems = []
    for system in db.execute(statement("systems")):
        made_of = json.loads(system["key"])[0]
        if isinstance(made_of, list) and len(made_of) == 1 and _folded(made_of[0]) in inside:
            systems.append(system["id"])
    rows = [Row.of(r) for r in db.execute(statement("rows_of_systems_papers"), {"systems": json.dumps(systems)})]
    wanted = set(systems)
    return [r for r in rows if r["system_id"] in wanted and r.sample != sample]


def _classes(db: sqlite3.Connection, own: Sequence[Row], others: Iterable[Row]) -> dict[str, str]:
    """Say in what electrolyte the sample was cycled, and whether the coating is a polymer or not at all one."""
    out = {}
    for rows in (own, others):
        told = Counter(r["electrolyte_class"] for r in rows if r["electrolyte_class"]).most_common(1)
        if told:
            out["electrolyte"] = str(told[0][0])
            break
    components = own[0].components
    found = db.execute(statement("classes_of_materials"), {"names": json.dumps(list(components))})
    classes = {r["name"]: r["material_class"] for r in found}
    polymers = [classes.get(c) == "polymer" for c in components]
    if components and all(polymers):
        out["coating"] = "polymer"
    elif components and not any(polymers) and all(classes.get(c) for c in components):
        out["coating"] = "inorganic"
    return out


# --- what was observed ------------------------------------------------------------------------------------------------


_KINDS = ("life", "efficiency", "overpotential")


def _kind(metric: str) -> str:
    return "life" if metric in LIVES else "efficiency" if metric in EFFICIENCIES else "overpotential"


def _observed(own: Sequence[Row]) -> Iterator[Observation]:
    of_plateaus = priors().inputs["overpotential"].metrics
    for row in own:
        metric = row["metric"]
        if metric in (*LIVES, *EFFICIENCIES, *of_plateaus):
            current, capacity = row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"]
            yield Observation(
                metric, row["value"], row["value_max"], row["qualifier"], row["unit"], row["id"], current, capacity,
                censored=_is_censored(row),
                cycles=_life_in_cycles(row, current, capacity),
                conditions=conditions({k: v for k, v in row.columns.items() if k != "electrolyte"}),
            )  # fmt: skip


def _is_censored(row: Row) -> bool:
    """Say whether a life is a least one: "over", "at least", or cycles that a cell is said to have run."""
    return row["metric"] in LIVES and (
        row["qualifier"][0] == ">" or (row["metric"] == "cycle_count" and row["qualifier"][0] != "<")
    )


def _life_in_cycles(row: Row, current: float | None, capacity: float | None) -> float | None:
    if row["metric"] in ("cycle_count", "failure_cycle"):
        return float(row["value"])
    if row["metric"] == "cycling_hours" and current and capacity:
        return float(row["value"] * current / (2.0 * capacity))
    return None
