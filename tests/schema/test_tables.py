"""The schema says what each column is, keeps its promises, and the views have the columns that are written down."""

from __future__ import annotations

import re
import sqlite3

import pytest

from kb.connection import APPLICATION_ID, SCHEMA_VERSION
from kb.fields import COLUMNS
from kb.migrations import migrations
from schema.records import PASSAGE_KINDS, PROVENANCES, QUALIFIERS, TRAITS
from schema.statements import FOLDER, _statements, split_statements, statement

TABLES = {"papers", "documents", "passages", "materials", "systems", "system_components", "experiments", "measurements",
          "evidence", "coatings", "traits", "coating_measurements", "citations", "rejections", "repairs", "runs",
          "run_documents", "merges", "calibrations", "given_metadata", "findings", "finding_measurements",
          "audited", "compared", "decisions", "curated"}  # fmt: skip
VIEWS = {"measurement_view", "graph_nodes", "graph_edges", "same_names"}
TEXT = (FOLDER / "tables.sql").read_text("utf-8")
MEASUREMENT_VIEW = """id, paper_id, document_id, system_id, experiment_id, passage_id, source, doi, title, year, metric,
value, value_max, qualifier, unit, value_reported, unit_reported, subject, components, substrate, strategy, process,
steps, products, mechanisms, elements, is_control, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, cycle_first,
cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell,
conditions_far, provenance, cited_ref, confidence, confidence_strict, flags, findings, evidence, evidence_start,
evidence_end, section, page, status, control_id, mined""".replace("\n", " ").split(", ")


@pytest.fixture
def laid() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    for text in split_statements(TEXT):
        db.execute(text)
    return db


def columns(db: sqlite3.Connection, name: str) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))]


def test_the_file_carries_the_version_the_program_knows(laid: sqlite3.Connection) -> None:
    assert laid.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert laid.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_migrations_lead_to_this_version_without_a_gap() -> None:
    assert list(migrations(FOLDER / "migrations")) == list(range(1, SCHEMA_VERSION + 1))


def test_tables_are_strict_and_all_there(laid: sqlite3.Connection) -> None:
    rows = laid.execute("SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    tables = {name: strict for name, kind, strict in rows if kind == "table" and not name.startswith("sqlite_")}
    assert tables == dict.fromkeys(TABLES, 1)
    assert {name for name, kind, _ in rows if kind == "view"} == VIEWS


def commented(name: str) -> dict[str, str]:
    """Column -> its comment, as they stand in the text of a table or view."""
    block = re.search(rf"CREATE (?:VIRTUAL TABLE|TABLE|VIEW) {name}\b(.*?);\n", TEXT + "\n", re.DOTALL)
    assert block, name
    found = {}
    for line in block[1].splitlines():
        code, _, comment = line.partition("-- ")
        match = re.match(r"\s+(?:\S+ AS )?([a-z]\w*)(?:,? *$|,|\s+(?:TEXT|INTEGER|REAL|BLOB)\b)", code)
        if match and comment:
            found[match[1]] = comment
    return found


@pytest.mark.parametrize("name", sorted({*TABLES, *VIEWS, "passages_text"}))
def test_every_column_has_a_comment_with_its_unit(laid: sqlite3.Connection, name: str) -> None:
    comments = commented(name)
    for column in columns(laid, name):
        said = re.match(r"\[[^\]]+\] \S", comments.get(column, ""))
        assert said, f"{name}.{column}: no '-- [unit] meaning' on its line"


def test_measurement_view_has_the_columns_that_filters_speak_of(laid: sqlite3.Connection) -> None:
    assert columns(laid, "measurement_view") == MEASUREMENT_VIEW
    assert sorted(COLUMNS) == sorted(MEASUREMENT_VIEW)


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("measurements", "qualifier", QUALIFIERS), ("measurements", "provenance", PROVENANCES),
     ("passages", "kind", PASSAGE_KINDS), ("traits", "kind", TRAITS),
     ("run_documents", "outcome", ("new", "unchanged", "changed", "failed"))],
)  # fmt: skip
def test_checks_name_the_words_of_the_records(table: str, column: str, words: tuple[str, ...]) -> None:
    block = re.search(rf"CREATE TABLE {table} .*?CHECK \({column} IN \((.*?)\)\)", TEXT, re.DOTALL)
    assert block
    assert tuple(re.findall(r"'([^']*)'", block[1])) == words


