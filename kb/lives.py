"""The lives a base knows, each with its simulation: what the simulator is calibrated on (``kb calibrate``)."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.candidates import Row
from kb.comparison import second_hand
from kb.screening.calibrate import CELLS, FEWEST_LIVES, SHIFTED, Calibration, Life, calibrate
from kb.screening.cycling import PARAMETERS, Protocol, simulate_cells
from kb.screening.draws import Study, study
from kb.screening.electrode import MOST_LOSS
from schema.errors import AmbiguousCandidate, UnknownCandidate
from schema.statements import statement

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]

# In the order of how well they tell a life; a count of cycles is one a cell has run, not one at which it failed.
LIFE_METRICS = ("cycling_hours", "failure_cycle", "cycle_count")
EFFICIENCY = "coulombic_efficiency"
LITHIUM = 4.0  # mAh/cm^2 on the anode: papers rarely say (as of the simulator's protocol)
MOST_CYCLES = 5000
LEAST_CYCLES = 0.5  # of a cell that fails in its first


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
            name="/".join(row.components) or str(row["subject"]), measurement=row["id"],
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


def study_of_row(db: sqlite3.Connection, row: Row) -> Study:
    """Put together what the base knows of the sample of a life, for the simulator; of a control, its electrolyte."""
    from kb.reported import reported
    from kb.screening.given import pooled

    electrolyte = {"electrolyte": row["electrolyte_class"]} if row["electrolyte_class"] else {}
    name = "/".join(row.components) or str(row["subject"])
    if row["is_control"]:
        return study(classes=electrolyte, name=f"control {row['source']}")
    try:
        known = reported(db, name, row["doi"] or row["source"])
    except (UnknownCandidate, AmbiguousCandidate):
        # One name of several samples, or of a cited work: what is reported cannot be told apart, so the priors hold.
        return study(classes=electrolyte, name=f"{name} {row['source']}")
    current, capacity = row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"]
    given = {key: one for key, facts in known.facts.items() if (one := pooled(facts, current, capacity)) is not None}
    return study(given, classes={**known.classes, **electrolyte}, name=f"{known.name} {known.paper}")


def simulated_life(of: Study, life: Life, shifts: Floats, seed: int = 0, cells: int = CELLS) -> Floats:
    """Simulate the cells of a life under each particle.

    Parameters
    ----------
    of : what is known of the sample
    life : under whose test
    shifts : float64 array, shape (k, len(SHIFTED)) [ln units]
    cells : how many under each particle; they are the same under all

    Returns
    -------
    float64 array, shape (k, cells)
        ln hours.
    """
    protocol = Protocol(capacity=life.capacity, current=life.current, lithium=life.lithium)
    made = of.coatings(of.draw(cells, seed), protocol).coatings
    if life.is_control:
        made |= {"dead_coated": made["dead_bare"], "exchange_coated": made["exchange_bare"]}
        made |= {name: np.zeros(cells) for name in ("coating_resistance", "suppression")}
    k = len(shifts)
    coatings = {name: np.tile(array, k) for name, array in made.items()}
    factors = dict(zip(SHIFTED, np.repeat(np.exp(shifts), cells, axis=0).T, strict=True))
    # A loss that was measured on the sample itself is not moved by a factor on the prior.
    dead = factors["dead_bare"] if not {"loss", "loss_bare"} & {*of.inputs} else np.ones(k * cells)
    for name, factor in (("dead_bare", dead), ("dead_coated", dead),
                         *((name, factors[name]) for name in SHIFTED[1:])):  # fmt: skip
        coatings[name] = np.minimum(coatings[name] * factor, PARAMETERS[name].high)
    hottest = (life.current * (1 + coatings["hot_spot"]) / coatings["rate_current"]) ** coatings["rate_exponent"]
    for name in ("dead_bare", "dead_coated"):
        coatings[name] = np.minimum(coatings[name], MOST_LOSS / (1 + hottest))
    lived = simulate_cells(coatings, protocol, MOST_CYCLES, precision="single", method="macro").cycles
    out: Floats = np.log(np.maximum(lived, LEAST_CYCLES) * protocol.period).reshape(k, cells)
    return out


def calibrate_base(db: sqlite3.Connection, seed: int = 0) -> tuple[Calibration, list[Life]]:
    """Calibrate the simulator on the lives of a base."""
    found = read_lives(db)
    lives = [life for life, _ in found]
    studies = {id(life): study_of_row(db, row) for life, row in found}

    def forward(life: Life, shifts: Floats) -> Floats:
        return simulated_life(studies[id(life)], life, shifts, seed)

    return calibrate(lives, forward, seed), lives


def report(of: Calibration) -> dict[str, Any]:
    """Give a calibration as plain numbers."""

    def plain(score: Any) -> dict[str, Any]:
        shares = {f"{100 * share:g}%": value for share, value in score.coverage.items()}
        return {"lives": score.lives, "crps": score.crps, "coverage": shares}

    return {
        "lives": of.lives, "ended": of.ended, "papers": of.papers, "controls": of.controls,
        "factors": {name: list(q) for name, q in of.factors.items()}, "effective_particles": of.effective,
        "held_out": plain(of.simulator) if of.simulator else None,
        "baselines": {
            name: {"simulator": plain(ours), "baseline": plain(theirs)} for name, (ours, theirs) in of.against.items()
        },
        "rank_correlation": of.correlation, "beats_baselines": of.beats,
    }  # fmt: skip


def report_lines(of: Calibration) -> list[str]:
    """Say a calibration in plain words."""
    lines = [
        f"{of.lives} lives with known current and capacity ({of.ended} ended, {of.controls} of controls), "
        f"from {of.papers} {'paper' if of.papers == 1 else 'papers'}."
    ]
    if of.simulator is None:
        lines.append(f"Below {FEWEST_LIVES} lives: no coverage is given, nothing is kept, and no ranking uses a life.")
        return lines
    lines.append("Factors on the priors, 50 % (5 to 95 %):")
    lines += [f"  {name}  {q[1]:.2f} ({q[0]:.2f} to {q[2]:.2f})" for name, q in of.factors.items()]
    lines.append(f"On papers held out, {of.simulator.lives} lives that ended:")
    told = ", ".join(f"{100 * s:.0f} % intervals hold {100 * c:.0f} %" for s, c in of.simulator.coverage.items())
    lines.append(f"  {told}; CRPS {of.simulator.crps:.2f} in ln hours")
    for name, (ours, theirs) in of.against.items():
        better = "better" if ours.crps < theirs.crps else "NOT better"
        lines.append(f"  against {name}: CRPS {ours.crps:.2f} to {theirs.crps:.2f} on {ours.lives} lives: {better}")
    if of.correlation is not None:
        lines.append(f"  rank correlation of simulated and observed ratios to the control: {of.correlation:+.2f}")
    if not of.against:
        lines.append("No baseline could be compared, so no ranking uses simulated lives.")
    elif not of.beats:
        lines.append("The simulator does not beat the baselines: no ranking uses it.")
    return lines


def store_calibration(db: sqlite3.Connection, of: Calibration, lives: Sequence[Life], seed: int) -> None:
    """Keep a calibration in the base, with the lives it rests on."""
    from kb.studies import fingerprint
    from kb.writing import plain

    row = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "fingerprint": fingerprint(db), "seed": seed,
        "factors": json.dumps({name: list(q) for name, q in of.factors.items()}),
        "scores": json.dumps(plain(report(of))),
        "measurements": json.dumps([life.measurement for life in lives]), "beats": of.beats,
    }  # fmt: skip
    with db:
        db.execute(statement("new_calibration"), row)


def last_calibration(db: sqlite3.Connection) -> Mapping[str, Any] | None:
    """Give what the last calibration came to; None where there was none."""
    row = db.execute(statement("last_calibration")).fetchone()
    return None if row is None else {**dict(row), "scores": json.loads(row["scores"]), "beats": bool(row["beats"])}
