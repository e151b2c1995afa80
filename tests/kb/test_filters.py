"""Reading a filter: names, units, and what is said of each slip, at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.fields import BOOLEANS, COLUMNS, CONDITIONS, LISTS, NUMBERS, TEXTS
from kb.filters import parse
from kb.nodes import And, At, Comparison, Has, Matches
from schema.errors import FilterSyntaxError, KBError, UnitMismatch, UnknownMetric, UnknownName, UnknownQuery
from schema.vocabulary import vocabulary


def caret(error: KBError) -> tuple[str, int]:
    """The first line of a message, and the column its caret points at."""
    message, _, pointer = str(error).split("\n")
    return message, pointer.index("^") - 2


def test_the_kinds_of_columns_make_up_all_columns() -> None:
    assert sorted(COLUMNS) == sorted((*NUMBERS, *TEXTS, *LISTS, *BOOLEANS))
    assert set(CONDITIONS.values()) <= set(COLUMNS)


@pytest.mark.parametrize("metric", sorted(vocabulary().metrics))
def test_every_metric_can_be_compared_in_its_own_unit(metric: str) -> None:
    unit = vocabulary().metrics[metric].unit
    for text in (f"{metric} >= 2", f"{metric} >= 2 {unit}" if unit != "1" else f"{metric} >= 2"):
        node = parse(text)
        assert isinstance(node, Comparison)
        assert (node.field.kind, node.field.name, node.value) == ("metric", metric, 2.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("current_density >= 10 A/m^2", 1.0),
        ("coulombic_efficiency > 98 %", 98.0),
        ("condition.temperature < 298.15 K", 25.0),
        ("cycling_hours > 2 days", 48.0),
        ("interfacial_resistance < 2 kΩ·cm^{2}", 2000.0),
        ("cycle_count > 200 cycles", 200.0),
        ("c_rate = 0.5 C", 0.5),
        ("overpotential < 0.02 V", 20.0),
        ("temperature_C > −20", -20.0),
    ],
)
def test_units_are_converted(text: str, value: float) -> None:
    node = parse(text)
    assert isinstance(node, Comparison)
    assert node.value == pytest.approx(value, rel=1e-12)


def test_at_binds_conditions_to_the_metric_before_it() -> None:
    node = parse("coulombic_efficiency >= 98 AT (areal_capacity >= 1 Ah/m^2, cell = 'Li|Cu half') AND year > 2000")
    assert isinstance(node, And)
    at = node.children[0]
    assert isinstance(at, At)
    assert isinstance(at.node, And)
    told = [(c.field.column, c.value) for c in at.node.children if isinstance(c, Comparison)]
    assert told == [("value", 98.0), ("areal_capacity_mAh_cm2", pytest.approx(0.1)), ("cell", "Li|Cu half")]


def test_a_named_filter_stands_for_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_QUERIES", str(tmp_path))
    (tmp_path / "mine.filter").write_text("# Words.\ntext MATCHES 'artificial SEI'\n")
    (tmp_path / "loop.filter").write_text("NOT @around")
    (tmp_path / "around.filter").write_text("@loop OR is_control")
    assert parse("@mine") == Matches('"artificial" "SEI"')
    with pytest.raises(FilterSyntaxError, match="part of itself: @loop in @around in @loop"):
        parse("@loop")


def test_the_one_unit_of_between_is_meant_for_both() -> None:
    node = parse("overpotential BETWEEN 0.01 AND 0.03 V")
    assert isinstance(node, And)
    assert [(c.op, c.value) for c in node.children if isinstance(c, Comparison)] == [(">=", 10.0), ("<=", 30.0)]


def test_texts_need_quotes_only_where_they_are_several_words() -> None:
    for text, value in (
        ("doi = 10.1039/d1ma00121c", "10.1039/d1ma00121c"),
        ("cited_ref = 61", "61"),
        ("cell = 'Li|Cu half'", "Li|Cu half"),
        (r'subject = "a \"b\" \\ c"', r'a "b" \ c'),
    ):
        node = parse(text)
        assert isinstance(node, Comparison)
        assert node.value == value


def test_other_names_of_a_material_are_looked_up() -> None:
    node = parse('components HAS ANY ("polyvinylidene fluoride", Xy)')
    assert isinstance(node, Has)
    assert node.items == (("polyvinylidene fluoride", "PVDF"), ("Xy",))


@pytest.mark.parametrize(
    ("text", "kind", "message", "place"),
    [
        ("coulombic_eficiency > 98", UnknownMetric, "did you mean 'coulombic_efficiency'", 0),
        ("year > 1 AND CE > 98", UnknownName, "did you mean 'coulombic_efficiency'", 13),
        ("sorce = x", UnknownName, "did you mean 'source'", 0),
        ("condition.tempera IS KNOWN", UnknownName, "did you mean 'condition.temperature'", 0),
        ("zzz IS KNOWN", UnknownName, "kb metrics", 0),
        ("metric = coulombic_eficiency", UnknownMetric, "did you mean 'coulombic_efficiency'", 9),
        ("provenance = measurd", UnknownName, "did you mean 'measured'", 13),
        ('strategy = "surface coat"', UnknownName, "did you mean 'surface coating'", 11),
        ("mechanisms HAS ANY (host, aloying)", UnknownName, "did you mean 'alloying'", 26),
        ('steps HAS "electrospining"', UnknownName, "did you mean 'electrospinning'", 10),
        ("qualifier = about", UnknownName, "there are =, ~, >", 12),
        ("coulombic_efficiency > 3 mA", UnitMismatch, "coulombic_efficiency is in percent", 23),
        ("current_density >= 10 A", UnitMismatch, "current_density is in mA/cm^2", 19),
        ("overpotential < 3 blorb", UnitMismatch, "unknown unit 'blorb'", 16),
        ("year > 2000 h", UnitMismatch, "year is in plain numbers", 7),
        ("c_rate > 1 mAh", UnitMismatch, "0.5 C", 9),
        ("value > 3 mV", UnitMismatch, "name the metric", 8),
        ("overpotential BETWEEN 1 AND 2 mA", UnitMismatch, "overpotential is in mV", 22),
        ("overpotential", FilterSyntaxError, "alone is no condition", 13),
        ("overpotential = high", FilterSyntaxError, "is a number (in mV)", 16),
        ("components = PVDF", FilterSyntaxError, "ask: components HAS PVDF", 10),
        ("subject HAS PVDF", FilterSyntaxError, "is no list", 7),
        ("source < 3", FilterSyntaxError, "compare it with = or !=", 6),
        ("source BETWEEN 1 AND 2", FilterSyntaxError, "BETWEEN compares numbers", 6),
        ("is_control = maybe", FilterSyntaxError, "NOT is_control", 13),
        ("year BETWEEN 2020 AND 2010", FilterSyntaxError, "smaller number first", 13),
        ("year > 1e999", FilterSyntaxError, "too large", 7),
        ("overpotential < ", FilterSyntaxError, "expected a number", 15),
        ("strategy = surface coating", FilterSyntaxError, "needs quotes", 19),
        ("overpotential < 3 cycling_hours > 4", FilterSyntaxError, "expected a unit, AND, OR", 18),
        ("year == 3", FilterSyntaxError, "write = once", 6),
        ("is_control && year = 3", FilterSyntaxError, "write AND", 11),
        ("cycling_hours > 1,000", FilterSyntaxError, "without commas", 17),
        ("98 < coulombic_efficiency", FilterSyntaxError, "begin with the name", 0),
        ("subject = 'x", FilterSyntaxError, "not closed", 10),
        ("(year = 3", FilterSyntaxError, "expected )", 9),
        ("  ", FilterSyntaxError, "the filter is empty", 0),
        ("overpotential < 3 AT (cycling_hours > 4)", FilterSyntaxError, "outside the brackets", 22),
        ("overpotential < 3 AT (current_density > 4 h)", UnitMismatch, "current_density is in mA/cm^2", 40),
        ("year > 3 AT (current_density > 4)", FilterSyntaxError, "AT follows a metric", 4),
        ("porosity > 3 AT (density > 2 AT (year = 3))", FilterSyntaxError, "AT does not stand inside AT", 17),
        ("MAYBE current_density > 4", FilterSyntaxError, "MAYBE is for measured values", 6),
        ("subject MATCHES PVDF", FilterSyntaxError, "write text MATCHES PVDF", 0),
        ("text MATCHES '?'", FilterSyntaxError, "no word to look for", 13),
        ("year = 3 AND @nothing", UnknownQuery, "kb queries lists them", 13),
        ("overpotential IS NOT", FilterSyntaxError, "expected REPORTED", 20),
        ("elements HAS Lithium", UnknownName, "unknown element 'Lithium'", 13),
        ("paper.jear > 2000", UnknownMetric, "unknown metric", 0),
        ("year =\n\t'a", FilterSyntaxError, "not closed", 8),
        ("subject = 'a\udcff'", FilterSyntaxError, "is not text", 12),
    ],
)
def test_each_slip_is_told_at_its_place(text: str, kind: type[KBError], message: str, place: int) -> None:
    with pytest.raises(kind) as caught:
        parse(text)
    told, column = caret(caught.value)
    assert message in told
    assert column == place


def test_the_errors_are_builtins_too() -> None:
    for text, builtin in (("zz > 1", LookupError), ("year > 1 mA", ValueError), ("year >", ValueError)):
        with pytest.raises(builtin):
            parse(text)


@given(st.text(max_size=60) | st.text(alphabet="year=<>(), \"'ANDORNOT1.5mA\\", max_size=60))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    try:
        parse(text)
    except KBError as error:
        assert str(error)