@pytest.mark.parametrize(
    "change",
    ["qualifier = 'about'", "provenance = 'guessed'", "confidence = 1.1", "confidence = -0.1",
     "confidence_strict = 1.1", "value = 'high'", "value_max = value - 1", "flags = 'none'", "metric = NULL",
     "experiment_id = 99"],
)  # fmt: skip
def test_a_measurement_outside_the_rules_is_refused(laid: sqlite3.Connection, change: str) -> None:
    laid.execute("PRAGMA foreign_keys = ON")
    for row in (
        "INSERT INTO papers (id) VALUES (1)",
        "INSERT INTO documents VALUES (1, 1, 'a', 'a', 'text', 'x', NULL, '', NULL, NULL, '', '[]', '', '1', 'v', '',"
        " NULL, NULL)",
        "INSERT INTO systems (id, key, label, strategy) VALUES (1, 'k', 'Cu', 'other')",
        "INSERT INTO experiments (id, key, paper_id, system_id, is_control) VALUES (1, 'k', 1, 1, 0)",
        "INSERT INTO measurements VALUES (1, 1, 1, 0, 'f', 'porosity', 5.0, NULL, '=', 'percent', '5', '%', 'Cu', '[]',"
        " 'measured', 0.5, '[]', '[]', NULL, '', 'mined', NULL, NULL)",
    ):
        laid.execute(row)
    with pytest.raises(sqlite3.IntegrityError):
        laid.execute("UPDATE measurements SET " + change)  # noqa: S608 - a constant of this test
    with pytest.raises(sqlite3.IntegrityError, match="is_control"):
        laid.execute("UPDATE experiments SET is_control = 2")


@pytest.mark.parametrize("name", sorted(_statements()))
def test_every_named_statement_fits_the_schema(laid: sqlite3.Connection, name: str) -> None:
    text = statement(name)
    names = set(re.findall(r":(\w+)", text))
    laid.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('x', 1)")
    assert laid.execute("EXPLAIN " + text, dict.fromkeys(names)).fetchall()


def test_a_statement_has_one_name_in_all_files() -> None:
    names = [
        name
        for path in (FOLDER / "sql").glob("*.sql")
        for name in re.findall(r"^-- name: (.*)$", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(names) == sorted(_statements())


def test_foreign_keys_have_an_index(laid: sqlite3.Connection) -> None:
    """Without one, each row that goes makes SQLite read the whole table that refers to it."""
    for table in TABLES:
        leading = {
            laid.execute("SELECT name FROM pragma_index_info(?) WHERE seqno = 0", (index,)).fetchone()[0]
            for (index,) in laid.execute("SELECT name FROM pragma_index_list(?)", (table,))
        }
        keys = {row[0] for row in laid.execute("SELECT name FROM pragma_table_info(?) WHERE pk = 1", (table,))}
        for (column,) in laid.execute('SELECT "from" FROM pragma_foreign_key_list(?)', (table,)):
            assert column in leading | keys, f"{table}.{column}"


def test_statements_are_split_at_their_ends_only() -> None:
    script = "-- a; b\nCREATE TABLE a (b TEXT DEFAULT ';');\n\nCREATE TRIGGER t INSERT ON a BEGIN\n  SELECT 1;\nEND;\n"
    parts = list(split_statements(script))
    assert len(parts) == 2
    assert parts[1].endswith("END;")
