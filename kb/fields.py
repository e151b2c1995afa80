"""The names a filter, or a sort order, can speak of: metrics, conditions, columns of ``measurement_view``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.audit.findings import RULES, SEVERITIES
from schema.errors import UnknownMetric, UnknownName, did_you_mean
from schema.records import PROVENANCES, QUALIFIERS
from schema.vocabulary import Vocabulary, vocabulary

# Columns of measurement_view that hold a number -> its unit ("1": a plain number).
NUMBERS: Mapping[str, str] = {
    "current_density_mA_cm2": "mA/cm^2", "areal_capacity_mAh_cm2": "mAh/cm^2", "temperature_C": "degC", "time_h": "h",
    "c_rate": "C_rate", "np_ratio": "1", "cycles": "1", "cycle_first": "1", "cycle_last": "1", "at_cycle": "1",
    "id": "1", "paper_id": "1", "document_id": "1", "system_id": "1", "experiment_id": "1", "passage_id": "1",
    "year": "1", "value": "1", "value_max": "1", "confidence": "1", "confidence_strict": "1",
    "evidence_start": "1", "evidence_end": "1",
    "page": "1", "control_id": "1",
}  # fmt: skip
TEXTS = ("source", "doi", "title", "metric", "qualifier", "unit", "value_reported", "unit_reported", "subject",
         "substrate", "strategy", "process", "electrolyte", "electrolyte_class", "cell", "provenance", "cited_ref",
         "evidence", "section", "status", "mined")  # fmt: skip
OF_THE_SAMPLE = (
    "components",
    "elements",
    "steps",
    "products",
    "mechanisms",
)  # lists that are unknown where they are empty
LISTS = (*OF_THE_SAMPLE, "conditions_far", "flags", "findings")
BOOLEANS = ("is_control",)
# All columns of measurement_view, in its order.
COLUMNS = (
    "id", "paper_id", "document_id", "system_id", "experiment_id", "passage_id", "source", "doi", "title", "year",
    "metric", "value", "value_max", "qualifier", "unit", "value_reported", "unit_reported", "subject", "components",
    "substrate", "strategy", "process", "steps", "products", "mechanisms", "elements", "is_control",
    "current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles",
    "cycle_first", "cycle_last", "at_cycle", "c_rate", "temperature_C", "time_h", "np_ratio", "electrolyte",
    "electrolyte_class", "cell", "conditions_far", "provenance", "cited_ref", "confidence",
    "confidence_strict", "flags", "findings", "evidence",
    "evidence_start", "evidence_end", "section", "page", "status", "control_id", "mined",
)  # fmt: skip

# What a condition is called without the unit in its column's name.
CONDITIONS: Mapping[str, str] = {
    "current_density": "current_density_mA_cm2", "areal_capacity": "areal_capacity_mAh_cm2",
    "temperature": "temperature_C", "time": "time_h", "c_rate": "c_rate", "np_ratio": "np_ratio", "cycles": "cycles",
    "cycle_first": "cycle_first", "cycle_last": "cycle_last", "at_cycle": "at_cycle", "electrolyte": "electrolyte",
    "electrolyte_class": "electrolyte_class", "cell": "cell",
}  # fmt: skip
ELEMENTS = tuple(
    re.findall(
        "[A-Z][a-z]?",
        "HHeLiBeBCNOFNeNaMgAlSiPSClArKCaScTiVCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrYZrNbMoTcRuRhPdAgCdInSnSbTeIXeCsBaLaCePrNdPm"
        "SmEuGdTbDyHoErTmYbLuHfTaWReOsIrPtAuHgTlPbBiPoAtRnFrRaAcThPaUNpPu",
    )
)
OF_THE_PAPER = ("doi", "title", "year")  # also as paper.year


@dataclass(frozen=True)
class Field:
    """What a name in a filter stands for.

    Attributes
    ----------
    kind : "metric" (a measurement's value, where its metric is ``name``), "number", "text", "list" or "boolean"
    column : the column of measurement_view that is looked at
    unit : of a number, else ""
    """

    name: str
    kind: str
    column: str
    unit: str = ""


def resolve(name: str, words: Vocabulary | None = None) -> Field | None:
    """Say what a name stands for: a metric before a condition before a column; None where nothing does.

    Examples
    --------
    >>> resolve("areal_capacity").kind, resolve("condition.areal_capacity").column
    ('metric', 'areal_capacity_mAh_cm2')
    >>> resolve("paper.year").column
    'year'
    """
    words = words or vocabulary()
    name = str(name)
    if name.startswith("paper.") and name.removeprefix("paper.") in OF_THE_PAPER:
        return resolve(name.removeprefix("paper."), words)
    if name in words.metrics:
        return Field(name, "metric", "value", words.metrics[name].unit)
    column = CONDITIONS.get(name.removeprefix("condition.")) or ("" if name.startswith("condition.") else name)
    if column in NUMBERS:
        return Field(name, "number", column, NUMBERS[column])
    kinds = {"text": TEXTS, "list": LISTS, "boolean": BOOLEANS}
    return next((Field(name, kind, column) for kind, columns in kinds.items() if column in columns), None)


def unknown_name(name: str, words: Vocabulary, numeric: bool, place: str) -> UnknownMetric | UnknownName:
    """Make the error for a name that nothing goes by: of a metric, where a number is compared with it."""
    spoken = name.replace("_", " ").casefold()
    for metric in words.metrics.values():
        if spoken in {s.casefold() for s in (metric.symbol, *metric.synonyms)}:
            return UnknownName(f"unknown name {name!r}; did you mean {metric.name!r}?{place}")
    if numeric and not name.startswith("condition."):
        return UnknownMetric(name, (*words.metrics, *NUMBERS, *CONDITIONS), place)
    if name.startswith("condition."):
        known: Iterable[str] = [f"condition.{c}" for c in CONDITIONS]
    elif name.startswith("paper."):
        known = [f"paper.{c}" for c in OF_THE_PAPER]
    else:
        known = (*words.metrics, *COLUMNS, *CONDITIONS)
    hint = did_you_mean(name, known) or "; kb find --help and kb metrics list the names"
    return UnknownName(f"unknown name {name!r}{hint}{place}")


def check_text(field: Field, value: str, words: Vocabulary, place: str) -> None:
    """Raise where a column holds only texts of a closed list, and this is none of them.

    Raises
    ------
    UnknownMetric, UnknownName
        With the nearest known ones.
    """
    if field.column == "metric" and value not in words.metrics and value != "other":
        raise UnknownMetric(value, words.metrics, place)
    known = closed_list(field, words)
    if known and value not in known:
        hint = did_you_mean(value, known) or f"; there are {', '.join(known)}"
        what = field.column.removesuffix("s") if field.kind == "list" else field.column
        raise UnknownName(f"unknown {what} {value!r}{hint}{place}")


def closed_list(field: Field, words: Vocabulary) -> tuple[str, ...]:
    """Give all texts that a column can hold; () where it can hold any.

    Examples
    --------
    >>> closed_list(Field("provenance", "text", "provenance"), vocabulary())[:2]
    ('measured', 'calculated')
    """
    closed: Mapping[str, Iterable[str]] = {
        "metric": (*words.metrics, "other"), "provenance": PROVENANCES, "qualifier": QUALIFIERS,
        "strategy": (*words.strategies, "other"), "steps": words.processes, "mechanisms": words.mechanisms,
        "elements": ELEMENTS, "findings": (*RULES, *SEVERITIES), "status": ("mined", "accepted", "corrected"),
    }  # fmt: skip
    return tuple(closed.get(field.column, ()))
