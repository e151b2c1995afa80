"""The lives a base knows, and the calibration of the simulator on them (``kb calibrate``)."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.candidates import Row
from kb.comparison import second_hand
from kb.screening.calibrate import FEW_PARTICLES, FEWEST_LIVES, Calibration, calibrate
from kb.screening.draws import Study, study
from kb.screening.likelihood import Life, Record
from kb.screening.posterior import FACTORS, Normal
from kb.screening.priors import priors
from kb.screening.shifted import cells_of, shown
from schema.errors import AmbiguousCandidate, UnknownCandidate
from schema.statements import statement

if TYPE_CHECKING:
    from kb.reported import Reported

Floats = NDArray[np.float64]

# In the order of how well they tell a life; a count of cycles is one a cell has run, not one at which it failed.
LIFE_METRICS = ("cycling_hours", "failure_cycle", "cycle_count")
EFFICIENCY = "coulombic_efficiency"
LITHIUM = 4.0  # mAh/cm^2 on the anode: papers rarely say (as of the simulator's protocol)
CAPACITY = 1.0  # mAh/cm^2 of a test, where a paper does not say


def read_lives(db: sqlite3.Connection) -> list[tuple[Life, Row]]:
    """Read the lives whose current and areal capacity are known, one a sample, paper and test.

    Returns
    -------
    list of the life and the row it stands in; controls before what they are the control of
    """
    asked = {"metrics": json.dumps([*LIFE_METRICS, EFFICIENCY]), "least": 0.0}
    rows = [Row.of(row) for row in db.execute(statement("comparable_rows"), asked)]
    twice = second_hand(db)
    best: dict[Hashable, Row] = {}
    efficiencies: dict[Hashable, float] = {}
    for row in rows:
        current, capacity = row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"]
        if row["metric"] == EFFICIENCY:
            efficiencies.setdefault((row.work, row.sample), row["value"] / 100)
        elif current and capacity and row["value"] > 0 and row["id"] not in twice:
            key = (row.work, row.sample, bool(row["is_control"]), current, capacity, row["cell"])
            if key not in best or _order(row) < _order(best[key]):
                best[key] = row
    found = sorted(best.values(), key=lambda row: (not row["is_control"], row["source"], row["id"]))
    controls: dict[Hashable, int] = {}
    places: dict[int, int] = {}
    out: list[tuple[Life, Row]] = []
    for row in found:
        test = (row.work, row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"], row["cell"])
        if row["is_control"]:
            controls.setdefault(test, len(out))
            places[row["id"]] = len(out)
        low, high = _ends(row)
        life = Life(
            paper=str(row["doi"] or row["title"] or row["source"]), low=low, high=high,
            current=row["current_density_mA_cm2"], capacity=row["areal_capacity_mAh_cm2"],
            control=None if row["is_control"] else places.get(row["control_id"], controls.get(test)),
            is_control=bool(row["is_control"]),
            efficiency=efficiencies.get((row.work, row.sample)), lithium=max(LITHIUM, row["areal_capacity_mAh_cm2"]),
            cell=row["cell"] or "", name="/".join(row.components) or str(row["subject"]), measurement=row["id"],
        )  # fmt: skip
        out.append((life, row))
    return out


def _order(row: Row) -> tuple[int, bool, float, int]:
    return LIFE_METRICS.index(row["metric"]), bool(row.flags), -row["confidence"], row["id"]


def _ends(row: Row) -> tuple[float, float]:
    """Give the ends of ln hours; open above where the cell had not failed yet."""
    period = 2.0 * row["areal_capacity_mAh_cm2"] / row["current_density_mA_cm2"]
    scale = 1.0 if row["metric"] == "cycling_hours" else period
    low = math.log(row["value"] * scale)
    high = math.log((row["value_max"] or row["value"]) * scale)
    if row["qualifier"].startswith("<"):
        return -math.inf, high
    survived = row["qualifier"].startswith(">") or row["metric"] == "cycle_count"
    return low, math.inf if survived else high


class Samples:
    """What a base knows of the samples of rows, for the simulator; each is looked up once.

    Parameters
    ----------
    db : from :func:`kb.connection.open_base`
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[tuple[str, str], Reported | None] = {}

    def study(self, row: Row, without: Collection[str] = ()) -> Study:
        """Put together what is known of the sample of a row; of a control, its electrolyte.

        Parameters
        ----------
        row : of measurement_view
        without : inputs whose reports are left out, because a record of them is what is to be predicted
        """
        from kb.screening.given import pooled

        electrolyte = {"electrolyte": row["electrolyte_class"]} if row["electrolyte_class"] else {}
        name = "/".join(row.components) or str(row["subject"])
        if row["is_control"]:
            return study(classes=electrolyte, name=f"control {row['source']}")
        known = self._reported(name, row["doi"] or row["source"])
        if known is None:
            return study(classes=electrolyte, name=f"{name} {row['source']}")
        current, capacity = row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"] or CAPACITY
        told = {key: facts for key, facts in known.facts.items() if key not in without}
        given = {key: one for key, facts in told.items() if (one := pooled(facts, current, capacity)) is not None}
        return study(given, classes={**known.classes, **electrolyte}, name=f"{known.name} {known.paper}")

    def _reported(self, name: str, paper: str) -> Reported | None:
        from kb.reported import reported

        if (name, paper) not in self._known:
            try:
                self._known[name, paper] = reported(self._db, name, paper)
            except (UnknownCandidate, AmbiguousCandidate):
                # One name of several samples, or of a cited work: what is reported cannot be told apart, so the
                # priors hold.
                self._known[name, paper] = None
        return self._known[name, paper]


