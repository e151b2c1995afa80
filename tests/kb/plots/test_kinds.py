"""Every kind of figure on the base of the digests: what is on it and in the table beside it; what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.base import KnowledgeBase
from kb.cli import cli
from kb.plots.kinds import KINDS, WORDS, Asked
from kb.store import open_base
from kb.studies import Study, write_study
from schema.errors import (
    BadOutput,
    BadPlot,
    BadStudy,
    FilterSyntaxError,
    NothingToDraw,
    UnknownMetric,
    UnknownName,
    UnknownPlot,
)

FACT = (
    '{"id": "1", "metric": "coulombic_efficiency", "value_norm": 98.3, "unit_norm": "percent", '
    '"components": ["PMMA", "PVDF"]}\n'
)
EVERY = {
    "metric": {"metric": "coulombic_efficiency"},
    "lifetime": {},
    "forest": {"metric": "coulombic_efficiency"},
    "pareto": {"by": ("coulombic_efficiency", "cycling_hours")},
    "thickness": {},
    "coverage": {},
    "calibration": {"gold": "gold"},
    "graph": {"sample": "PMMA/PVDF on Cu"},
}
ON_IT = {
    "metric": ("Coulombicefficiency,CE[%]", "Currentdensity[mA/cm²]", "bound,notavalue", "joinedtoitscontrol"),
    "lifetime": ("Life[h]", "Arealcapacity[mAh/cm²]", "Currentdensity[mA/cm²]", "bound,notavalue", "control(3)"),
    "forest": ("lossofthecontroloverthatofthesample", "papers/values/controls", "98.3%(97.2%)", "1/1/1", "allclasses"),
    "pareto": ("Coulombicefficiency,CE[%]", "Cyclinghours,", "1PMMA/PVDF", "better→↑"),
    "thickness": ("Costofthecoating[mV]", "Coatingthickness[µm]", "best,5mA/cm²", "surfacecoating(3)"),
    "coverage": ("Measurements[1]", "coulombicefficiency", "surfacecoating", "control"),
    "calibration": ("Confidence[1]", "Shareofrecordsright[1]", "calibrationerror", "Allofitisright"),
    "graph": ("PMMA/PVDFonCu", "sharedmaterial", "othersystem", "PVDF"),
}


@pytest.fixture
def options(tmp_path: Path):
    """What each kind is asked with; the gold is one fact of one digest."""
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "pmma_pvdf_cu.jsonl").write_text(FACT, "utf-8")
    (tmp_path / "gold" / "sources.json").write_text('{"pmma_pvdf_cu.md": "pmma_pvdf_cu"}', "utf-8")
    return {kind: {k: tmp_path / "gold" if k == "gold" else v for k, v in told.items()} for kind, told in EVERY.items()}


def test_each_kind_is_tried() -> None:
    assert list(EVERY) == list(ON_IT) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_axes_have_units_and_the_table_a_row_a_point(base, options, tmp_path, texts, table, kind) -> None:
    made = base.plot(kind, tmp_path / "figure.svg", **options[kind])
    written = texts(made.figure)
    assert [words for words in ON_IT[kind] if words not in written] == []
    rows = table(made.table)
    assert made.table == tmp_path / "figure.points.csv"
    assert len(rows) == made.points > 0
    assert next(iter(rows[0])) == "drawn" and {"measurements", "doi"} <= {*rows[0]}
    known = {row["id"] for row in base.find()}
    told = {int(i) for row in rows for i in row["measurements"].split("; ") if i}
    assert told and told <= known


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_base_gives_the_same_files_at_the_width_that_is_asked(base, options, tmp_path, kind) -> None:
    for name in ("a.svg", "b.svg"):
        base.plot(kind, tmp_path / name, columns=1, **options[kind])
    one = (tmp_path / "a.svg").read_text("utf-8")
    assert one == (tmp_path / "b.svg").read_text("utf-8")
    assert 'width="252.28' in one  # 89 mm in points
    assert (tmp_path / "a.points.csv").read_bytes() == (tmp_path / "b.points.csv").read_bytes()


@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_other_formats_are_written_whole(base, tmp_path, ending) -> None:
    made = base.plot("lifetime", tmp_path / f"figure{ending}")
    assert made.figure.read_bytes()[:4] in (b"\x89PNG", b"%PDF")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([f"figure{ending}", "figure.points.csv"])


@pytest.mark.parametrize("kind", KINDS)
def test_no_print_is_smaller_than_seven_points(base, options, tmp_path, kind) -> None:
    from matplotlib.text import Text

    from kb.plots.style import SMALL, styled

    with styled():
        picture = __import__(f"kb.plots.{kind}", fromlist=["picture"]).picture(
            Asked(base, base._reader, KINDS[kind].columns, **options[kind])
        )
        small = [t.get_text() for t in picture.figure.findobj(Text) if t.get_text() and t.get_fontsize() < SMALL]
    assert small == []


def test_a_study_says_what_forest_and_pareto_compare(base, tmp_path, table) -> None:
    path = tmp_path / "study.toml"
    write_study(path, Study(("coulombic_efficiency", "cycling_hours"), across=True, draws=500))
    with pytest.raises(BadPlot, match="--metric coulombic_efficiency or cycling_hours"):
        base.plot("forest", tmp_path / "f.svg", study=path)
    with pytest.raises(BadPlot, match="no criterion of the study"):
        base.plot("forest", tmp_path / "f.svg", study=path, metric="overpotential")
    with pytest.raises(BadPlot, match="write it into the study"):
        base.plot("pareto", tmp_path / "f.svg", study=path, where="is_control")
    with pytest.raises(BadStudy):
        base.plot("pareto", tmp_path / "f.svg", study=tmp_path / "none.toml")
    made = base.plot("forest", tmp_path / "f.svg", study=path, metric="cycling_hours")
    drawn = [row["drawn"] for row in table(made.table)]
    assert drawn.count("raw") == drawn.count("shrunk") > 1 and "mean" in drawn
    front = table(base.plot("pareto", tmp_path / "p.svg", study=path).table)
    assert [row["sample"] for row in front if row["front"] == "1"] == ["PMMA/PVDF"]
    assert float(front[0]["x_low"]) < float(front[0]["x_effect"]) < float(front[0]["x_high"])


def test_a_filter_and_a_confidence_hide_points(base, tmp_path, table) -> None:
    every = base.plot("coverage", tmp_path / "a.svg").points
    some = base.plot("coverage", tmp_path / "b.svg", where="components HAS PVDF")
    assert 0 < some.points < every
    assert {row["strategy"] for row in table(some.table)} == {"surface coating"}
    assert base.plot("coverage", tmp_path / "c.svg", min_confidence=0.97).points < every


@pytest.mark.parametrize(
    ("kind", "told", "error", "words"),
    [
        ("florest", {}, UnknownPlot, "did you mean 'forest'"),
        ("zzz", {}, UnknownPlot, "there are metric, lifetime"),
        ("metric", {}, BadPlot, "give --metric METRIC"),
        ("forest", {}, BadPlot, "give --metric METRIC or --study FILE"),
        ("graph", {}, BadPlot, "give --sample NAME"),
        ("calibration", {}, BadPlot, "give --gold GOLD"),
        ("pareto", {"by": ["cycling_hours"]}, BadPlot, "two or three criteria, not 1"),
        ("coverage", {"metric": "overpotential"}, BadPlot, "it takes --where FILTER, --min-confidence SHARE"),
        ("coverage", {"columns": 3}, BadPlot, "1 or 2 columns"),
        ("metric", {"metric": "coulombic_eficiency"}, UnknownMetric, "did you mean 'coulombic_efficiency'"),
        ("metric", {"metric": "overpotential", "against": "curent_density"}, UnknownName, "'current_density'"),
        ("coverage", {"where": "overpotential <"}, FilterSyntaxError, "expected a number"),
        ("coverage", {"where": "components HAS Xe"}, NothingToDraw, "within 'components HAS Xe'; kb find"),
        ("metric", {"metric": "density"}, NothingToDraw, "no density states its current density; kb find 'density IS"),
        ("metric", {"metric": "fiber_diameter", "where": "is_control"}, NothingToDraw, "there is no fiber diameter"),
        ("lifetime", {"min_confidence": 1.0}, NothingToDraw, "with a confidence of 1 or more; kb find"),
        ("forest", {"metric": "coulombic_efficiency", "where": "is_control"}, NothingToDraw, "kb rank --by coulombic"),
        ("pareto", {"by": ["shear_modulus", "overpotential"]}, NothingToDraw, "kb rank --by shear_modulus"),
        ("graph", {"sample": "PMMAA"}, UnknownName, "did you mean 'PMMA"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said_with_the_remedy(base, tmp_path, kind, told, error, words) -> None:
    with pytest.raises(error) as caught:
        base.plot(kind, tmp_path / "figure.svg", **told)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "words"), [("a.bmp", "end the name in .png"), ("none/a.svg", "create it first")])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path, name, words) -> None:
    db = open_base(tmp_path / "kb.sqlite", read_only=False)
    db.close()
    with KnowledgeBase(tmp_path / "kb.sqlite") as empty:
        with pytest.raises(BadOutput, match=words):
            empty.plot("coverage", tmp_path / name)
        with pytest.raises(NothingToDraw, match="there is no measurement; kb find"):
            empty.plot("coverage", tmp_path / "a.svg")


def test_the_command_says_what_it_wrote_and_why_not(base, tmp_path) -> None:
    def kb(*words: str):
        return CliRunner().invoke(cli, ["plot", *words, "--db", str(base.path)], prog_name="kb")

    path = tmp_path / "lives.svg"
    done = kb("lifetime", "--output", str(path))
    assert (done.exit_code, done.stdout) == (0, f"{path}: 7 points, listed in {tmp_path / 'lives.points.csv'}\n")
    none = kb("coverage", "--where", "components HAS Xe", "--output", str(path))
    assert (none.exit_code, none.stderr[:20]) == (1, "kb: nothing to draw:")
    assert kb("livetime", "--output", str(path)).exit_code == 2


def test_the_help_names_each_kind_and_option() -> None:
    told = CliRunner().invoke(cli, ["plot", "--help"], prog_name="kb").output
    for name, kind in KINDS.items():
        assert f"  {name:<12} {kind.what}" in told
    assert [words for words in WORDS.values() if words.partition(" ")[0] not in told] == []


def test_nothing_heavy_is_loaded_before_a_figure_is_drawn() -> None:
    code = "import sys, kb.base, kb.cli, kb.plots.kinds; print({*sys.modules} & {'matplotlib', 'numpy', 'scipy'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
