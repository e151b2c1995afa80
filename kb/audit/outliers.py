"""Values far outside those that were measured alike, over the whole base."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from statistics import median

from kb.audit.findings import Finding
from kb.audit.told import Row, in_words, measured
from kb.screening.strata import CURRENT_EDGES, band
from schema.vocabulary import vocabulary

FEWEST, FEWEST_PAPERS = 12, 4  # values and papers that a stratum needs, for its spread to be worth anything
FAR, VERY_FAR = 5.0, 8.0  # robust standard deviations
LEAST_SPREAD = 0.1  # [ln units], so that twelve values that are nearly the same make no outlier of the next one
OF_THE_MEDIAN = 1.4826  # standard deviations of a normal distribution that its median absolute deviation is
LOSSES = frozenset({"coulombic_efficiency", "initial_coulombic_efficiency", "capacity_retention_per_cycle"})
LEAST_LOSS = 0.01  # percent: an efficiency of 100 % is one of which no loss could be measured


def outliers(rows: Iterable[Row]) -> Iterator[Finding]:
    """Find values whose robust z, on the logarithm, within their stratum is above FAR.

    A stratum is a metric, a kind of cell, a class of electrolyte and a band of current density, each as stated; the
    median and the median absolute deviation are those of the stratum.  Efficiencies are compared by what is lost.

    Parameters
    ----------
    rows : of the whole base, with paper_id, id, metric, value, value_max, qualifier, unit, cell, electrolyte_class and
        current_density_mA_cm2

    References
    ----------
    docs/audits.md; Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993).
    """
    strata: dict[tuple[str, ...], list[tuple[float, Row]]] = defaultdict(list)
    compared = _compared()
    for row in rows:
        metric = row["metric"]
        if metric not in compared:
            continue
        size = 100.0 - row["value"] if metric in LOSSES else row["value"]
        if metric in LOSSES:
            size = max(size, LEAST_LOSS) if size >= 0 else 0.0
        if size > 0:
            strata[
                metric, row["unit"], row["cell"] or "", row["electrolyte_class"] or "",
                _band(row["current_density_mA_cm2"]),
            ].append((math.log(size), row))  # fmt: skip
    for stratum, members in strata.items():
        if len(members) >= FEWEST and len({row["paper_id"] for _, row in members}) >= FEWEST_PAPERS:
            yield from _far_out(stratum, members)


@lru_cache(maxsize=256)
def _band(current: float | None) -> str:
    return band(current, CURRENT_EDGES, "mA/cm²")


@lru_cache(maxsize=1)
def _compared() -> frozenset[str]:
    """Give the metrics whose values can be compared between papers: those of which more or less is better."""
    return frozenset(m.name for m in vocabulary().metrics.values() if m.better != "none" and m.unit != "V")


def _far_out(stratum: tuple[str, ...], members: list[tuple[float, Row]]) -> Iterator[Finding]:
    middle = median(size for size, _ in members)
    spread = max(OF_THE_MEDIAN * median(abs(size - middle) for size, _ in members), LEAST_SPREAD)
    for size, row in members:
        z = (size - middle) / spread
        # A bound on the far side says that it is at least so far.
        if abs(z) > FAR:
            typical = math.exp(middle)
            what = "what is lost, " if row["metric"] in LOSSES else ""
            where = ", ".join(part for part in stratum[2:] if part) or "whatever the cell, as none is stated"
            yield Finding(
                "outlier", "amber" if abs(z) > VERY_FAR else "note", row["paper_id"], (row["id"],),
                f"{in_words(row)}; the median of {len(members)} values ({where}) is {what}"
                f"{measured(typical, row['unit'])}, a robust standard deviation a factor of "
                f"{measured(math.exp(spread), '')}: z = {z:+.1f}",
                "see whether the number, its unit and its test are read right; else it is remarkable",
                round(abs(z), 2),
            )  # fmt: skip
