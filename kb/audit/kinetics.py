"""Exchange current densities against the charge-transfer resistance of the same electrode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb.audit.findings import Finding
from kb.audit.told import Row, Told, by_sample, in_words, measured, ratio, times

# Areas of the electrodes that coin cells are made with, discs of 10 to 16 mm; few papers say theirs.
LEAST_AREA, MOST_AREA = 0.8, 2.0  # [cm^2]
FACTOR, MUCH = 3.0, 30.0
_IMPEDANCE = re.compile(r"\b(EIS|impedance|Nyquist|R_?ct)\b", re.IGNORECASE)


def tafel_against_impedance(told: Told) -> Iterator[Finding]:
    """Find exchange current densities that lie outside RT / (F R A), for the areas that coin cells have.

    One that was itself got from impedance is not compared.

    References
    ----------
    docs/audits.md; docs/models.md b2.
    """
    exchange = [
        r for r in told.of("exchange_current_density") if r["value"] > 0 and not _IMPEDANCE.search(r["evidence"])
    ]
    if not exchange:
        return
    resistances = by_sample(
        r for r in told.of("charge_transfer_resistance", "interfacial_resistance") if r["value"] > 0
    )
    for sample, rows in by_sample(exchange).items():
        if sample in resistances:
            for row in rows:
                yield from _against(row, resistances[sample])


@lru_cache(maxsize=1)
def _of_one() -> float:
    """Give the exchange current density [mA/cm^2] of one ohm cm^2; that of others is inverse to them."""
    from kb.screening.models import exchange_current_density

    return float(exchange_current_density(1.0))


def _against(row: Row, resistances: list[Row]) -> Iterator[Finding]:
    ends = []  # (least, most) of what each resistance says
    for r in resistances:
        most, least = (1.0, 1.0) if r["unit"] == "ohm cm^2" else (MOST_AREA, LEAST_AREA)
        ends.append((_of_one() / (r["value"] * most), _of_one() / (r["value"] * least)))
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    value = row["value"]
    if low <= value <= high:
        return
    off = ratio(low, value) if value < low else ratio(value, high)
    if off < FACTOR:
        return
    known = all(r["unit"] == "ohm cm^2" for r in resistances)
    area = "" if known else f", for electrodes of {LEAST_AREA:g} to {MOST_AREA:g} cm²"
    told = ", ".join(in_words(r) for r in resistances)
    yield Finding(
        "tafel_against_impedance", "amber" if off > MUCH else "note", row["paper_id"],
        (row["id"], *(r["id"] for r in resistances)),
        f"RT/(F R) of {told}{area} is {measured(low, '')} to {measured(high, 'mA/cm^2')}; reported {in_words(row)}: "
        f"{times(off)} {'below' if value < low else 'above'}",
        "take what impedance gives; use a Tafel line only as a ratio within the paper",
        round(off, 3),
    )  # fmt: skip
