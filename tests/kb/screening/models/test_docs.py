"""docs/models.md and the docstrings, compared with what the code declares."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kb.screening import models

PAGE = (Path(__file__).parents[4] / "docs" / "models.md").read_text("utf-8")
SECTIONS = {
    "a": ("lithium", "efficiency", "consistency"),
    "b": ("overpotential", "charge_transfer", "thickness"),
    "c": ("mechanics",),
    "d": ("transport",),
    "f": ("pouch",),
}
FUNCTIONS = {n: f for n in models.__all__ if inspect.isfunction(f := getattr(models, n))}
CHOICES = {"configuration", "definition", "first_cycle", "last_cycle"}  # named in words, without a unit


def tables(section: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give result by function and unit by argument, as the page's section has them."""
    text = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    body = next(part for part in text if part.startswith(f"{section}. "))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    kind = ""
    for line in body.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] in {"function", "argument", "configuration"}:
            kind = cells[0]
        elif line.startswith("| `"):
            name = cells[0].strip("`")
            assert name not in found[kind], f"{name} stands twice in section {section}"
            found[kind][name] = cells[2]
    return found["function"], found["argument"]


def section_of(function) -> str:
    module = function.__module__.rpartition(".")[2]
    return next(section for section, names in SECTIONS.items() if module in names)


def test_everything_public_is_named_in_the_page_and_nothing_else():
    for name in models.__all__:
        assert f"`{name}`" in PAGE or (name == "Bounds" and "`Bounds`" in PAGE), name
    assert set().union(*(tables(section)[0] for section in SECTIONS)) == FUNCTIONS.keys()


def test_all_is_what_the_modules_define():
    defined = {
        name
        for modules in SECTIONS.values()
        for module in modules
        for name, value in vars(getattr(models, module)).items()
        if inspect.isfunction(value) and value.__module__.endswith(f".{module}") and not name.startswith("_")
    }
    assert defined == FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_stands_in_its_section_with_its_units(name):
    function = FUNCTIONS[name]
    results, units = tables(section_of(function))
    if name == "sensitivity_table":
        assert results[name] == "rows"
        return
    assert results[name] == (function.result_unit or "flag")
    assert {a: units.get(a) for a in function.arguments} == {a: d.unit for a, d in function.arguments.items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_no_argument_in_the_page_is_left_over(section):
    used = {a for f in FUNCTIONS.values() if section_of(f) == section for a in getattr(f, "arguments", ())}
    assert tables(section)[1].keys() == used


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"sensitivity_table"}))
def test_a_docstring_has_each_argument_in_order_with_its_unit(name):
    function = FUNCTIONS[name]
    parameters = inspect.getdoc(function).split("Parameters\n----------\n")[1].split("\n\n")[0]
    lines = re.findall(r"^([\w, ]+) : (.*)$", parameters, flags=re.MULTILINE)
    told = [argument for names, _ in lines for argument in names.split(", ")]
    assert told == list(inspect.signature(function).parameters)
    for argument, rest in lines:
        if argument in function.arguments:
            assert rest.endswith(f"[{function.arguments[argument].unit}]"), argument
        else:
            assert set(argument.split(", ")) <= CHOICES


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_docstring_has_a_source_and_an_example_and_a_signature_no_single_letters(name):
    text = inspect.getdoc(FUNCTIONS[name])
    assert "References\n----------\ndocs/models.md " in text
    assert ">>> " in text
    assert all(len(parameter) > 1 for parameter in inspect.signature(FUNCTIONS[name]).parameters)


def test_the_example_of_the_page_runs():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    *lines, last = code.strip().splitlines()
    expression, _, told = last.partition("  # ")
    names: dict = {}
    exec("\n".join(lines), names)
    assert eval(expression, names).round(1).tolist() == [float(number) for number in told.split(", ")]
