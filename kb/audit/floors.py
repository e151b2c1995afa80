"""Coulombic efficiencies at the least value that their protocol can show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.audit.findings import Finding
from kb.audit.told import Told, digits_after_point, in_words, measured

# n Q_c : Q_T, as protocols are run; the standard one is 10 x 1 : 5 (Adams et al. 2018), others 10 x 0.5 : 5, 5 x 1 : 1.
RATIOS = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
# metric -> the ratios, and the least that a protocol of each can show, in the metric's unit
FLOORS = {"coulombic_efficiency": tuple((ratio, 100 * ratio / (ratio + 1)) for ratio in RATIOS)}
# Words of a reservoir protocol; an efficiency that a paper calls calculated or average was not read off one cycle.
_PROTOCOL = re.compile(
    r"\b(Aurbach|Adams|reservoir)\b|\b(calculated|average)\b[^.]{0,30}\b(coulombic efficienc|CEs?\b)", re.IGNORECASE
)


def efficiency_at_floor(told: Told) -> Iterator[Finding]:
    """Find efficiencies of a reservoir protocol that are n Q_c / (n Q_c + Q_T), so that nothing was left to strip.

    Such a value says that the efficiency is at most this.  n, Q_c and Q_T are hardly ever told beside the value, so
    the ratios that protocols are run with are tried, and only a value that is printed with a decimal is judged; one
    that was measured over stated cycles is none of a reservoir.

    References
    ----------
    docs/audits.md; docs/models.md a4.
    """
    for row in told.of("coulombic_efficiency"):
        decimals = digits_after_point(row)
        if not decimals or row["qualifier"] not in ("=", "~") or row["cycle_first"] is not None:
            continue
        at = [
            (ratio, floor) for ratio, floor in FLOORS["coulombic_efficiency"] if round(floor, decimals) == row["value"]
        ]
        if at and (row["cell"] or "Li|Cu").startswith("Li|Cu") and _PROTOCOL.search(row["evidence"]):
            ratio, floor = at[0]
            yield Finding(
                "ce_at_floor", "amber", told.paper, (row["id"],),
                f"n Q_c : Q_T of {ratio:g} has the floor {ratio:g} / {ratio + 1:g} = {measured(floor, 'percent')}; "
                f"reported {in_words(row)}",
                "take it for an upper bound (“<=”), until the protocol's n, Q_c and Q_T say otherwise",
            )  # fmt: skip
