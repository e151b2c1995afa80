"""What may be set of a fact, and the gates that a set value passes: those of the mined ones."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kb.fields import CONDITIONS, NUMBERS
from schema.errors import BadDecision, UnitMismatch, UnknownName, did_you_mean
from schema.records import PROVENANCES, QUALIFIERS, Conditions, Measurement, Subject, to_export
from schema.units import convert
from schema.vocabulary import vocabulary

RESULT = ("metric", "value", "value_max", "unit", "qualifier")
SAMPLE = ("sample", "components", "substrate", "strategy", "is_control")
TESTED = tuple(name for name in CONDITIONS if name not in ("cycle_first", "cycle_last"))
FIELDS = (*RESULT, *SAMPLE, "provenance", *TESTED)
UNKNOWN = ("", "none")  # takes a condition away: the paper does not state it for this result
OUT_OF_RANGE = "out_of_range"
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
_BARE_UNITS: Mapping[str, str] = {"1": "dimensionless", "C_rate": "C"}


def as_told(changes: Mapping[str, Any]) -> dict[str, str]:
    """Give changes as a decision keeps them: texts, so that two people's are compared as they wrote them.

    Raises
    ------
    BadDecision
        Where a field cannot be set, or none is.

    Examples
    --------
    >>> as_told({"value": 20, "unit": "mV", "is_control": True, "electrolyte": None})
    {'value': '20', 'unit': 'mV', 'is_control': 'true', 'electrolyte': 'none'}
    """
    if not changes:
        raise BadDecision("nothing is set; write it like: --set value=20 unit=mV")
    for name in changes:
        if name not in FIELDS:
            hint = did_you_mean(name, FIELDS) or f"; these can: {', '.join(FIELDS)}"
            raise BadDecision(f"{name!r} cannot be set{hint}")
    words = {True: "true", False: "false"}
    return {
        name: "none" if value is None else words[value] if isinstance(value, bool) else " ".join(str(value).split())
        for name, value in changes.items()
    }


def corrected(mined: Measurement, change: Mapping[str, str]) -> Measurement:
    """Give a measurement with what is set in place of what it had.

    A bare number is in the unit of its metric or condition.  A unit without a value reads the printed number anew, in
    that unit; a metric without a value takes the value along, where the units allow it.

    Raises
    ------
    BadDecision, UnknownMetric, UnknownName, UnitMismatch
        Where something that is set cannot be read, or does not go together.

    Examples
    --------
    >>> from schema.records import Evidence
    >>> found = Measurement("overpotential", 20000.0, "mV", Subject("PVDF@Cu"), Evidence("20 V", 0, 2),
    ...                     value_reported="20", unit_reported="V")
    >>> corrected(found, {"unit": "mV"}).value, corrected(found, {"value": "0.03", "unit": "V"}).value
    (20.0, 30.0)
    """
    out = _result(mined, change) if change.keys() & {*RESULT} else mined
    out = replace(out, subject=_subject(out.subject, change), conditions=_conditions(out.conditions, change))
    if "is_control" in change:
        out = replace(out, is_control=_boolean("is_control", change["is_control"]))
    if "provenance" in change:
        out = replace(out, provenance=_listed("provenance", change["provenance"], PROVENANCES))
    return out


def vouched(measurement: Measurement) -> Measurement:
    """Give a measurement as somebody stands for it: sure, and without the doubts of its mining."""
    return replace(measurement, confidence=1.0, confidence_strict=1.0, flags=())


def differences(mined: Measurement, now: Measurement) -> dict[str, Any]:
    """Say what was mined in place of what differs now: column of ``measurement_view`` -> mined value."""
    one, other = _flat(mined), _flat(now)
    return {name: value for name, value in one.items() if value != other[name]}


def _flat(m: Measurement) -> dict[str, Any]:
    record = to_export(m, id=0, source="", doi=None)
    subject = record.pop("subject")
    tested = {name: getattr(m.conditions, name) for name in Conditions.__dataclass_fields__}
    tested["conditions_far"] = list(m.conditions.conditions_far)
    del record["conditions"], record["evidence"]
    span = tested.pop("cycle_range")
    return {
        **record, **tested, "cycle_range": list(span) if span else None,
        "subject": subject["name"], "components": subject["components"], "substrate": subject["substrate"],
        "strategy": subject["strategy"], "confidence_strict": m.confidence_strict,
    }  # fmt: skip


# --- the result -------------------------------------------------------------------------------------------------------


def _result(m: Measurement, change: Mapping[str, str]) -> Measurement:
    metric = vocabulary().metric(change["metric"]) if "metric" in change else None
    target = metric.unit if metric else m.unit
    low, high = m.value, m.value_max
    if "value" in change or "value_max" in change or "unit" in change:
        told = {"value": change.get("value", m.value_reported if "unit" in change else f"{m.value!r} {m.unit}")}
        if "value_max" in change and change["value_max"] not in UNKNOWN:
            told["value_max"] = change["value_max"]
        elif "value" not in change and "value_max" not in change and high is not None:
            raise BadDecision(f"{m.metric} is a range here: give value= and value_max= with the unit")
        low, *more = (_number(name, text, target, change.get("unit", "")) for name, text in told.items())
        high = more[0] if more else None
    elif metric is not None:
        try:
            low, high = (None if v is None else convert(v, m.unit, target) for v in (low, high))  # type: ignore[assignment]
        except UnitMismatch as error:
            raise UnitMismatch(f"{metric.name}: {error}; give value= and unit= too", m.unit, target) from error
    known = metric or vocabulary().metrics.get(m.metric)
    if known is not None and known.magnitude:
        low, high = abs(low), None if high is None else abs(high)
    if high is not None and high < low:
        low, high = high, low
    qualifier = change.get("qualifier") or (
        "range" if high is not None else "=" if m.qualifier == "range" else m.qualifier
    )
    _listed("qualifier", qualifier, QUALIFIERS)
    if (qualifier == "range") is not (high is not None):
        raise BadDecision("a range has value= and value_max=, and the qualifier range; other values have neither")
    flags = [f for f in m.flags if f != OUT_OF_RANGE]
    if known is not None and not known.plausible[0] <= low <= known.plausible[1]:
        flags.append(OUT_OF_RANGE)
    name = metric.name if metric else m.metric
    return replace(m, metric=name, value=low, value_max=high, unit=target, qualifier=qualifier, flags=tuple(flags))


def _number(name: str, text: str, target: str, unit: str = "") -> float:
    """Read a number in the target unit: with its own unit, else the one that is given beside it, else the target's."""
    read = _QUANTITY.fullmatch(text.replace("−", "-").strip())
    if read is None:
        raise BadDecision(f"{name} = {text!r} is no number; write it like {name}=20, with unit=mV beside it")
    of = (read[2] or unit).strip()
    try:
        value = convert(float(read[1]), of, target) if of and of != _BARE_UNITS.get(target) else float(read[1])
    except UnitMismatch as error:
        raise UnitMismatch(f"{name}: {error}", of, target) from error
    if not math.isfinite(value):
        raise BadDecision(f"{name} = {text!r} is too large a number")
    return value


