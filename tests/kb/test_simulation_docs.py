"""docs/simulation.md: its tables are those of priors.toml.

``python tests/kb/test_simulation_docs.py`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.screening.cycling import PARAMETERS, Protocol
from kb.screening.electrode import AS_DRAWN
from kb.screening.priors import Input, priors

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"
TABLES = ("inputs", "derived", "protocol")


def rows(name: str) -> list[tuple[str, ...]]:
    known = priors()
    if name == "inputs":
        head = ("input", "meaning", "unit", "level", "prior", "spread of a report", "status", "source")
        return [head, *(row for one in known.inputs.values() for row in input_rows(one))]
    if name == "derived":
        return [("derived", "meaning", "unit"), *((f"`{d.name}`", d.meaning, d.unit) for d in known.derived.values())]
    head = ("protocol", "meaning", "unit", "where not given")
    return [head, *((f"`{s.name}`", s.meaning, s.unit, f"{s.value:g}") for s in known.protocol.values())]


def input_rows(one: Input) -> list[tuple[str, ...]]:
    spread = f"{one.spread:g}" if one.metrics else ""
    prior = one.prior.words if one.prior else ""
    first = (f"`{one.name}`", one.meaning, one.unit, one.level, prior, spread, one.status, one.source)
    classes = [
        ("", f"in the class {key}", one.unit, one.level, prior.words, "", one.status, source)
        for key, (prior, source) in one.classes.items()
    ]
    return [first, *classes]


def table(name: str) -> str:
    head, *body = rows(name)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


def page_with_tables(text: str) -> str:
    for name in TABLES:
        pattern = rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)"
        text, found = re.subn(pattern, lambda m, name=name: f"{m[1]}{table(name)}\n{m[2]}", text, flags=re.DOTALL)
        assert found == 1, name
    return text


def test_the_tables_of_the_page_are_those_of_the_priors():
    text = PAGE.read_text("utf-8")
    assert page_with_tables(text) == text, "python tests/kb/test_simulation_docs.py writes them anew"


def test_every_kernel_parameter_is_drawn_derived_or_an_exchange():
    known = priors()
    assert set(PARAMETERS) == {*AS_DRAWN, *known.derived, "dead_bare", "exchange_bare", "exchange_coated"}
    assert set(AS_DRAWN) <= known.inputs.keys()


def test_the_protocol_is_the_kernels():
    assert set(priors().protocol) == set(Protocol.__dataclass_fields__)


@pytest.mark.parametrize("name", ["electrolyte_class", "coating_kind"])
def test_the_classes_are_named_in_the_page(name: str):
    from kb.settings import CLASSES

    classes = {key for one in priors().inputs.values() if one.by == CLASSES[name] for key in one.classes}
    assert f"`{name}` ({', '.join(sorted(classes))})" in " ".join(PAGE.read_text("utf-8").split())


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text("utf-8")), "utf-8")
