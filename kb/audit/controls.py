"""Controls that are better than what they are the control of."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from kb.audit.findings import Finding
from kb.audit.told import TEST, WHEN, Row, Told, differ, in_words, ratio, shared, span, times, work_of
from schema.vocabulary import vocabulary

# What a protection is made to better; of its making, or of a bulk property, nothing follows.
RESULTS = (
    "coulombic_efficiency", "cycling_hours", "cycle_count", "failure_cycle", "overpotential",
    "nucleation_overpotential", "mass_transfer_overpotential", "voltage_polarization", "voltage_hysteresis",
    "charge_transfer_resistance", "interfacial_resistance", "capacity_retention", "capacity_retention_per_cycle",
)  # fmt: skip
EFFICIENCIES = ("coulombic_efficiency", "capacity_retention_per_cycle")  # told by what is lost
SLIGHT, MUCH = 1.05, 2.0


def control_better(told: Told) -> Iterator[Finding]:
    """Find results in which a control beats the sample, in the same cell and test, by more than a rounding.

    Most often the two were swapped when the sentence was read, or they were tested under other conditions.
    """
    known = vocabulary().metrics
    for metric in RESULTS:
        rows = told.of(metric)
        controls: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in rows:
            if row["is_control"]:
                controls[row["document_id"], work_of(row)].append(row)
        if not controls:
            continue
        higher = known[metric].better == "higher"
        conditions = (*TEST, *_when(metric))
        for row in rows:
            if row["is_control"]:
                continue
            own = controls.get((row["document_id"], work_of(row)), ())
            fit = [c for c in own if c["cell"] == row["cell"] and not differ(row, c, conditions)]
            best = max(fit, key=lambda c: (shared(row, c), -c["id"]), default=None)
            if best is not None and (found := _inverted(row, best, metric, higher)) is not None:
                yield found


def _when(metric: str) -> tuple[str, ...]:
    # Over how many cycles an average is given is no condition of it; at which one a value was read is.
    return ("at_cycle",) if metric == "coulombic_efficiency" else WHEN


def _inverted(row: Row, control: Row, metric: str, higher: bool) -> Finding | None:
    mine, theirs = span(row), span(control)
    # The end of each that speaks for the sample.
    best, least = (mine[1], theirs[0]) if higher else (mine[0], theirs[1])
    if metric in EFFICIENCIES:
        best, least, higher = 100 - best, 100 - least, False
    if not (0 < best < math.inf and 0 < least < math.inf):
        return None
    off = ratio(least, best) if higher else ratio(best, least)
    if off <= SLIGHT:
        return None
    what = " in what is lost" if metric in EFFICIENCIES else ""
    return Finding(
        "control_better", "amber" if off > MUCH else "note", row["paper_id"], (row["id"], control["id"]),
        f"{metric.replace('_', ' ')} of the control is {in_words(control)}, of {row['subject']!r} {in_words(row)}: "
        f"{times(off)} worse{what}",
        "see in the sentence which of the two is the control, and whether both are of one test",
        round(off, 3),
    )  # fmt: skip
