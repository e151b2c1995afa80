"""What an audit finds: which rules there are, how grave a finding is, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SEVERITIES = ("red", "amber", "note")  # the gravest first

# Rule -> what it finds.  docs/audits.md has the arithmetic, and how often each is right.
RULES: Mapping[str, str] = {
    "broken_evidence": "the place that is kept for a number does not show it any more",
    "impossible": "a value that physics does not allow",
    "unit_suspect": "a value far from the usual ones that a slip of its unit would bring back",
    "implausible": "a value outside the plausible range of its metric",
    "ce_against_life": "a life longer than the Coulombic efficiency and the lithium of the cell allow",
    "hours_against_cycles": "hours that the cycles, capacity and current density of the same test do not give",
    "ce_at_floor": "a Coulombic efficiency at the least value that a reservoir protocol can show",
    "tafel_against_impedance": "an exchange current density that the charge-transfer resistance does not bear out",
    "contradiction": "two values of one metric for one sample under the same conditions",
    "duplicate": "a fact that one document states twice",
    "formats_disagree": "a number that another format of the paper does not give, or gives to another sample",
    "control_better": "a control that is better than what it is the control of",
    "outlier": "a value far outside those measured alike",
}


@dataclass(frozen=True)
class Finding:
    """What a rule has to say of some measurements; it changes nothing.

    Attributes
    ----------
    rule : one of RULES
    severity : one of SEVERITIES: "red" can hardly be as it stands, "amber" wants a look, "note" is good to know
    paper : id of the paper
    measurements : ids of what it is about, the one that is most in doubt first
    said : the arithmetic, with its numbers
    repair : what might mend it
    ratio : how far off, as a factor or in robust standard deviations; None where the rule has no such number
    """

    rule: str
    severity: str
    paper: int
    measurements: tuple[int, ...]
    said: str
    repair: str
    ratio: float | None = None

    def record(self) -> dict[str, Any]:
        """Give it JSON-ready."""
        return {**asdict(self), "measurements": list(self.measurements)}


def at_least(severity: str, least: str) -> bool:
    """Say whether a severity is as grave as another, or graver.

    Examples
    --------
    >>> at_least("red", "amber"), at_least("note", "amber")
    (True, False)
    """
    return SEVERITIES.index(severity) <= SEVERITIES.index(least)


def in_order(finding: Finding) -> tuple[int, int, int, tuple[int, ...]]:
    """Give what findings are sorted by: the gravest first, then in the order of RULES."""
    return (
        SEVERITIES.index(finding.severity), tuple(RULES).index(finding.rule), finding.paper, finding.measurements
    )  # fmt: skip
