"""The command line: what stands on which stream, in which form, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from extractors.chemdata import require
from kb.cli import cli
from kb.connection import open_base
from kb.fields import COLUMNS
from kb.store import ingest_document
from kb.testing import Said, bare, coated, compose
from schema.errors import MissingPackage
from schema.records import Conditions, Reference, Subject

ROOT = Path(__file__).parents[2]
LIFE = Said(
    "The coated cell runs for over 1400 h.", "1400", Subject("coated Li", ("PVDF", "PMMA"), "Li", "surface coating"),
    "cycling_hours", "h", Conditions(cell="Li|Li symmetric"), {"qualifier": ">"},
)  # fmt: skip
CITED = Said(
    "A host reached 20 to 50 mV [7].", "20 to 50", Subject("Cu host", ("CuO",), None, "3D host"), "overpotential", "mV",
    more={"value": 20.0, "value_max": 50.0, "qualifier": "range", "provenance": "cited", "cited_ref": "7",
          "flags": ("glyph_repaired",)},
)  # fmt: skip


def heed_interrupts() -> None:
    """Let a child be interrupted also where these tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    mined = compose(coated(), bare(), LIFE, title="A [bold] paper", doi="10.1/a", year=2021)
    ingest_document(db, mined, path="a.txt", extractor_version="t")
    review = compose(CITED, source="b.md", references=(Reference("7", "Smith, J. Chem. 2020"),))
    ingest_document(db, review, path="b.md", extractor_version="t")
    db.close()
    return str(path)


def kb(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="kb")


def rows_of(result: Result, form: str) -> list[dict[str, object]]:
    if form == "json":
        return json.loads(result.stdout)  # type: ignore[no-any-return]
    if form == "jsonl":
        return [json.loads(line) for line in result.stdout.splitlines()]
    return list(csv.DictReader(io.StringIO(result.stdout)))  # type: ignore[arg-type]


# --- find ---


