"""Values of one metric in one paper that lie a slip of the unit apart, though each alone is a usual one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kb.audit.findings import Finding
from kb.audit.gates import Gate, gates
from kb.audit.told import Row, Told, differ, in_words, measured

NEAR = 5.0  # a value that is mended lies within this factor of those that it is mended by


def slipped(told: Told) -> Iterator[Finding]:
    """Find values that lie a slip of the unit from all else that the paper says of the metric under no other condition.

    Only of metrics that are ``steady``: a coating betters a resistance by a factor of some ten, not of a thousand.
    What one sentence compares is in one unit, and is let be.  Of two values the less usual one is doubted.
    """
    of_metrics, _ = gates()
    for metric, rows in told.metrics():
        gate = of_metrics.get(metric)
        if gate is None or not gate.steady:
            continue
        usual = [row for row in rows if gate.usual[0] <= row["value"] <= gate.usual[1]]
        sizes = [row["value"] for row in usual]
        if len(sizes) < 2 or max(sizes) < min(sizes) * min(gate.slips) / NEAR:
            continue
        apart = [(row, others, slip) for row in usual for others in [_comparable(row, usual)]
                 if (slip := _slip(row, others, gate))]  # fmt: skip
        if apart:
            middle = math.sqrt(gate.usual[0] * gate.usual[1])
            row, others, slip = max(apart, key=lambda found: abs(math.log(found[0]["value"] / middle)))
            yield _finding(row, others[0], slip)


def _comparable(row: Row, rows: Sequence[Row]) -> list[Row]:
    return [
        other for other in rows
        if other["evidence"] != row["evidence"] and other["unit"] == row["unit"] and not differ(row, other)
    ]  # fmt: skip


def _slip(row: Row, others: Sequence[Row], gate: Gate) -> float:
    """Give the factor by which a value lies above all others (below one: beneath them); 0 where there is none."""
    for slip in gate.slips if others else ():
        for factor in (slip, 1 / slip):
            if all(1 / NEAR <= row["value"] / (other["value"] * factor) <= NEAR for other in others):
                return factor
    return 0.0


def _finding(row: Row, other: Row, factor: float) -> Finding:
    how = f"divided by {factor:g}" if factor > 1 else f"times {1 / factor:g}"
    said = f"{in_words(row)}, where the paper has {in_words(other)} too; {how} it is like that, "
    said += measured(row["value"] / factor, row["unit"])
    repair = f"see whether “{row['unit_reported'] or 'no unit'}” or that of the other is a misprint or was misread"
    off = max(row["value"] / other["value"], other["value"] / row["value"])
    return Finding("unit_suspect", "amber", row["paper_id"], (row["id"], other["id"]), said, repair, round(off, 3))
