"""What of a mined document may stand in a base: evidence that shows its number, identities of facts."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schema.records import PROVENANCES, QUALIFIERS, Coating, Measurement, Mined, Rejection, Subject

CONFLICT = "conflicts_with:"
to_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder for each call that is not plain
# Markup inside a number ("10<sup>-4</sup>", "$10^{-4}$") makes the original longer than the number.
MARKUP_ROOM = 60
# Fewer words ("Supporting information") do not tell papers apart.
TITLE_WORDS = 4


@dataclass(frozen=True)
class Fact:
    """A measurement that may be stored.

    Attributes
    ----------
    equal : how many facts of the document before it say the same
    mark : its fingerprint
    conflicts : positions, among the accepted facts, of those it contradicts
    """

    measurement: Measurement
    equal: int
    mark: str
    conflicts: tuple[int, ...] = ()

    def flags(self, numbers: Sequence[int]) -> list[str]:
        """Give the flags with the conflicting facts named by their ids in the base."""
        if not self.measurement.flags:
            return []
        plain = [f for f in self.measurement.flags if not f.startswith(CONFLICT)]
        return [*plain, *(f"{CONFLICT}{numbers[i]}" for i in self.conflicts)]


@dataclass(frozen=True)
class Accepted:
    """A mined document, sifted."""

    facts: tuple[Fact, ...]
    rejections: tuple[Rejection, ...]
    coatings: tuple[Coating, ...] = ()


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def shows(original: str, start: int, end: int, reported: str) -> bool:
    """Say whether ``original[start:end]`` shows a number as reported; markup may stand inside it.

    Examples
    --------
    >>> shows("a CE of 98.3%", 8, 12, "98.3"), shows("a CE of 98.3%", 7, 11, "98.3")
    (True, False)
    >>> shows("10<sup>-4</sup> S/cm", 0, 15, "10-4")
    True
    """
    if not 0 <= start < end <= len(original) or end - start > len(reported) + MARKUP_ROOM:
        return False
    span = original[start:end]
    if span == reported and not span.isalpha() and any(map(str.isdigit, span)):
        return True
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", reported))
    if digits:
        return digits in re.sub(r"\D", "", unicodedata.normalize("NFKC", span))
    if reported.strip():
        return _folded(reported) in _folded(span)
    return any(c.isdigit() for c in span)


def fault(measurement: Measurement, original: str) -> str:
    """Say why a measurement cannot be stored; "" where it can."""
    m = measurement
    if not shows(original, m.evidence.start, m.evidence.end, m.value_reported):
        return f"evidence offsets {m.evidence.start}-{m.evidence.end} do not show the number {m.value_reported!r}"
    if not math.isfinite(m.value) or not math.isfinite(m.value_max or 0.0):
        return "value is not a finite number"
    if m.value_max is not None and m.value_max < m.value:
        return "range runs from the larger to the smaller end"
    if m.qualifier not in QUALIFIERS:
        return f"qualifier {m.qualifier!r} is none of {' '.join(QUALIFIERS)}"
    if m.provenance not in PROVENANCES:
        return f"provenance {m.provenance!r} is none of {', '.join(PROVENANCES)}"
    if not (0 <= m.confidence <= 1 and 0 <= (m.confidence_strict or 0) <= 1):
        return f"confidence {m.confidence:g} is not between 0 and 1"
    return ""


def accept(mined: Mined) -> Accepted:
    """Sift a mined document: facts that may be stored, and rejections with what may not.

    A flag ``conflicts_with:<n>`` of a mined measurement names the n-th measurement of the same document, from 0.
    """
    original = mined.document.original
    faults = [fault(m, original) for m in mined.measurements]
    position = {n: i for i, n in enumerate(n for n, why in enumerate(faults) if not why)}
    seen: Counter[str] = Counter()
    facts, rejections = [], list(mined.rejections)
    for m, why in zip(mined.measurements, faults, strict=True):
        if why:
            text = f"{m.metric} {m.value_reported} {m.unit_reported}: {m.evidence.text}"
            rejections.append(Rejection(m.evidence.start, m.evidence.end, text, why))
            continue
        mark = fingerprint(m, 0)
        rivals = (f.removeprefix(CONFLICT) for f in m.flags if f.startswith(CONFLICT))
        conflicts = (position.get(int(r)) for r in rivals if r.isdecimal())
        equal = seen[mark]
        seen[mark] += 1
        own = fingerprint(m, equal) if equal else mark
        facts.append(Fact(m, equal, own, tuple(c for c in conflicts if c is not None)))
    return Accepted(tuple(facts), tuple(rejections), mined.coatings)


def coating_of(measurement: Measurement, coatings: Sequence[Coating]) -> int | None:
    """Give the place of the coating a measurement was made on: the fullest that the sample holds; None for a control.

    Lithium is no part of a coating: what holds for PI-Ag holds for PI-Ag-Li.

    Examples
    --------
    >>> from schema.records import Evidence
    >>> sample = Subject("PI-Ag-Li", ("PI", "Ag", "Li"))
    >>> found = Measurement("coulombic_efficiency", 94.6, "percent", sample, Evidence("", 0, 0))
    >>> coating_of(found, [Coating("PVDF", ("PVDF",)), Coating("PI-Ag", ("PI", "Ag"))])
    1
    """
    if measurement.is_control:
        return None
    held = set(measurement.subject.components) - {"Li"}
    parts = [set(c.components) - {"Li"} if c.cited_ref == measurement.cited_ref else set() for c in coatings]
    return max((i for i, p in enumerate(parts) if p and p <= held), key=lambda i: len(parts[i]), default=None)


def _digest(*parts: Any) -> str:
    return hashlib.sha256(to_json(parts).encode()).hexdigest()[:20]


def fingerprint(measurement: Measurement, equal: int) -> str:
    """Digest what a fact says: the same in every extraction that finds it, wherever it stands in the file.

    Parameters
    ----------
    equal : how many facts of the document before it say the same
    """
    m, s = measurement, measurement.subject
    value_max = None if m.value_max is None else float(m.value_max)
    what = (m.metric, float(m.value), value_max, m.qualifier, m.unit)
    return _digest(what, (s.name, s.components, s.substrate, s.strategy), m.evidence.text, equal)


def paper_title_key(title: str) -> str | None:
    """Fold a title for comparison; None where it is too short to tell papers apart.

    Examples
    --------
    >>> paper_title_key("A Cu$_3$N layer: stable, dendrite‐free lithium.")
    'a cu 3 n layer stable dendrite free lithium'
    >>> paper_title_key("Supporting Information")
    """
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", title).casefold())
    return " ".join(words) if len(words) >= TITLE_WORDS else None


def system_row(subject: Subject) -> dict[str, Any]:
    """Give the row of a system: one sample is what it is made of, whatever the order or the name it is given."""
    parts = sorted(set(subject.components))
    made_of = parts or subject.name
    label = "/".join(parts) or subject.name
    return {
        "key": to_json([made_of, subject.substrate, subject.strategy, subject.process]),
        "label": f"{label} on {subject.substrate}" if subject.substrate else label,
        "substrate": subject.substrate,
        "strategy": subject.strategy,
        "process": subject.process,
    }


def sample_key(measurement: Measurement, paper: int, document: int, passage: int | None) -> str:
    """Give what is equal for all measurements of one sample, as ``kb/candidates.py`` has it.

    The paper, or the work it cites, with what the sample is made of, else its name.  Not what it is laid on: a coating
    is tested on copper for its efficiency, on lithium for its life.

    Examples
    --------
    >>> from schema.records import Evidence
    >>> blend = Subject("the blend on Cu", ("PVDF", "PMMA"), "Cu")
    >>> sample_key(Measurement("overpotential", 20, "mV", blend, Evidence("", 0, 0)), 7, 1, None)
    '7||PMMA + PVDF'
    """
    work = ""
    if measurement.provenance == "cited" and measurement.cited_ref is not None:
        work = f"[{measurement.cited_ref}]"
    elif measurement.provenance == "cited" and passage is not None:
        work = f"{document} {passage}"  # without a marker, the passage is all that is known of the work
    made_of = " + ".join(sorted(set(measurement.subject.components))) or measurement.subject.name.lower()
    return f"{paper}|{work}|{made_of}"


def experiment_row(measurement: Measurement, paper: int, system: int) -> dict[str, Any]:
    """Give the row of the experiment a measurement comes from."""
    c = measurement.conditions
    first, last = c.cycle_range or (None, None)
    row: dict[str, Any] = {
        "paper_id": paper,
        "system_id": system,
        "is_control": int(measurement.is_control),
        "cited_ref": measurement.cited_ref,
        "current_density_mA_cm2": _number(c.current_density_mA_cm2),
        "areal_capacity_mAh_cm2": _number(c.areal_capacity_mAh_cm2),
        "cycles": _number(c.cycles),
        "cycle_first": first,
        "cycle_last": last,
        "at_cycle": _number(c.at_cycle),
        "c_rate": _number(c.c_rate),
        "temperature_C": _number(c.temperature_C),
        "time_h": _number(c.time_h),
        "np_ratio": _number(c.np_ratio),
        "electrolyte": c.electrolyte,
        "electrolyte_class": c.electrolyte_class,
        "cell": c.cell,
    }
    row["key"] = to_json(list(row.values()))
    return row


def _number(value: float | None) -> float | None:
    # 260 and 260.0 are one condition.
    return None if value is None else float(value)
