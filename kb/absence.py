"""Why something is unknown of a measurement: not applicable, not extracted, not reported; as SQL.

The fragments stand in a query over the tables m, e (``kb/query.py``) and are 0 or 1, never NULL.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache

from kb.fields import Field
from kb.fragments import TRAITS
from schema.statements import FOLDER
from schema.vocabulary import vocabulary

Parameter = Callable[[str], str]  # keeps a value, gives its name in the SQL
_SHORTEST_NAME = 3  # "CE" stands in too many words' company to tell that a paper speaks of efficiency
_ELSEWHERE = """EXISTS (SELECT 1 FROM experiments AS other
  WHERE other.paper_id = e.paper_id AND other.cited_ref IS e.cited_ref AND other.{column} IS NOT NULL)"""
_TOLD_OF_ANOTHER = """EXISTS (SELECT 1 FROM coatings AS told JOIN traits AS trait ON trait.coating_id = told.id
  WHERE told.document_id = m.document_id AND trait.kind = {kind})"""
_SPOKEN_OF = """e.paper_id IN (SELECT speaks.paper_id FROM passages_text
  JOIN passages AS spoken ON spoken.id = passages_text.rowid JOIN documents AS speaks ON speaks.id = spoken.document_id
  WHERE passages_text MATCH {query})"""
_OF_EXPERIMENTS = frozenset(
    {"current_density_mA_cm2", "areal_capacity_mAh_cm2", "cycles", "cycle_first", "cycle_last", "at_cycle", "c_rate",
     "temperature_C", "time_h", "np_ratio", "electrolyte", "electrolyte_class", "cell"}
)  # fmt: skip
# What a column can be stated of at all, beside what applicability.toml says.
_OWN = {"value_max": "m.qualifier <> 'range'", "cited_ref": "m.provenance <> 'cited'"}


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, list[str]]:
    return tomllib.loads((FOLDER / "applicability.toml").read_text("utf-8"))


def inapplicable(field: Field, parameter: Parameter) -> str:
    """Give the condition under which a field cannot be stated."""
    rules = _rules()
    if field.kind == "metric":
        return "(e.is_control = 1)" if field.name in rules["layer"] else "0"

    def among(names: list[str]) -> str:
        return "(" + ", ".join(parameter(name) for name in names) + ")"

    known = vocabulary().metrics.values()
    cases = []
    if field.column in _OWN:
        cases.append(_OWN[field.column])
    if field.column in rules["cycling"]:
        cases.append("m.metric IN " + among([m.name for m in known if m.of_material]))
    if without := [m.name for m in known if field.column in m.without]:
        cases.append("m.metric IN " + among(without))
    if field.column in rules["of_layer"]:
        cases.append("e.is_control = 1")
    if field.column in rules["full_cell"]:
        cases.append("coalesce(e.cell IN " + among(rules["without_cathode"]) + ", 0)")
    return "(" + " OR ".join(cases) + ")" if cases else "0"


def elsewhere(field: Field, parameter: Parameter) -> str:
    """Give the condition under which the paper says something of a field, though not (as far as was read) here."""
    if field.kind == "metric":
        return _SPOKEN_OF.format(query=parameter(_names_of(field.name)))
    if field.column in _OF_EXPERIMENTS:
        return _ELSEWHERE.format(column=field.column)
    if field.column in TRAITS:
        return _TOLD_OF_ANOTHER.format(kind=parameter(TRAITS[field.column]))
    return "0"


def _names_of(metric: str) -> str:
    """Give the FTS5 query for what papers call a metric."""
    names = (metric.replace("_", " "), *vocabulary().metrics[metric].synonyms)
    phrases = {" ".join(re.findall(r"\w+", name)) for name in names}
    return " OR ".join(f'"{phrase}"' for phrase in sorted(phrases) if len(phrase) >= _SHORTEST_NAME)