def calibrate_base(db: sqlite3.Connection, seed: int = 0) -> tuple[Calibration, list[Record]]:
    """Calibrate the simulator on the lives, efficiencies and overpotentials of a base.

    Returns
    -------
    what it came to, and the records it rests on
    """
    from kb.readings import DISPLACED, read_readings

    samples, found, young = Samples(db), read_lives(db), read_readings(db)
    cells = {id(life): cells_of(life, samples.study(row), seed) for life, row in found}
    cells |= {id(reading): cells_of(reading, samples.study(row, DISPLACED), seed) for reading, row in young}

    def forward(record: Record, particles: Floats) -> Floats:
        return shown(record, cells[id(record)], particles)

    lives, readings = [life for life, _ in found], [reading for reading, _ in young]
    return calibrate(lives, forward, seed, readings), [*lives, *readings]


def report(of: Calibration) -> dict[str, Any]:
    """Give a calibration as plain numbers."""

    def plain(score: Any) -> dict[str, Any]:
        shares = {f"{100 * share:g}%": value for share, value in score.coverage.items()}
        return {"lives": score.lives, "crps": score.crps, "coverage": shares}

    return {
        "lives": of.lives, "ended": of.ended, "papers": of.papers, "controls": of.controls,
        "efficiencies": of.efficiencies, "overpotentials": of.overpotentials,
        "factors": {name: list(q) for name, q in of.factors.items()}, "effective_particles": of.effective,
        "held_out": plain(of.simulator) if of.simulator else None,
        "held_out_by_lives_alone": plain(of.lives_alone) if of.lives_alone else None,
        "baselines": {
            name: {"simulator": plain(ours), "baseline": plain(theirs)} for name, (ours, theirs) in of.against.items()
        },
        "rank_correlation": of.correlation, "beats_baselines": of.beats,
    }  # fmt: skip


_WORDS = {
    "dead_bare": "lithium that dies on a bare surface", "dead_polymer": "lithium that dies under polymers",
    "dead_inorganic": "lithium that dies under inorganic coatings",
    "dead_other": "lithium that dies under other coatings", "damage_rate": "damage of a cycle",
    "crack_growth": "SEI that repairs cracks", "exchange": "exchange current densities",
    "copper": "loss on copper over that in other cells",
}  # fmt: skip


