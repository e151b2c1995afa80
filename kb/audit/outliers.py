"""Values far outside those that were measured alike, over the whole base.

What is compared of a fact is packed into a few bytes, so that a base keeps it (table ``compared``), and what was
measured alike is found without reading the facts again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from struct import Struct
from typing import Any

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

_FACT = Struct("<Qdq")
FIELDS = [("stratum", "<u8"), ("size", "<f8"), ("id", "<i8")]  # of _FACT, as numpy calls them


@dataclass(frozen=True)
class Far:
    """A value that lies far out.

    Attributes
    ----------
    id : of the measurement
    number : values in its stratum
    middle : their median [ln units]
    spread : their robust standard deviation [ln units]
    z : how far out, in spreads
    """

    id: int
    number: int
    middle: float
    spread: float
    z: float


def pack(rows: Iterable[Row]) -> bytes:
    """Give what is compared of the facts of a paper, one after the other: stratum, ln size and id.

    A stratum is a metric, a kind of cell, a class of electrolyte and a band of current density, each as stated.
    Efficiencies are compared by what is lost; metrics of which neither more nor less is better are not compared.

    Parameters
    ----------
    rows : with id, metric, value, unit, cell, electrolyte_class and current_density_mA_cm2
    """
    packed = []
    known = _compared()
    for row in rows:
        metric = row["metric"]
        if metric not in known:
            continue
        size = row["value"]
        if metric in LOSSES:
            size = max(100.0 - size, LEAST_LOSS) if size <= 100.0 else 0.0
        if size > 0:
            told = metric, row["unit"], row["cell"], row["electrolyte_class"], row["current_density_mA_cm2"]
            packed.append(_FACT.pack(_number(*told), math.log(size), row["id"]))
    return b"".join(packed)


@lru_cache(maxsize=1)
def _compared() -> frozenset[str]:
    """Give the metrics whose values can be compared between papers: those of which more or less is better."""
    return frozenset(m.name for m in vocabulary().metrics.values() if m.better != "none" and m.unit != "V")


@lru_cache(maxsize=10_000)
def _number(metric: str, unit: str, cell: str | None, electrolyte: str | None, current: float | None) -> int:
    """Give the number of a stratum: a digest, the same in every base."""
    told = "\0".join((metric, unit, cell or "", electrolyte or "", _band(current)))
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "little")


def _band(current: float | None) -> str:
    return band(current, CURRENT_EDGES, "mA/cm²")


@dataclass(frozen=True, eq=False)
class Compared:
    """What is compared of the facts of a base, or of some strata of it.

    Attributes
    ----------
    facts : structured array, shape (n,), with the FIELDS
    papers : int array, shape (n,); of each fact
    """

    facts: Any
    papers: Any

    @classmethod
    def of(cls, packed: Mapping[int, bytes]) -> Compared:
        """Unpack facts: paper -> what :func:`pack` gave of it."""
        import numpy as np

        lengths = [len(facts) // _FACT.size for facts in packed.values()]
        papers = np.repeat(np.fromiter(packed, np.int64, len(packed)), lengths)
        return cls(np.frombuffer(b"".join(packed.values()), dtype=FIELDS), papers)

    def within(self, other: Compared) -> Compared:
        """Give what lies in the strata that another one has facts in."""
        import numpy as np

        chosen = np.isin(self.facts["stratum"], np.unique(other.facts["stratum"]))
        return Compared(self.facts[chosen], self.papers[chosen])

    def among(self, ids: Iterable[int]) -> set[int]:
        """Give those of some ids of measurements whose facts are here."""
        import numpy as np

        here = self.facts["id"]
        return set(here[np.isin(here, np.fromiter(ids, np.int64))].tolist())

    def far_out(self) -> list[Far]:
        """Find the values whose robust z, on the logarithm, within their stratum is above FAR.

        The median and the median absolute deviation are those of the stratum; it needs FEWEST values of FEWEST_PAPERS.

        References
        ----------
        docs/audits.md; Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993).
        """
        import numpy as np

        order = np.argsort(self.facts["stratum"])
        facts, papers = self.facts[order], self.papers[order]
        ends = np.flatnonzero(facts["stratum"][1:] != facts["stratum"][:-1]) + 1
        found = []
        for start, end in pairwise((0, *ends.tolist(), len(facts))):
            if end - start < FEWEST:
                continue
            sizes = facts["size"][start:end]
            middle = float(np.median(sizes))
            spread = max(OF_THE_MEDIAN * float(np.median(abs(sizes - middle))), LEAST_SPREAD)
            z = (sizes - middle) / spread
            # A bound on the far side says that it is at least so far.
            far = np.flatnonzero(abs(z) > FAR)
            if len(far) and len(np.unique(papers[start:end])) >= FEWEST_PAPERS:
                for place in far.tolist():
                    found.append(Far(int(facts["id"][start + place]), end - start, middle, spread, float(z[place])))
        return found


def tell(far: Far, row: Row) -> Finding:
    """Say of a value that it lies far out.

    Parameters
    ----------
    row : of the value, with the columns that :func:`pack` needs, paper_id, value_max and qualifier
    """
    what = "what is lost, " if row["metric"] in LOSSES else ""
    alike = (row["cell"], row["electrolyte_class"], _band(row["current_density_mA_cm2"]))
    where = ", ".join(filter(None, alike)) or "whatever the cell, as none is stated"
    return Finding(
        "outlier", "amber" if abs(far.z) > VERY_FAR else "note", row["paper_id"], (row["id"],),
        f"{in_words(row)}; the median of {far.number} values ({where}) is {what}"
        f"{measured(math.exp(far.middle), row['unit'])}, a robust standard deviation a factor of "
        f"{measured(math.exp(far.spread), '')}: z = {far.z:+.1f}",
        "see whether the number, its unit and its test are read right; else it is remarkable",
        round(abs(far.z), 2),
    )  # fmt: skip
