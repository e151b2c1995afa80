"""The golden sentences of tests/cases/coatings.toml, and how claims are gathered into coatings."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractors.coatings import Claim, gather
from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from schema.records import TRAITS, Coating, Evidence, Trait

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "coatings.toml").read_text("utf-8"))["case"]
KEYS = {"name", "text", "markdown", "of", "cited_ref", *TRAITS}


def mined(case: dict[str, Any]) -> tuple[Coating, ...]:
    return mine(read_text_string(case["text"], source="case.txt", markdown=case.get("markdown", False))).coatings


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    wanted = {kind: tuple(case.get(kind, ())) for kind in TRAITS}
    coatings = [c for c in mined(case) if "cited_ref" not in case or c.cited_ref == case["cited_ref"]]
    assert {k: tuple(n for c in coatings for n in c.named(k)) for k in TRAITS} == wanted
    if "of" in case:
        assert [list(c.components) for c in coatings] == [case["of"]]


def claim(kind: str, name: str, passage: int = 0, section: str = "Results", **of: Any) -> Claim:
    trait = Trait(kind, name, Evidence("", 0, 1, section, passage=passage))
    return Claim(of.get("components", ("PAN",)), "PAN", of.get("cited_ref"), trait)


def test_a_trait_stands_once_at_its_first_place() -> None:
    (coating,) = gather([claim("product", "LiF", 3), claim("mechanism", "host", 4), claim("product", "LiF", 5)])
    assert [(t.kind, t.name, t.mentions, t.evidence.passage) for t in coating.traits] == [
        ("product", "LiF", 2, 3),
        ("mechanism", "host", 1, 4),
    ]


def test_coatings_are_told_apart_by_components_and_reference() -> None:
    claims = [claim("mechanism", "host"), claim("mechanism", "host", cited_ref="4")]
    claims += [claim("mechanism", "host", components=("PEO",)), claim("product", "LiF", cited_ref="4")]
    assert [(c.components, c.cited_ref, len(c.traits)) for c in gather(claims)] == [
        (("PAN",), None, 1),
        (("PAN",), "4", 2),
        (("PEO",), None, 1),
    ]


def test_steps_stand_as_the_fullest_account_has_them_not_the_summary() -> None:
    summary = [claim("process", name, 9, "Conclusions") for name in ("sintering", "rolling", "etching")]
    account = [claim("process", name, 5) for name in ("etching", "sintering")]
    (coating,) = gather([*summary, *account])
    assert coating.named("process") == ("etching", "sintering", "rolling")


def test_a_remark_among_what_is_said_often_is_let_go() -> None:
    often = [claim("mechanism", "self-healing", n) for n in range(8)]
    (coating,) = gather([*often, claim("mechanism", "host"), *(claim("product", "LiF", n) for n in range(8))])
    assert coating.named("mechanism") == ("self-healing",)


def test_the_offsets_show_the_words() -> None:
    text = "The ZnF2 film was cast on copper foil. The ZnF2 film turns into LiF and evens out the lithium-ion flux."
    (coating,) = mine(read_text_string(text)).coatings
    assert {t.name: text[t.evidence.start : t.evidence.end] for t in coating.traits} == {
        "Cu": "copper",
        "LiF": "LiF",
        "homogeneous ion flux": "evens out the lithium-ion flux",
    }
