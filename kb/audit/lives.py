"""Lives against what else the paper says: its Coulombic efficiency and lithium, its cycles and current density."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.audit.findings import Finding
from kb.audit.told import (
    MOST,
    Row,
    Told,
    by_sample,
    differ,
    digits_after_point,
    highest,
    in_words,
    measured,
    ratio,
    sample_of,
    shared,
    times,
)

LIVES = ("cycling_hours", "cycle_count", "failure_cycle")
TEST = ("current_density_mA_cm2", "areal_capacity_mAh_cm2", "electrolyte_class", "temperature_C")
# What is said of lithium that a cell is given once, and lives on; other areal capacities are what is cycled.
_GIVEN_ONCE = re.compile(
    r"\bpre-?\s?(deposit|plat|lithiat|stor|load)|\breceiv\w* lithium|\b(lithium|Li) (foil|inventory|reserve|excess)"
    r"|\blimited (lithium|Li)\b|\binfus",
    re.IGNORECASE,
)
_LITHIATED = re.compile(r"\b(LFP|NCM|NMC|NCA|LCO|LMO|LNMO|LiFePO4|LiCoO2|LiNi|LiMn)", re.IGNORECASE)
_BARE_CATHODE = re.compile(r"\b(LTO|sulfur|sulphur|S|O2|air|SPAN|Li4Ti5O12)\b", re.IGNORECASE)


def efficiency_against_life(told: Told) -> Iterator[Finding]:
    """Find lives that the Coulombic efficiency does not allow: the lithium a cell may lose, over what a cycle loses.

    Only where the paper says how much lithium the cell was given, and nothing that both state of the test differs.
    The two are never averaged: copper may lose more than the cell that was tested for its life, dead lithium may come
    back, a soft short hides all losses.

    References
    ----------
    docs/audits.md; docs/models.md a1, rule A1.
    """
    efficiencies = [r for r in told.of("coulombic_efficiency") if _bounds_a_loss(r)]
    if not efficiencies:
        return
    lives = [r for r in told.of(*LIVES) if not r["qualifier"].startswith("<") and r["value"] > 0]
    of_samples = by_sample(efficiencies)
    given = [
        r for r in told.of("lithium_excess", "areal_capacity")
        if r["metric"] == "lithium_excess" or _GIVEN_ONCE.search(r["evidence"])
    ]  # fmt: skip
    for life in lives:
        spare = _spare_lithium(life, given)
        mine = [r for r in of_samples.get(sample_of(life), ()) if not differ(life, r, TEST)] if spare else []
        if spare is not None and mine:
            # The fullest agreement, then the efficiency that was kept longest, then that of the longest life.
            best = max(mine, key=lambda r: (shared(life, r, TEST[:2]), r["cycles"] or 0.0, r["value"], -r["id"]))
            yield from _against(life, best, spare)


def _bounds_a_loss(row: Row) -> bool:
    """Say whether an efficiency, of lithium plated and stripped, tells at least what is lost."""
    in_full_cell = (row["cell"] or "").startswith(("full", "pouch"))
    one_cycle = row["at_cycle"] is not None and row["at_cycle"] <= 1
    return (
        not in_full_cell
        and not one_cycle
        and not row["qualifier"].startswith(">")
        and row["value"] > 0
        and highest(row) < 100
    )


def _against(life: Row, of: Row, spare: Spare) -> Iterator[Finding]:
    from kb.screening.models import consistency_flag, cycles_before_fade, cycles_in_hours, hours_ratio

    efficiency = highest(of)
    capacity, electrodes = spare.capacity, spare.electrodes
    allowed = float(cycles_before_fade(spare.lithium, capacity, efficiency / 100, electrodes))
    current = life["current_density_mA_cm2"]
    if life["metric"] != "cycling_hours":
        ran, reported = life["value"], f"reported are {in_words(life)}"
    elif current and current > 0:
        ran = float(cycles_in_hours(life["value"], capacity, current))
        period = f"{measured(current, 'mA/cm^2')} / (2 x {measured(capacity, 'mAh/cm^2')})"
        reported = f"{in_words(life)} x {period} = {measured(ran, '')}"
    else:
        return
    off = min(float(hours_ratio(ran, allowed)), MOST)
    # What rounding hides speaks for the paper.
    best = min(efficiency + 0.5 * 10.0 ** -digits_after_point(of), 99.999)
    least = float(hours_ratio(ran, cycles_before_fade(spare.lithium, capacity, best / 100, electrodes)))
    severity = str(consistency_flag(least))
    if severity not in ("amber", "red"):
        return
    loss = electrodes * capacity * (1 - efficiency / 100)
    lost = f"{'2 x ' if electrodes == 2 else ''}{measured(capacity, '')} x (1 - {measured(efficiency / 100, '')})"
    yield Finding(
        "ce_against_life", severity, life["paper_id"], (life["id"], of["id"], *spare.source),
        f"{spare.how} = {measured(spare.lithium, 'mAh/cm^2')} may be lost, at {in_words(of)} {lost} = "
        f"{measured(loss, 'mAh/cm^2')} a cycle: {measured(allowed, '')} cycles; {reported} cycles: {times(off)}",
        "see that both are of one cell; then keep them apart, as copper loses more than the cell did, or a soft short "
        "hid the losses",
        round(off, 3),
    )  # fmt: skip


@dataclass(frozen=True)
class Spare:
    """The lithium that a cell may lose.

    Attributes
    ----------
    lithium, capacity : what may be lost, what is cycled [mAh/cm^2]
    electrodes : how many lose it
    how : how it comes about, in words
    source : ids of the measurements that say so
    """

    lithium: float
    capacity: float
    electrodes: int
    how: str
    source: tuple[int, ...] = ()


def _spare_lithium(life: Row, given: Sequence[Row]) -> Spare | None:
    cell, capacity = life["cell"] or "", life["areal_capacity_mAh_cm2"]
    if cell.startswith("full"):
        negative = life["np_ratio"]
        lithiated = _LITHIATED.search(cell)
        # Of another electrolyte the efficiency says nothing, and for their full cells papers often take another one.
        if not negative or life["electrolyte_class"] is None or not (lithiated or _BARE_CATHODE.search(cell)):
            return None
        spare = negative if lithiated else negative - 1
        how = f"to a capacity of 1, N/P {measured(negative, '')}{'' if lithiated else ' - 1'}"
        return Spare(spare, 1.0, 1, how) if spare > 0 else None
    if not capacity or capacity < 0:
        return None
    work = sample_of(life)[0]
    said = [
        (r["value"] + (capacity if r["metric"] == "lithium_excess" else 0.0), r["id"])
        for r in given if sample_of(r)[0] == work
    ]  # fmt: skip
    # The most that any electrode is said to be given: that speaks for the paper.
    most = max((pair for pair in said if pair[0] > capacity), default=None)
    if most is None:
        return None
    lithium, source = most
    if "symmetric" in cell:
        how = f"2 x {measured(lithium, '')} - {measured(capacity, '')}"
        return Spare(2 * lithium - capacity, capacity, 2, how, (source,))
    # The counter electrode may refill the other one, so all of it may be lost.
    return Spare(lithium, capacity, 1, "all of the lithium", (source,))


def hours_against_cycles(told: Told) -> Iterator[Finding]:
    """Find hours that are not cycles x 2 x capacity / current density, of the same sample in the same test.

    References
    ----------
    docs/audits.md; docs/models.md a.
    """
    hours = [r for r in told.of("cycling_hours") if _is_test(r)]
    if not hours:
        return
    counts = by_sample(told.of("cycle_count", "failure_cycle"))
    for row in hours:
        same = [
            r for r in counts.get(sample_of(row), ())
            if r["cell"] == row["cell"] and not differ(row, r, TEST)
            and _is_test(r)
        ]  # fmt: skip
        for other in same:
            if (found := _not_the_hours(row, other["value"], other)) is not None:
                yield found
        if row["cycles"] and not same and (found := _not_the_hours(row, row["cycles"], None)) is not None:
            yield found


def _is_test(row: Row) -> bool:
    return (row["current_density_mA_cm2"] or 0.0) > 0 and (row["areal_capacity_mAh_cm2"] or 0.0) > 0


def _not_the_hours(row: Row, cycles: float, other: Row | None) -> Finding | None:
    from kb.screening.models import hours_of_cycles
    from kb.screening.models.consistency import AMBER, RED

    current, capacity = row["current_density_mA_cm2"], row["areal_capacity_mAh_cm2"]
    if cycles <= 0 or row["value"] <= 0:
        return None
    would = float(hours_of_cycles(cycles, capacity, current))
    if not 0 < would < math.inf:
        return None
    told = ratio(row["value"], would)
    off = max(told, ratio(would, row["value"]))
    if off <= AMBER:
        return None
    # "Over" on the side that falls short is no contradiction: the test may have gone on.
    short: Sequence[str] = (other["qualifier"] if other else "=",) if told > 1 else (row["qualifier"],)
    severity = "note" if short[0].startswith(">") else "red" if off > RED else "amber"
    half = " (a factor of 2: are half-cycles counted?)" if 1.9 < off < 2.1 else ""
    ids = (row["id"],) if other is None else (row["id"], other["id"])
    counted = f"{measured(cycles, '')} cycles" + (f" (#{other['id']})" if other else "")
    return Finding(
        "hours_against_cycles", severity, row["paper_id"], ids,
        f"{counted} x 2 x {measured(capacity, 'mAh/cm^2')} / {measured(current, 'mA/cm^2')} = {measured(would, 'h')}; "
        f"reported {in_words(row)}: {times(told)}",
        f"see which test the hours and the cycles are of, and its current density and capacity{half}",
        round(told, 3),
    )  # fmt: skip
