"""Mined documents made by hand, for tests of what stands behind mining; ``synthetic`` makes bases of any size."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kb import synthetic as synthetic
from schema.records import (
    Coating,
    Conditions,
    Document,
    Evidence,
    Measurement,
    Mined,
    Passage,
    Reference,
    Rejection,
    Subject,
    Trait,
)


@dataclass(frozen=True)
class Said:
    """A sentence, the number in it, and what it says.

    Attributes
    ----------
    number : the characters of the number; it stands in ``text``, and its value is the float of it unless ``more`` says
    more : further fields of the measurement
    """

    text: str
    number: str
    subject: Subject
    metric: str = "coulombic_efficiency"
    unit: str = "percent"
    conditions: Conditions = field(default_factory=Conditions)
    more: Mapping[str, Any] = field(default_factory=dict)


def compose(
    *sentences: Said,
    source: str = "a.txt",
    references: tuple[Reference, ...] = (),
    rejections: tuple[Rejection, ...] = (),
    coatings: tuple[Coating, ...] = (),
    **front: Any,
) -> Mined:
    """Make a mined document of sentences, each a passage of its own.

    Parameters
    ----------
    front : further fields of the document: title, doi, year, ...

    Examples
    --------
    >>> mined = compose(Said("It keeps 98.3 % for long.", "98.3", Subject("PVDF@Cu", ("PVDF",), "Cu")))
    >>> evidence = mined.measurements[0].evidence
    >>> mined.document.original[evidence.start : evidence.end]
    '98.3'
    """
    original, passages, facts = "", [], []
    for index, said in enumerate(sentences):
        start = len(original)
        original += said.text + "\n\n"
        offsets = array("I", range(start, start + len(said.text) + 1))
        passages.append(Passage(said.text, offsets, section="Results"))
        at = start + said.text.index(said.number)
        evidence = Evidence(said.text, at, at + len(said.number), section="Results", passage=index)
        value = {} if "value" in said.more else {"value": float(said.number)}
        reported = {"value_reported": said.number, "unit_reported": said.unit}
        facts.append(
            Measurement(
                **{
                    "metric": said.metric,
                    "unit": said.unit,
                    "subject": said.subject,
                    "evidence": evidence,
                    "conditions": said.conditions,
                    **value,
                    **reported,
                    **said.more,
                }
            )
        )
    document = Document(source, original, "text", tuple(passages), references, **front)
    return Mined(document, tuple(facts), rejections, coatings)


COATED = Subject("PMMA/PVDF coated Cu", ("PMMA", "PVDF"), "Cu", "surface coating")
BARE = Subject("bare Cu", ("Cu",))
HALF_CELL = Conditions(current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=1.0, cycles=260.0, cell="Li|Cu half")


def coated(number: str = "98.3", **more: Any) -> Said:
    """Say a Coulombic efficiency of a coated electrode [percent]."""
    return Said(f"The coated electrode keeps {number} % over 260 cycles.", number, COATED, "coulombic_efficiency",
                "percent", HALF_CELL, more)  # fmt: skip


def bare(number: str = "91.2", **more: Any) -> Said:
    """Say a Coulombic efficiency of the control [percent]."""
    return Said(f"Bare copper falls to {number} % in the same test.", number, BARE, "coulombic_efficiency",
                "percent", HALF_CELL, {"is_control": True, **more})  # fmt: skip


def layer(*traits: tuple[str, str], components: tuple[str, ...] = ("PMMA", "PVDF")) -> Coating:
    """Say (kind, name) of a coating, all in the first three characters of the document."""
    told = tuple(Trait(kind, name, Evidence("The coated electrode", 0, 3)) for kind, name in traits)
    return Coating("/".join(components), components, told)
