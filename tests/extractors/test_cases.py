"""The golden sentences of tests/cases/*.toml, mined one by one."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest

from schema.records import Conditions, Document, Evidence, Measurement, Subject, to_export
from schema.vocabulary import vocabulary

FOLDER = Path(__file__).parent.parent / "cases"
OTHERS = {"corpus.toml", "coatings.toml"}  # in other forms: tests/test_corpus.py, test_coatings.py
CASES = [
    case
    for path in sorted(FOLDER.glob("*.toml"))
    if path.name not in OTHERS
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
RECORD_KEYS = {"metric", "value", "value_max", "qualifier", "unit", "components", "is_control", "conditions"}
RECORD_KEYS |= {"provenance", "cited_ref", "without"}


def equal(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(got, bool) or not isinstance(wanted, (int, float)):
        return bool(wanted == got)
    return isinstance(got, (int, float)) and math.isclose(wanted, got, rel_tol=1e-6, abs_tol=1e-12)


def differences(wanted: dict[str, Any], found: Measurement) -> list[str]:
    """Name each key of a wanted record that a measurement does not have right."""
    got = to_export(found, id=0, source="", doi=None)
    got["components"] = got["subject"]["components"]
    out = []
    for key, value in ({"value_max": None} | wanted).items():
        if key == "conditions":
            out += [f"{k}: {got[key].get(k)!r}, not {v!r}" for k, v in value.items() if not equal(v, got[key].get(k))]
        elif key == "without":
            out += [f"{k}: {got['conditions'][k]!r}, not none" for k in value if got["conditions"].get(k) is not None]
        elif key == "components":
            if set(value) != set(got[key]):
                out.append(f"components: {got[key]!r}, not {value!r}")
        elif not equal(value, got[key]):
            out.append(f"{key}: {got[key]!r}, not {value!r}")
    return out


def brief(record: dict[str, Any]) -> str:
    return ", ".join(f"{k}={v!r}" for k, v in record.items())


def told(found: Measurement) -> str:
    shown = to_export(found, id=0, source="", doi=None)
    name = "control" if found.is_control else "sample"
    return (
        f"{found.metric} {found.qualifier} {found.value!r} {found.unit}, {name} {shown['subject']['components']}, "
        f"{shown['conditions']}, from {found.value_reported!r} {found.unit_reported!r}"
    )


def compare(case: dict[str, Any], measurements: list[Measurement]) -> list[str]:
    """Say in lines what is missing, what is wrong, and what is one too many; no lines where all is right."""
    lines: list[str] = []
    left = [m for m in measurements if m.metric != "other"]
    wanted = []
    for record in case["records"]:
        right = next((m for m in left if not differences(record, m)), None)
        if right is None:
            wanted.append(record)
        else:
            left.remove(right)
    for record in wanted:
        near = min(
            (m for m in left if m.metric == record["metric"]),
            key=lambda m: (not equal(record["value"], m.value), len(differences(record, m))),
            default=None,
        )
        if near is None:
            lines.append(f"missing: {brief(record)}")
        else:
            left.remove(near)
            lines.append(f"wrong: {brief(record)}\n    got {'; '.join(differences(record, near))}")
    for record in case.get("optional", []):
        left = [m for m in left if differences(record, m)]
    return lines + [f"one too many: {told(m)}" for m in left]


def test_comparison_tells_missing_wrong_and_extra() -> None:
    found = Measurement(
        metric="coulombic_efficiency",
        value=98.9,
        unit="percent",
        subject=Subject("LiPAA film", ("LiPAA",)),
        evidence=Evidence("", 0, 0),
        conditions=Conditions(current_density_mA_cm2=0.5),
    )
    right = {"metric": "coulombic_efficiency", "value": 98.9, "unit": "percent", "components": ["LiPAA"]}
    assert compare({"records": [right]}, [found]) == []
    assert compare({"records": [], "optional": [right]}, [found]) == []
    assert compare({"records": [right]}, [])[0].startswith("missing: metric='coulombic_efficiency'")
    assert compare({"records": []}, [found])[0].startswith("one too many: coulombic_efficiency = 98.9 percent")
    wrong = right | {"is_control": True, "conditions": {"current_density_mA_cm2": 1}}
    (line,) = compare({"records": [wrong]}, [found])
    assert line.endswith("got is_control: False, not True; current_density_mA_cm2: 0.5, not 1")


def runs() -> list[Any]:
    """Give the cases as parameters; one that carries `fails` (why) must fail, and says so once it no longer does."""
    return [
        pytest.param(
            case,
            id=case["name"],
            marks=[pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else [],
        )
        for case in CASES
    ]


def test_names_are_unique_and_a_third_give_nothing() -> None:
    assert len({c["name"] for c in CASES}) == len(CASES) >= 250
    assert 3 * sum(not c["records"] for c in CASES) >= len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case_is_well_formed(case: dict[str, Any]) -> None:
    metrics = vocabulary().metrics
    for record in [*case["records"], *case.get("optional", [])]:
        assert set(record) <= RECORD_KEYS, sorted(set(record) - RECORD_KEYS)
        units = {metrics[record["metric"]].unit} | ({"fold"} if record["metric"] == "improvement" else set())
        assert record["unit"] in units


def read_case(case: dict[str, Any]) -> Document:
    """Read the text of a case; "format" says in the body of what article it stands, if in any."""
    from extractors.readers import read_page, read_xml
    from extractors.readers.plain.text import read_text_string

    if case.get("format") == "jats":
        return read_xml(f"<article><body><sec><title>Results</title>{case['text']}</sec></body></article>", "case.xml")
    if case.get("format") == "html":
        told = "<h1>A study</h1><h2>Results</h2><p>The cells were built and measured; the table says how they ran.</p>"
        return read_page(f"<html><body><article>{told}{case['text']}</article></body></html>", "case.html")
    return read_text_string(case["text"], source="case.txt", markdown=case.get("markdown", False))


@pytest.mark.parametrize("case", runs())
def test_case(case: dict[str, Any]) -> None:
    from extractors.pipeline import mine

    lines = compare(case, list(mine(read_case(case)).measurements))
    assert not lines, "\n".join([case["text"], *lines])
