"""What one document says twice: alike, or not alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kb.audit.findings import Finding
from kb.audit.told import CONDITIONS, TEST, Row, Told, differ, in_words, shared, span

# Of these a sample has one value under one set of conditions; of a capacity it has one for charge, one for discharge.
ONE_VALUE = (
    "coulombic_efficiency", "initial_coulombic_efficiency", "cycling_hours", "failure_cycle", "capacity_retention",
    "capacity_retention_per_cycle", "overpotential", "nucleation_overpotential", "mass_transfer_overpotential",
    "voltage_polarization", "voltage_hysteresis", "exchange_current_density", "elastic_modulus", "shear_modulus",
)  # fmt: skip
ALIKE = 2  # conditions that both must state alike, so that they are of one test


def repeated(told: Told) -> Iterator[Finding]:
    """Find facts that a document states twice, and values of one metric that contradict each other.

    Of one sentence two values are two facts, whatever is known of their conditions.
    """
    for metric, rows in told.metrics():
        if len(rows) < 2:
            continue
        groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in rows:
            groups[row["document_id"], row["sample"], row["is_control"]].append(row)
        for group in groups.values():
            if len(group) > 1:
                yield from _of_one_sample(metric, group)


def _of_one_sample(metric: str, rows: list[Row]) -> Iterator[Finding]:
    told: set[int] = set()
    one_value = metric in ONE_VALUE
    for place, row in enumerate(rows):
        for other in rows[place + 1 :]:
            equal = _equal(row, other) and row["subject"] == other["subject"]
            if not (equal or one_value) or differ(row, other):
                continue
            if equal:
                if other["id"] in told:
                    continue
                told.add(other["id"])
                yield Finding(
                    "duplicate", "note", row["paper_id"], (other["id"], row["id"]),
                    f"{in_words(row)} and {in_words(other)} are of {row['subject']!r}, and no condition differs",
                    "count them as one",
                )  # fmt: skip
            elif row["evidence"] != other["evidence"] and _contradict(row, other):
                yield Finding(
                    "contradiction", "amber", row["paper_id"], (other["id"], row["id"]),
                    f"{in_words(row)} and {in_words(other)} are of one sample, under {_alike(row, other)}",
                    "see which of the two places the paper means; one may be of other conditions",
                )  # fmt: skip


def _equal(row: Row, other: Row) -> bool:
    return bool(
        row["value"] == other["value"] and row["value_max"] == other["value_max"]
        and row["qualifier"] == other["qualifier"] and row["unit"] == other["unit"]
    )  # fmt: skip


def _contradict(row: Row, other: Row) -> bool:
    if row["unit"] != other["unit"] or shared(row, other) < ALIKE or not shared(row, other, TEST):
        return False
    # What each can be, with its rounding: "97.8" and "98" are no contradiction.
    low, high = span(row)
    least, most = span(other)
    return low > most or least > high


def _alike(row: Row, other: Row) -> str:
    from kb.words import conditions

    return conditions({name: row[name] for name in CONDITIONS if row[name] is not None and row[name] == other[name]})