# --- the sample and its test ------------------------------------------------------------------------------------------


def _subject(subject: Subject, change: Mapping[str, str]) -> Subject:
    if "sample" in change:
        if change["sample"] in UNKNOWN:
            raise BadDecision("a sample has a name; give it as the paper does: sample='PVDF@Cu'")
        subject = replace(subject, name=change["sample"])
    if "components" in change:
        parts = [] if change["components"] in UNKNOWN else re.split(r"\s*[,;+]\s*", change["components"])
        subject = replace(subject, components=tuple(filter(None, parts)))
    if "substrate" in change:
        subject = replace(subject, substrate=_or_none(change["substrate"]))
    if "strategy" in change:
        known = (*vocabulary().strategies, "other")
        subject = replace(subject, strategy=_listed("strategy", change["strategy"], known))
    return subject


def _conditions(conditions: Conditions, change: Mapping[str, str]) -> Conditions:
    told: dict[str, Any] = {}
    for name in TESTED:
        if name not in change:
            continue
        column, text = CONDITIONS[name], _or_none(change[name])
        if text is None:
            told[column] = None
        elif column in NUMBERS:
            told[column] = _number(name, text, NUMBERS[column])
        else:
            told[column] = _class(name, text)
    if not told:
        return conditions
    far = tuple(name for name in conditions.conditions_far if name not in told)  # somebody states it for this result
    return replace(conditions, **told, conditions_far=far)


def _class(name: str, text: str) -> str:
    if name == "electrolyte_class":
        return _listed(name, text, vocabulary().electrolytes)
    if name == "cell" and text.split()[0] not in {cell.split()[0] for cell in vocabulary().cells}:
        raise UnknownName(f"unknown cell {text!r}; there are {', '.join(vocabulary().cells)}, full with its cathode")
    return text


def _listed(name: str, text: str, known: Any) -> str:
    if text not in known:
        hint = did_you_mean(text, known) or f"; there are {', '.join(known)}"
        raise UnknownName(f"unknown {name} {text!r}{hint}")
    return text


def _boolean(name: str, text: str) -> bool:
    if text.casefold() not in (*_YES, *_NO):
        raise BadDecision(f"{name} is true or false, not {text!r}")
    return text.casefold() in _YES


def _or_none(text: str) -> str | None:
    return None if text in UNKNOWN else text
