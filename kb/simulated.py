"""Simulated quantities as criteria of a study: the life of a candidate under a protocol, the energy of its pouch cell.

A life is simulated in chunks of draws, so that candidates, protocols and draws are shared out like the draws of ranks
are; whoever does a chunk, it is the same.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.candidates import Row
from kb.comparison import ENERGY, LIFE, SIMULATION, Compared, Comparison
from kb.lives import Samples, last_calibration, last_fitted
from kb.screening.draws import Study
from kb.screening.given import Fact, Given
from kb.screening.likelihood import Life
from kb.screening.pouch import Layer, energies, pouch, settled
from kb.screening.priors import Distribution, Input
from kb.screening.rank import Candidate, Criterion
from kb.screening.shifted import ELSEWHERE, cells_of, shown
from kb.screening.strata import Stratum
from schema.errors import BadStudy
from schema.statements import statement

if TYPE_CHECKING:
    from kb.studies import Run

Floats = NDArray[np.float64]
Protocol = Mapping[str, float]

DRAWS = 512
CHUNK = 128  # draws of one candidate under one protocol that are simulated at a time
CHUNKS = DRAWS // CHUNK
LEAST_SD = 1e-4
REPORTED_LOG_SD = 0.1  # of a number that a paper states plainly, as of a thickness in priors.toml
PROTOCOL: Protocol = {"current": 1.0, "capacity": 1.0, "lithium": 4.0}


@dataclass(frozen=True)
class Chunk:
    """Lives of some draws of one candidate under one protocol.

    Attributes
    ----------
    number : of the chunk: those of one case follow each other
    hours : float64 array, shape (CHUNK,) [ln h]
    """

    number: int
    hours: Floats


@dataclass(frozen=True)
class Simulations:
    """All that is needed to simulate a chunk anywhere: a process, another machine.

    Attributes
    ----------
    cases : what is known of a candidate, and the test it is put to
    factors : float64 array, shape (1, len(FACTORS)); of the calibration [ln units]
    seed : of the draws
    """

    cases: tuple[tuple[Study, Life], ...]
    factors: Floats
    seed: int

    @property
    def numbers(self) -> range:
        """Numbers of the chunks."""
        return range(len(self.cases) * CHUNKS)

    def __call__(self, number: int) -> Chunk:
        """Simulate one chunk."""
        case, part = divmod(number, CHUNKS)
        known, life = self.cases[case]
        these = slice(part * CHUNK, (part + 1) * CHUNK)
        return Chunk(number, shown(life, cells_of(life, known, self.seed, DRAWS, these), self.factors)[0])

    def lives(self, run: Run) -> list[Floats]:
        """Simulate all, each case as one array of shape (DRAWS,) [ln h]."""
        chunks = sorted(run(self, self.numbers), key=lambda chunk: chunk.number)
        hours = np.array([chunk.hours for chunk in chunks])
        return list(hours.reshape(-1, DRAWS))


def with_simulated(
    db: sqlite3.Connection,
    comparison: Comparison,
    criteria: Sequence[Criterion],
    protocols: Sequence[Protocol],
    cell: Mapping[str, float | str],
    seed: int,
    run: Run,
) -> list[Comparison]:
    """Add simulated criteria to a comparison, in the order of ``criteria``; one comparison for each protocol.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    comparison : of the criteria that are measured
    criteria : all, measured and simulated
    protocols : current, capacity and lithium of each test [mA/cm^2, mAh/cm^2, mAh/cm^2]
    cell : what a study says of the pouch cell
    seed : of the draws
    run : runs chunks (:mod:`kb.shares`)

    Raises
    ------
    BadStudy
        Where lives are asked for and the simulator has not been calibrated on this base, or was no better than the
        baselines.
    """
    asked = {c.metric for c in criteria}
    factors = _factors(db) if LIFE in asked else None
    rows = [_row_of(db, candidate) for candidate in comparison.candidates]
    samples = Samples(db)
    studies = [samples.study(row) for row in rows]
    strata = {**comparison.strata, **{c.metric: Stratum() for c in criteria if c.metric in (LIFE, ENERGY)}}
    energy: list[Compared] = []
    layers: tuple[Layer, ...] = ()
    if ENERGY in asked:
        inputs = settled(cell)
        layers = tuple(layer_of(db, row, of) for row, of in zip(rows, studies, strict=True))
        energy = [_energy(inputs, layer, seed) for layer in layers]
    lives: Iterator[Floats] = iter(())
    if factors is not None:
        cases = tuple((of, life_under(protocol)) for protocol in protocols for of in studies)
        lives = iter(Simulations(cases, factors, seed).lives(run))
    out = []
    for _ in protocols:
        effects = []
        for i, measured in enumerate(comparison.effects):
            own = iter(measured)
            found = {LIFE: _life(next(lives)) if factors is not None else None, ENERGY: energy[i] if energy else None}
            effects.append(tuple(found.get(c.metric) or next(own) for c in criteria))
        out.append(replace(comparison, criteria=tuple(criteria), effects=tuple(effects), strata=strata, layers=layers))
    return out


def life_under(protocol: Protocol) -> Life:
    """Give the test of a protocol; what it leaves out is 1 mA/cm^2, 1 mAh/cm^2 and 4 mAh/cm^2 of lithium."""
    current, capacity, lithium = ({**PROTOCOL, **protocol}[name] for name in PROTOCOL)
    return Life("", 0.0, 0.0, current, capacity, lithium=max(lithium, capacity), cell=ELSEWHERE)


def _factors(db: sqlite3.Connection) -> Floats:
    fitted = last_fitted(db)
    if fitted is None:
        raise BadStudy(f"no ranking uses the simulator: it {_why_not(db)} (kb calibrate); take {LIFE} out of the study")
    return fitted.posterior.mean[None, :]


def _why_not(db: sqlite3.Connection) -> str:
    kept = last_calibration(db)
    if kept is None:
        return "has not been calibrated on twenty lives"
    if not kept["beats"]:
        return "was no better than the baselines"
    return "was calibrated with other priors, or by another version"


def _row_of(db: sqlite3.Connection, candidate: Candidate) -> Row:
    ids = [o.measurement for o in candidate.observations.values()]
    return Row.of(db.execute(statement("measurements_of_ids"), {"ids": json.dumps(ids)}).fetchone())


def _life(hours: Floats) -> Compared:
    middle, sd = float(hours.mean()), max(float(hours.std()), 0.01)
    return Compared(middle, middle, sd, SIMULATION, None, f"simulated {math.exp(middle):.0f} h")


# --- the pouch cell ---------------------------------------------------------------------------------------------------


def layer_of(db: sqlite3.Connection, row: Row, of: Study) -> Layer:
    """Put together what the base knows of the layer of a candidate.

    Its thickness is that of the simulator, or of the membrane it is; its density that of its materials, where the base
    has it of each; its porosity that of the sample.  What is not known is drawn (``schema/pouch.toml``).

    Parameters
    ----------
    row : of the candidate
    of : what is known of it, from :class:`kb.lives.Samples`
    """
    assumed, strategy = pouch(), row["strategy"]
    kind = assumed.thickness.get(strategy, "coating")
    thickness = of.inputs["thickness"].distribution
    if kind in ("membrane", "reported"):
        own = _reported(db, row, "membrane_thickness", assumed.membrane)
        is_coating = own == assumed.membrane and of.inputs["thickness"].given is not None
        thickness = thickness if is_coating else own
        if kind == "reported" and thickness == assumed.membrane:
            kind = "none"
    density = assumed.density.get(of.classes.get("coating", ""), assumed.density[""])
    return Layer(
        None if kind == "none" else thickness,
        _density(db, row, density),
        _reported(db, row, "porosity", assumed.porosity, scale=0.01),
        assumed.replaces.get(strategy, ()) if kind != "none" else (),
        of.name,
    )


def _reported(db: sqlite3.Connection, row: Row, metric: str, prior: Distribution, scale: float = 1.0) -> Distribution:
    """Give what a paper says of a sample as a distribution; the prior where it says nothing."""
    asked = {"metric": metric, "paper_id": row["paper_id"], "components": row["components"]}
    facts = [
        Fact(r["value"] * scale, None if r["value_max"] is None else r["value_max"] * scale, r["qualifier"])
        for r in db.execute(statement("values_of_sample"), asked)
    ]
    told = sorted(facts, key=lambda fact: fact.is_bound)
    facts = [fact for fact in told if fact.is_bound == told[0].is_bound]
    of = Input(metric, "", "", "candidate", prior.least, prior.most, spread=REPORTED_LOG_SD)
    return Given(tuple(facts)).distribution(of, prior, 0.0) if facts else prior


def _density(db: sqlite3.Connection, row: Row, prior: Distribution) -> Distribution:
    """Give the density of what a layer is made of, where the base has that of each of its materials [g/cm^3]."""
    asked = {"metric": "density", "materials": json.dumps(row.components)}
    told: dict[str, list[float]] = defaultdict(list)
    for found in db.execute(statement("values_of_materials"), asked):
        told[found["material"]].append(found["value"])
    if not row.components or {*told} != {*row.components}:
        return prior
    facts = tuple(Fact(value) for values in told.values() for value in values)
    of = Input("density", "", "g/cm^3", "candidate", prior.least, prior.most, spread=REPORTED_LOG_SD)
    return Given(facts).distribution(of, prior, 0.0)


def _energy(cell: Mapping[str, float], layer: Layer, seed: int) -> Compared:
    """Compare a cell with a layer with the same cell without it."""
    found = energies(cell, layer.masses(DRAWS, seed), layer.replaces)
    without = float(energies(cell, np.zeros(1))[0])
    logs = np.log(found / without)
    middle, sd = float(logs.mean()), max(float(logs.std()), LEAST_SD)
    told = f"simulated {without * math.exp(middle):.0f} Wh/kg, x{math.exp(middle):.3f} of the cell without it"
    return Compared(middle, middle, sd, SIMULATION, None, told)
