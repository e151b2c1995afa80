"""The grammar alone: what it takes, what it refuses, how it binds."""

from __future__ import annotations

from pathlib import Path

import pytest
from lark import Lark, UnexpectedInput

import schema

GRAMMAR = (Path(schema.__file__).parent / "filter.lark").read_text("utf-8")
PARSER = Lark(GRAMMAR, parser="lalr")


def shape(text: str) -> str:
    """The tree as nested rule names."""

    def told(tree: object) -> str:
        data = getattr(tree, "data", None)
        if data is None:
            return ""
        inner = ",".join(filter(None, (told(c) for c in tree.children)))  # type: ignore[attr-defined]
        return f"{data}({inner})" if inner else str(data)

    return told(PARSER.parse(text).children[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year = 2019 OR is_control AND doi IS KNOWN", "disjunction(comparison(quantity),conjunction(bare,known))"),
        ("(year = 2019 OR is_control) AND doi IS KNOWN", "conjunction(disjunction(comparison(quantity),bare),known)"),
        ("NOT is_control AND year > 2000", "conjunction(negation(bare),comparison(quantity))"),
        ("NOT NOT is_control", "negation(negation(bare))"),
        ("year BETWEEN 1 AND 2 AND is_control", "conjunction(between(quantity,quantity),bare)"),
        ("components has any (PVDF, 'PMMA') or flags HAS \"x\"", "disjunction(has_any,has)"),
        ("components HAS ALL(PVDF)", "has_all"),
        ("doi is unknown", "unknown"),
        ("note = 3", "comparison(quantity)"),
        ("order = 3", "comparison(quantity)"),
        ("cell = Li|Cu", "comparison"),
    ],
)
def test_it_binds_as_the_header_says(text: str, expected: str) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("x >= 10 A/m^2", "10", "A/m^2"),
        ("x >= 10A/m^2", "10", "A/m^2"),
        ("x < 1e-4 S cm−1", "1e-4", "S cm−1"),
        ("x < 1eV", "1", "eV"),
        ("x < .5 Ω·cm^{2}", ".5", "Ω·cm^{2}"),
        ("x > −0.5 V", "−0.5", "V"),
        ("x > 98 %", "98", "%"),
        ("x > 98 mA h cm-2", "98", "mA h cm-2"),
        ("(x > 98 mA)", "98", "mA"),
    ],
)
def test_a_number_takes_its_unit(text: str, number: str, unit: str) -> None:
    quantity = next(PARSER.parse(text).find_data("quantity"))
    assert [str(c) for c in quantity.children] == [number, unit]


@pytest.mark.parametrize("follows", ["AND y = 1", "or y = 1", "AND NOT y", "AND y IS KNOWN"])
def test_a_unit_ends_where_the_next_condition_begins(follows: str) -> None:
    quantity = next(PARSER.parse(f"x > 98 mA {follows}").find_data("quantity"))
    assert str(quantity.children[1]) == "mA"


@pytest.mark.parametrize(
    "text",
    [
        "", "AND", "x >", "x > 3 y > 4", "x > 1,000", "98 < x", "x == 3", "(x = 3", "x = 3)", "x = 'a", "x IS", "NOT",
        "x IS NOT KNOWN", "components HAS", "components HAS ANY", "components HAS ANY ()", "components HAS ANY PVDF",
        "x BETWEEN 1", "x BETWEEN 1 OR 2", "x = surface coating", "x = 3; DROP TABLE y", "x && y", "x in (1, 2)",
    ],
)  # fmt: skip
def test_what_it_refuses(text: str) -> None:
    with pytest.raises(UnexpectedInput):
        PARSER.parse(text)