def test_find_prints_a_table_of_what_a_filter_finds(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    result = kb("find", "coulombic_efficiency >= 98 AND NOT is_control", "--db", base)
    assert result.exit_code == 0
    for part in ("98.3 %", "PMMA/PVDF coated Cu", "1 mA/cm²", "10.1/a"):
        assert part in result.stdout
    assert "91.2" not in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_find_gives_rows_for_programs_with_nothing_else(base: str, form: str) -> None:
    result = kb("find", "value > 0", "--sort", "-value", "--format", form, "--db", base)
    rows = rows_of(result, form)
    assert [float(str(r["value"])) for r in rows] == [1400.0, 98.3, 91.2, 20.0]
    assert list(rows[0]) == list(COLUMNS)
    assert rows[1]["components"] == ("PMMA; PVDF" if form == "csv" else ["PMMA", "PVDF"])
    assert rows[2]["is_control"] == ("True" if form == "csv" else True)


def test_find_pages_and_says_so(base: str) -> None:
    result = kb("find", "value > 0", "--limit", "2", "--offset", "1", "--format", "jsonl", "--db", base)
    assert [r["id"] for r in rows_of(result, "jsonl")] == [2, 3]
    assert "2 to 3 of 4" in result.stderr
    assert kb("find", "value > 0", "--offset", "9", "--db", base).stderr.startswith("kb: there are only 4")


def test_finding_nothing_is_code_1_in_every_form(base: str) -> None:
    for form, shown in (("table", ""), ("json", "[]\n"), ("jsonl", ""), ("csv", ",".join(COLUMNS) + "\n")):
        result = kb("find", "year > 2050", "--format", form, "--db", base)
        assert (result.exit_code, result.stdout, result.stderr) == (1, shown, "kb: nothing found\n")


def test_finding_nothing_by_a_name_of_two_things_tells_the_reading(base: str) -> None:
    result = kb("find", "areal_capacity >= 1", "--db", base)
    assert result.exit_code == 1
    assert "condition.areal_capacity" in result.stderr


def test_metrics_joined_by_and_find_the_sample_s_measurements(base: str) -> None:
    result = kb("find", "coulombic_efficiency >= 98 AND cycling_hours > 1000", "--format", "jsonl", "--db", base)
    assert [r["id"] for r in rows_of(result, "jsonl")] == [1, 3]


# --- show ---


def test_show_marks_the_number_in_its_sentence_and_names_the_place(base: str) -> None:
    result = kb("show", "1", "--db", base)
    assert result.exit_code == 0
    for part in ("coulombic_efficiency 98.3 %", "keeps «98.3» % over", "PMMA, PVDF on Cu", "a.txt", "Results",
                 "characters 27 to 31", "A [bold] paper, 2021, 10.1/a", "confidence 0.5"):  # fmt: skip
        assert part in result.stdout


def test_show_says_flags_and_the_credited_reference_in_words(base: str) -> None:
    shown = kb("show", "4", "--db", base).stdout
    for part in ("20-50 mV", "credited to reference 7", "Smith, J. Chem. 2020", "damaged character", "«20 to 50»"):
        assert part in shown
    assert "the control" in kb("show", "2", "--db", base).stdout


def test_show_as_json_and_of_nothing(base: str) -> None:
    shown = json.loads(kb("show", "1", "--format", "json", "--db", base).stdout)
    assert (shown["value"], shown["components"], shown["is_control"]) == (98.3, ["PMMA", "PVDF"], False)
    missing = kb("show", "99", "--db", base)
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "kb find lists them" in missing.stderr


# --- rank ---

CRITERIA = ("--by", "coulombic_efficiency", "--by", "cycling_hours", "--by", "overpotential:min")


@pytest.mark.parametrize("width", [100, 120])
def test_rank_names_value_effect_conditions_and_place(base: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = kb("rank", *CRITERIA, "--db", base)
    assert result.exit_code == 0
    for part in ("PMMA/PVDF", "98.3 %", "> 1400 h", "20-50 mV", "loss x0.19", "#1", "a.txt:27", "◆", "Li|Cu half"):
        assert part in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= width


def test_rank_for_programs_holds_the_same(base: str) -> None:
    first, second = rows_of(kb("rank", *CRITERIA, "--format", "json", "--db", base), "json")
    assert (first["position"], first["sample"], first["on_front"]) == (1, "PMMA/PVDF", True)
    criterion = first["criteria"][0]  # type: ignore[index]
    expected = {"metric": "coulombic_efficiency", "value": 98.3, "measurement": 1, "source": "a.txt", "start": 27}
    assert {key: criterion[key] for key in expected} == expected
    assert criterion["control"]["value"] == 91.2
    assert second["criteria"][0]["value"] is None  # type: ignore[index]
    flat = rows_of(kb("rank", *CRITERIA, "--format", "csv", "--db", base), "csv")
    assert (flat[0]["coulombic_efficiency"], flat[0]["coulombic_efficiency_source"]) == ("98.3", "a.txt")


def test_rank_takes_a_filter_a_top_and_a_plot(base: str, tmp_path: Path) -> None:
    picture = tmp_path / "rank.png"
    words = ("rank", *CRITERIA, "--top", "1", "--format", "json", "--plot", str(picture), "--db", base)
    result = kb(*words)
    assert len(rows_of(result, "json")) == 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "the first 1 of 2" in result.stderr
    cited = rows_of(kb("rank", *CRITERIA, "--where", "provenance = cited", "--format", "json", "--db", base), "json")
    assert [r["sample"] for r in cited] == ["CuO"]
    nothing = kb("rank", "--by", "density:max", "--db", base)
    assert (nothing.exit_code, nothing.stdout) == (1, "")


# --- sql, export, metrics ---


def test_sql_answers_with_parameters_and_says_when_it_cuts(base: str) -> None:
    query = "SELECT metric, value FROM measurement_view WHERE value > :low ORDER BY id"
    result = kb("sql", query, "--param", "low=50", "--limit", "2", "--format", "csv", "--db", base)
    assert result.stdout == "metric,value\ncoulombic_efficiency,98.3\ncoulombic_efficiency,91.2\n"
    assert "only the first 2 rows" in result.stderr
    assert "cycling_hours" in kb("sql", query, "--param", "low=50", "--db", base).stdout
    assert kb("sql", query, "--param", "low=5000", "--db", base).exit_code == 1
    assert kb("sql", query, "--param", "low", "--db", base).exit_code == 2


def test_sql_keeps_brackets_and_equal_names(base: str) -> None:
    assert "A [bold] paper" in kb("sql", "SELECT title FROM papers WHERE id = 1", "--db", base).stdout
    rows = rows_of(kb("sql", "SELECT 1 AS a, 9e999 AS a, NULL AS b", "--format", "json", "--db", base), "json")
    assert rows == [{"a": 1, "a_2": None, "b": None}]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_export_writes_records(base: str, form: str, tmp_path: Path) -> None:
    straight = kb("export", "--format", form, "--db", base)
    assert [str(r["id"]) for r in rows_of(straight, form)] == ["1", "2", "3", "4"]
    target = tmp_path / "out"
    result = kb("export", "--format", form, "--output", str(target), "--db", base)
    assert (result.stdout, result.stderr) == ("", f"kb: wrote 4 records to {target}\n")
    assert target.read_text("utf-8") == straight.stdout
    assert not list(tmp_path.glob("*.part"))


def test_metrics_lists_the_glossary() -> None:
    assert "coulombic_efficiency" in kb("metrics").stdout
    rows = rows_of(kb("metrics", "--format", "json"), "json")
    assert {r["name"]: r["unit"] for r in rows}["overpotential"] == "mV"


# --- ingest, mine ---

TEXT = "The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2.\n"


def test_ingest_says_one_line_a_document_and_a_summary(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text(TEXT)
    db = str(tmp_path / "kb.sqlite")
    first, again = (kb("ingest", str(tmp_path / "papers"), "--db", db) for _ in range(2))
    assert first.exit_code == again.exit_code == 0
    line, summary = first.stdout.splitlines()
    assert re.fullmatch(r"new        a\.txt: \d+ measurements?(, \d+ rejected numbers?)?", line)
    assert re.match(r"1 document \(1 new\): \d+ measurements?, \d+ numbers? seen and not taken", summary)
    assert again.stdout.startswith("unchanged")
    found = rows_of(kb("find", "coulombic_efficiency = 98.3", "--format", "json", "--db", db), "json")
    assert [r["source"] for r in found] == ["a.txt"]


def test_mine_prints_records_without_a_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT)
    record = json.loads(kb("mine", "a.txt").stdout.splitlines()[0])
    assert (record["metric"], record["value"], record["source"]) == ("coulombic_efficiency", 98.3, "a.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    Path("b.txt").write_text("Nothing of the kind is said here.\n")
    assert kb("mine", "b.txt").exit_code == 1


def test_mine_explains_each_number(tmp_path: Path) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text(
        "The ZnO-coated Li ran in a symmetric cell for 900 h at 2 mA cm-2.  The film was dried for 12 h at 80 °C.\n"
    )
    told = kb("mine", str(paper), "--explain").stdout
    assert "cycling_hours 900 h  ZnO" in told
    assert "for «900» h" in told
    assert "- sample “ZnO-coated Li”: nearest in the sentence" in told
    assert "- condition current_density_mA_cm2 = 2: stated in the sentence" in told
    assert "not taken 12 h: time of a process" in told


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_mine_writes_every_format(form: str, tmp_path: Path) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text(TEXT)
    result = kb("mine", str(paper), "--format", form)
    assert result.exit_code == 0
    assert "98.3" in result.stdout


def test_mine_prints_coatings(tmp_path: Path) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("The AlF3 film was sputtered on copper foil.  The AlF3 film turns into LiF and is self-healing.\n")
    (coating,) = rows_of(kb("mine", str(paper), "--coatings"), "jsonl")
    told = {kind: [t["name"] for t in coating[kind]] for kind in ("process", "substrate", "product", "mechanism")}
    assert told == {"process": ["sputtering"], "substrate": ["Cu"], "product": ["LiF"], "mechanism": ["self-healing"]}
    table = kb("mine", str(paper), "--coatings", "--format", "table").stdout
    assert re.search(r"AlF3 +sputtering +Cu +LiF +self-healing", table)
    refused = kb("mine", str(paper), "--coatings", "--format", "csv")
    assert refused.exit_code == 2
    assert "no CSV form" in refused.stderr
    paper.write_text("Nothing of the kind is said here.\n")
    assert kb("mine", str(paper), "--coatings").exit_code == 1


def test_ctrl_c_says_what_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import extractors.pipeline

    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT.replace("98.3", "98.3" if name == "a.txt" else "97.1"))
    mine = extractors.pipeline.mine_file

    def stopped(path: Path, *more: object) -> object:
        if Path(path).name == "b.txt":
            raise KeyboardInterrupt
        return mine(path, *more)

    monkeypatch.setattr(extractors.pipeline, "mine_file", stopped)
    db = str(tmp_path / "kb.sqlite")
    result = kb("ingest", str(tmp_path), "--db", db)
    assert result.exit_code == 130
    assert f"whole in {db}: 1;" in result.stderr
    monkeypatch.undo()
    again = kb("ingest", str(tmp_path), "--db", db)
    assert [line.split()[0] for line in again.stdout.splitlines()[:2]] == ["unchanged", "new"]


# --- the door itself ---


def test_the_version_is_told_also_where_nothing_is_installed() -> None:
    result = kb("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("kb ")


def test_every_command_teaches_by_example_that_parses(base: str) -> None:
    for name, command in cli.commands.items():
        shown = kb(name, "--help").stdout
        assert f"kb {name}" in shown.partition("Examples:")[2], name
        assert isinstance(command, click.Command)
    assert "Examples:" in kb("--help").stdout


def test_the_filters_in_the_help_are_read(base: str) -> None:
    from kb.filters import parse

    filters = re.findall(r"kb find '(.*?)'(?: |$)", kb("find", "--help").stdout, re.MULTILINE)
    assert len(filters) >= 5
    for text in filters:
        parse(text)


def test_db_defaults_to_the_variable_then_to_the_folder(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_DB", base)
    assert kb("find", "is_control").exit_code == 0
    monkeypatch.delenv("KB_DB")
    monkeypatch.chdir(Path(base).parent)
    assert kb("find", "is_control").exit_code == 0


def run(*words: str, code: str = "from kb.cli import main; main()") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment, timeout=60, check=False
    )


def test_reading_commands_load_nothing_heavy(base: str) -> None:
    heavy = ("pint", "pymatgen", "matplotlib", "sqlite_utils", "networkx", "textual", "numpy", "pandas", "extractors")
    told = "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    code = f"{told}; from kb.cli import main; main()"
    for words, more in (
        (("--help",), ("lark", "rich", "sqlite3", "schema.vocabulary")),
        (("find", "coulombic_efficiency >= 98 %", "--db", base, "--format", "json"), ("rich",)),
        (("show", "1", "--db", base, "--format", "json"), ("rich", "lark")),
        (("sql", "SELECT 1", "--db", base, "--format", "json"), ("rich", "lark")),
        (("rank", "--by", "coulombic_efficiency", "--db", base, "--format", "json"), ("rich", "lark")),
        (("export", "--db", base), ("rich", "lark")),
    ):
        done = run(*words, code=code)
        assert done.returncode == 0, done.stderr
        assert not {*heavy, *more} & set(done.stderr.split()), words


def test_a_pipe_that_closes_is_quiet(base: str) -> None:
    code = "from kb.cli import main; main()"
    query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
    for form in ("csv", "jsonl"):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, "sql", query, "--limit", "200000", "--format", form, "--db", base],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert writer.stdout is not None and writer.stderr is not None
        writer.stdout.readline()
        writer.stdout.close()
        assert writer.stderr.read() == ""
        assert writer.wait(timeout=30) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
def test_ctrl_c_ends_a_long_query_in_one_line(base: str) -> None:
    query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    child = subprocess.Popen(
        [sys.executable, "-c", "from kb.cli import main; main()", "sql", query, "--db", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, "", "kb: interrupted; nothing was changed\n")


def test_words_a_terminal_cannot_show_do_not_break_it(base: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "find", "is_control", "--db", base],
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"1 mA/cm?" in done.stdout


@pytest.fixture
def unsure(tmp_path: Path) -> str:
    path = tmp_path / "unsure.sqlite"
    db = open_base(path, read_only=False)
    mined = compose(
        coated(confidence=0.95, confidence_strict=0.7), coated("80.1", confidence=0.4), bare(confidence=0.4)
    )
    ingest_document(db, mined, path="a.txt", extractor_version="t")
    db.close()
    return str(path)


@pytest.mark.parametrize(
    ("words", "shown"),
    [(("find", "coulombic_efficiency > 0", "--format", "jsonl"), 1), (("export",), 1),
     (("rank", "--by", "coulombic_efficiency", "--format", "jsonl"), 1)],
)  # fmt: skip
def test_what_is_less_sure_is_hidden_and_counted_never_dropped(unsure: str, words: tuple[str, ...], shown: int) -> None:
    result = kb(*words, "--min-confidence", "0.9", "--db", unsure)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == shown
    assert result.stderr == "kb: 2 below confidence 0.9 hidden; a lower --min-confidence shows them\n"
    again = kb(*words, "--db", unsure)
    assert "hidden" not in again.stderr
    assert len(again.stdout.splitlines()) >= shown
    assert json.loads(
        kb("sql", "SELECT count(*) AS n FROM measurements", "--format", "json", "--db", unsure).stdout
    ) == [{"n": 3}]


def test_a_control_that_is_less_sure_is_no_control_of_a_ranking(unsure: str) -> None:
    words = ("rank", "--by", "coulombic_efficiency", "--format", "json", "--db", unsure)
    (plain,), (sure,) = json.loads(kb(*words).stdout), json.loads(kb(*words, "--min-confidence", "0.9").stdout)
    assert plain["criteria"][0]["control"]["value"] == 91.2
    assert sure["criteria"][0]["control"] is None


def test_where_all_is_less_sure_nothing_is_found(unsure: str) -> None:
    for words in (("find", "coulombic_efficiency > 0"), ("export",), ("rank", "--by", "coulombic_efficiency")):
        result = kb(*words, "--min-confidence", "1", "--db", unsure)
        assert result.exit_code == 1
        assert "3 below confidence 1 hidden" in result.stderr
    assert kb("export", "--min-confidence", "2", "--db", unsure).exit_code == 2


def test_a_card_says_how_sure_value_and_all_are(unsure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    assert "confidence 0.95 in the value, 0.7 in sample and conditions too" in kb("show", "1", "--db", unsure).stdout
    assert kb("find", "confidence_strict >= 0.7", "--db", unsure, "--format", "jsonl").stdout.count("\n") == 1


def test_gold_is_begun_evaluated_and_its_errors_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    paper, gold = str(ROOT / "corpus" / "pmma_pvdf_cu.md"), tmp_path / "gold"
    begun = kb("annotate", paper, "--gold", str(gold), "--paper", "pmma")
    assert begun.exit_code == 0, begun.stderr
    assert "facts to check; then: kb evaluate" in begun.stdout
    again = kb("annotate", paper, "--gold", str(gold), "--paper", "pmma")
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    path = gold / "pmma.jsonl"
    first, *others = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([first.replace('"value_norm": ', '"value_norm": 1'), *others]) + "\n", "utf-8")
    found = json.loads(kb("evaluate", str(gold), paper, "--errors", "--by", "metric", "--format", "json").stdout)
    assert [e["kind"] for e in found["errors"]] == ["missed", "made_up"]
    assert found["micro"]["all"]["value"]["pred"] - found["micro"]["all"]["value"]["tp"] == 1
    assert found["groups"]
    shown = kb("evaluate", str(gold), paper, "--errors", "--kind", "made_up", "--by", "section", "--reliability")
    assert shown.exit_code == 0, shown.stderr
    assert "made up" in shown.stdout
    assert "missed" not in shown.stdout
    assert "together" in shown.stdout
    assert "expected calibration error" in shown.stdout
    assert "All of it right: " in shown.stdout
    assert shown.stdout.count("Told apart: ") == 2
    one = kb("evaluate", str(path), paper, "--metric", "overpotential", "--format", "json")
    assert {e["metric"] for e in json.loads(one.stdout)["errors"]} <= {"overpotential"}


def test_exported_records_are_evaluated_without_mining(tmp_path: Path, base: str) -> None:
    records, gold = tmp_path / "records.jsonl", tmp_path / "a.jsonl"
    kb("export", "--output", str(records), "--db", base)
    gold.write_text(json.dumps({"metric": "coulombic_efficiency", "value_norm": 98.3, "unit_norm": "percent"}), "utf-8")
    found = json.loads(kb("evaluate", str(gold), "a.txt", "--pred", str(records), "--format", "json").stdout)
    assert found["sources"]["a.txt"]["all"]["value"]["tp"] == 1
    slip = kb("evaluate", str(gold), "a.txt", "--pred", str(records), "--metric", "overpotental")
    assert (slip.exit_code, "did you mean 'overpotential'" in slip.stderr) == (2, True)
    assert kb("evaluate", str(tmp_path / "none")).exit_code == 2


def test_too_little_gold_to_calibrate_on_is_said(tmp_path: Path) -> None:
    paper, gold = str(ROOT / "corpus" / "pmma_pvdf_cu.md"), tmp_path / "gold"
    kb("annotate", paper, "--gold", str(gold), "--paper", "pmma")
    (tmp_path / "pmma_pvdf_cu.md").write_bytes(Path(paper).read_bytes())
    result = kb("calibrate-confidence", str(gold))
    assert (result.exit_code, "too little" in result.stderr) == (2, True)


# --- miners -------------------------------------------------------------------------------------------------


def test_both_miners_flag_what_they_read_alike(tmp_path: Path) -> None:
    try:
        require()
    except MissingPackage as error:
        pytest.skip(str(error))
    db = str(tmp_path / "kb.sqlite")
    paper = str(ROOT / "corpus" / "pmma_pvdf_cu.md")
    assert kb("ingest", paper, "--db", db).exit_code == 0
    before = {r["id"]: r for r in rows_of(kb("find", "value > 0", "--db", db, "--format", "json"), "json")}
    assert kb("ingest", paper, "--miner", "both", "--db", db).stdout.startswith("changed")
    assert kb("ingest", paper, "--miner", "both", "--db", db).stdout.startswith("unchanged")
    after = {r["id"]: r for r in rows_of(kb("find", "value > 0", "--db", db, "--format", "json"), "json")}
    assert after.keys() == before.keys()  # the facts are ours, and keep their ids
    agreed = rows_of(kb("find", "flags HAS agreed", "--db", db, "--format", "json"), "json")
    assert len(agreed) > len(after) / 2
    assert all(r["confidence"] > before[r["id"]]["confidence"] for r in agreed)  # type: ignore[operator]
    card = kb("show", str(agreed[0]["id"]), "--db", db).stdout
    assert "read alike by a second miner" in card
    assert "careful" not in card


def test_miners_are_evaluated_one_by_one_and_side_by_side(tmp_path: Path) -> None:
    try:
        require()
    except MissingPackage as error:
        pytest.skip(str(error))
    paper, gold = str(ROOT / "corpus" / "pmma_pvdf_cu.md"), str(tmp_path / "gold")
    kb("annotate", paper, "--gold", gold)
    words = ("evaluate", gold, paper, "--by", "miner", "--format", "json")
    found = {miner: json.loads(kb(*words, "--miner", miner).stdout) for miner in ("rules", "chemdata")}
    rows = {row["miner"]: row["value"] for row in found["rules"]["groups"]}
    assert rows.keys() == {"rules", "chemdata", "both"}
    for miner, report in found.items():
        assert report["micro"]["all"]["value"]["tp"] == rows[miner]["tp"]
    assert rows["chemdata"]["R"] < rows["rules"]["R"] == rows["both"]["R"] == 1.0


def test_a_disagreement_is_said_on_the_card(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    db = open_base(path, read_only=False)
    ingest_document(db, compose(coated(flags=("disagreed",))), path="a.txt", extractor_version="t")
    db.close()
    assert re.search(r"careful +a second miner reads the number otherwise", kb("show", "1", "--db", str(path)).stdout)


@pytest.mark.parametrize("command", ["mine", "ingest"])
def test_a_miner_that_is_not_installed_is_said_before_anything_is_done(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("extractors.chemdata.library.version", missing)
    monkeypatch.setenv("KB_DB", str(tmp_path / "kb.sqlite"))
    done = kb(command, str(ROOT / "corpus" / "pmma_pvdf_cu.md"), "--miner", "both")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert re.fullmatch(r"kb: ChemDataExtractor 2\.4\.1 is not installed; .*--group chemdata\n", done.stderr)
    assert list(tmp_path.iterdir()) == []