def report_lines(of: Calibration) -> list[str]:
    """Say a calibration in plain words."""
    lines = [
        f"{of.lives} lives with known current and capacity ({of.ended} ended, {of.controls} of controls), "
        f"from {of.papers} {'paper' if of.papers == 1 else 'papers'}.",
        f"Beside them: {of.efficiencies} efficiencies, {of.overpotentials} overpotentials.",
    ]
    if of.simulator is None:
        lines.append(f"Below {FEWEST_LIVES} lives: no coverage is given, nothing is kept, and nothing uses a life.")
        return lines
    lines.append("Factors on the priors, 50 % (5 to 95 %):")
    lines += [f"  {name}  {q[1]:.2f} ({q[0]:.2f} to {q[2]:.2f})  {_WORDS[name]}" for name, q in of.factors.items()]
    if of.effective < FEW_PARTICLES:
        lines.append(f"  rough: the particles are as good as {of.effective:.0f}")
    lines.append(f"On papers held out, {of.simulator.lives} lives that ended:")
    told = ", ".join(f"{100 * s:.0f} % intervals hold {100 * c:.0f} %" for s, c in of.simulator.coverage.items())
    lines.append(f"  {told}; CRPS {of.simulator.crps:.2f} in ln hours")
    if of.lives_alone is not None:
        told = _compared(of.simulator.crps, of.lives_alone.crps)
        lines.append(f"  fitted to lives alone: CRPS {of.lives_alone.crps:.2f}; with the rest it is {told}")
    for name, (ours, theirs) in of.against.items():
        better = "better" if ours.crps < theirs.crps else "NOT better"
        lines.append(f"  against {name}: CRPS {ours.crps:.2f} to {theirs.crps:.2f} on {ours.lives} lives: {better}")
    if of.correlation is not None:
        lines.append(f"  rank correlation of simulated and observed ratios to the control: {of.correlation:+.2f}")
    if not of.against:
        lines.append("No baseline could be compared, so nothing uses simulated lives.")
    elif not of.beats:
        lines.append("The simulator does not beat the baselines: no ranking uses it, and kb simulate keeps its priors.")
    return lines


def _compared(ours: float, theirs: float) -> str:
    if abs(ours - theirs) < 0.005:
        return "as good"
    return "better" if ours < theirs else "WORSE"


def store_calibration(db: sqlite3.Connection, of: Calibration, records: Sequence[Record], seed: int) -> None:
    """Keep a calibration in the base, with the records it rests on."""
    from kb.studies import fingerprint
    from kb.writing import plain

    posterior = {"factors": FACTORS, "mean": of.posterior.mean.tolist(), "covariance": of.posterior.covariance.tolist()}
    row = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "fingerprint": fingerprint(db), "seed": seed,
        "factors": json.dumps({name: list(q) for name, q in of.factors.items()}),
        "scores": json.dumps(plain(report(of))), "posterior": json.dumps(posterior), "priors": priors().fingerprint,
        "measurements": json.dumps([record.measurement for record in records]), "beats": of.beats,
    }  # fmt: skip
    with db:
        db.execute(statement("new_calibration"), row)


def last_calibration(db: sqlite3.Connection) -> Mapping[str, Any] | None:
    """Give what the last calibration came to; None where there was none."""
    row = db.execute(statement("last_calibration")).fetchone()
    return None if row is None else {**dict(row), "scores": json.loads(row["scores"]), "beats": bool(row["beats"])}


@dataclass(frozen=True)
class Fitted:
    """A calibration that is good enough to draw from: its factors, on how many lives it rests, when it was made."""

    posterior: Normal
    lives: int
    made_at: str


def last_fitted(db: sqlite3.Connection) -> Fitted | None:
    """Give the last calibration, to draw from.

    None where it did not beat the baselines, where it moved other priors than those in force, or where there was none.
    """
    kept = last_calibration(db)
    if kept is None or not kept["beats"] or kept["priors"] != priors().fingerprint:
        return None
    told = json.loads(kept["posterior"])
    if tuple(told["factors"]) != FACTORS:  # fitted by another version, which had others
        return None
    posterior = Normal(np.array(told["mean"]), np.array(told["covariance"]))
    return Fitted(posterior, kept["scores"]["lives"], kept["made_at"])
