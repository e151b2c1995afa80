"""Answers as tables: they stay lists, show hostile text as text, become data frames, load nothing until shown."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from kb import KnowledgeBase
from kb.answers import Findings, Found, Passages, Ranking
from kb.sql import Table
from kb.studies import Study
from kb.tabular import ROWS_SHOWN, Rows, Tabular, html, plain_text
from kb.words import harmless
from schema.errors import MissingExtra

ROOT = Path(__file__).parents[2]
HOSTILE = '<script>alert("x")</script>&amp; [bold]Li[/bold] \x1b[2J</td></table>'


class Page(HTMLParser):
    """The tags of a page, and the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("td", "th", "p"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path_factory.mktemp("tabular") / "kb.sqlite", read_only=False) as made:
        made.ingest([ROOT / "corpus"])
        yield made


@pytest.fixture(scope="module")
def answers(base: KnowledgeBase) -> dict[str, Tabular]:
    return {
        "measurements": base.find("coulombic_efficiency >= 98"),
        "nothing": base.find("coulombic_efficiency > 100.5"),
        "experiments": base.find("cycling_hours > 100 h", level="experiment"),
        "candidates": base.find(level="candidate"),
        "papers": base.find(level="paper"),
        "passages": base.search("artificial SEI"),
        "ranking": base.rank(["coulombic_efficiency", "overpotential"]),
        "findings": base.audit.check(),
        "groups": base.replication(),
        "sql": base.sql("SELECT id, id, metric, NULL AS none FROM measurement_view"),
        "study": base.study(Study(("coulombic_efficiency", "overpotential"), draws=400)),
        "simulation": base.simulate("PMMA/PVDF on Cu", vary={"thickness": [0.5, 1.0]}),
    }


KINDS = (
    "measurements", "nothing", "experiments", "candidates", "papers", "passages", "ranking", "findings", "groups",
    "sql", "study", "simulation",
)  # fmt: skip


def console_text(shown: object) -> str:
    out = StringIO()
    Console(file=out, width=300, color_system=None).print(shown)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_each_answer_shows_itself_and_turns_into_a_frame(answers: dict[str, Tabular], kind: str) -> None:
    answer = answers[kind]
    page = Page(answer._repr_html_())
    assert page.tags[0] == "div"
    assert "table" in page.tags
    assert console_text(answer).strip()
    records = answer.records()
    pandas, polars = answer.to_pandas(), answer.to_polars()
    assert len(records) == len(pandas) == len(polars)
    assert list(pandas.columns) == polars.columns
    for record in records:
        assert list(record) == polars.columns
    assert set(answer.units) <= set(polars.columns)
    assert pandas.attrs["units"] == answer.units
    assert all(isinstance(unit, str) and unit for unit in answer.units.values())


def test_a_frame_holds_what_the_rows_hold(answers: dict[str, Tabular]) -> None:
    found, ranked = answers["measurements"], answers["ranking"]
    assert isinstance(found, Found)
    assert isinstance(ranked, Ranking)
    assert found.to_pandas()["value"].tolist() == [row["value"] for row in found]
    assert found.to_polars()["components"].to_list() == [row["components"] for row in found]
    frame = ranked.to_pandas()
    assert frame["sample"].tolist() == [one.candidate.name for one in ranked]
    assert frame["score"].tolist() == [one.score for one in ranked]
    best = ranked[0].candidate.observations["coulombic_efficiency"]
    assert frame["coulombic_efficiency"][0] == best.value
    assert ranked.units == {"coulombic_efficiency": "percent", "overpotential": "mV"}
    assert found.units["current_density_mA_cm2"] == "mA/cm^2"


def test_an_empty_answer_has_its_columns(answers: dict[str, Tabular]) -> None:
    empty, full = answers["nothing"], answers["measurements"]
    assert list(empty.to_pandas().columns) == list(full.to_pandas().columns)
    assert "No rows." in empty._repr_html_()


def test_rows_are_a_list(base: KnowledgeBase, answers: dict[str, Tabular]) -> None:
    found, ranked = base.find("coulombic_efficiency >= 98"), answers["ranking"]
    assert isinstance(found, list)
    assert found == list(found) == base.find("coulombic_efficiency >= 98")
    assert json.loads(json.dumps(found))[0]["id"] == found[0]["id"]
    assert repr(found) == repr(list(found))
    assert [*found, 1] == [*list(found), 1]
    assert isinstance(found[0], dict)
    assert isinstance(found[1:], Found)
    assert found[::-1] == list(found)[::-1]
    assert isinstance(ranked, Ranking)
    assert ranked[:1].to_pandas()["sample"].tolist() == [ranked[0].candidate.name]
    for rows in (found, ranked, answers["findings"], answers["passages"]):
        assert isinstance(rows, Rows)
        assert type(pickle.loads(pickle.dumps(rows))) is list
    assert isinstance(answers["findings"], Findings)
    assert isinstance(answers["passages"], Passages)


def test_a_table_says_where_it_does_not_show_all() -> None:
    rows = Rows([{"n": n} for n in range(ROWS_SHOWN + 1)])
    assert f"The first {ROWS_SHOWN} of {ROWS_SHOWN + 1} rows" in rows._repr_html_()
    assert rows._repr_html_().count("<tr>") == ROWS_SHOWN + 1
    assert "rows" not in rows[1:]._repr_html_()
    assert "and there are more" in Table(("n",), [(1,)], cut=True)._repr_html_()


def test_hostile_text_is_text_everywhere() -> None:
    rows = Rows([{"said": HOSTILE, HOSTILE: "a"}])
    page = Page(rows._repr_html_())
    assert set(page.tags) == {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert page.cells == ["said", harmless(HOSTILE), harmless(HOSTILE), "a"]
    shown = console_text(rows[:1])
    assert "\x1b" not in shown
    assert "[bold]Li[/bold]" in shown
    assert "<script>" not in Table((HOSTILE,), [(HOSTILE,)])._repr_html_()


def test_a_hostile_paper_shows_as_text(tmp_path: Path) -> None:
    paper = tmp_path / "<img src=x onerror=alert(1)>.md"
    paper.write_text(
        "# <b>A title</b>\n\nThe PVDF\x1b[5m coated <script>alert(1)</script> Cu electrode keeps a Coulombic "
        "efficiency of 98.3% over 260 cycles.\n"
    )
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([paper])
        shown = (base.find(), base.find(level="paper"), base.search("electrode"), base.rank(["coulombic_efficiency"]))
        for answer in shown:
            assert answer
            tags = set(Page(answer._repr_html_()).tags)
            assert tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "p", "span"}
            assert "\x1b" not in console_text(answer)


@given(st.text())
def test_html_says_any_text_as_it_is(text: str) -> None:
    told = html([Text(text)]).removeprefix('<div class="kb"><p>').removesuffix("</p></div>")
    assert not set(told.replace("<br>", "")) & set("<>\"'")
    assert "".join(Page(f"<p>{told}</p>").cells) == Text(text).plain.replace("\n", "").replace("\r", "\n")


@pytest.mark.parametrize(("kind", "missing"), [("to_pandas", "pandas"), ("to_polars", "polars")])
def test_without_the_library_the_remedy_is_named(kind: str, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=rf"{missing}.*pip install 'lithium-anode-kb\[frames\]'"):
        getattr(Rows([{"a": 1}]), kind)()


def test_notebooks_show_a_table_in_place_of_the_list() -> None:
    pretty = pytest.importorskip("IPython.lib.pretty")
    rows = Rows([{"metric": "overpotential", "value": 32.0}])
    assert pretty.pretty(rows) == plain_text(rows.parts())
    assert "overpotential" in pretty.pretty(rows)
    assert "{" not in pretty.pretty(rows)
    assert pretty.pretty(Table(("n",), [(1,)])) == plain_text(Table(("n",), [(1,)]).parts())


def test_a_figure_shows_itself(base: KnowledgeBase, tmp_path: Path) -> None:
    criteria = ["coulombic_efficiency", "overpotential"]
    drawn = base.plot("pareto", tmp_path / "front.svg", by=criteria)._repr_mimebundle_()
    assert drawn["image/svg+xml"].lstrip().startswith("<?xml")
    assert set(base.plot("pareto", tmp_path / "front.pdf", by=criteria)._repr_mimebundle_()) == {"text/plain"}


def test_the_import_loads_nothing_heavy(base: KnowledgeBase) -> None:
    code = (
        "import sys; import kb; kb.KnowledgeBase; from kb.base import KnowledgeBase; b = KnowledgeBase(sys.argv[1]);"
        "b.find('coulombic_efficiency > 90')[:2]; b.search('SEI'); b.sql('SELECT 1');"
        "print(sorted(set(sys.argv[2:]) & set(sys.modules)))"
    )
    heavy = ("pandas", "polars", "rich", "IPython", "numpy", "matplotlib", "extractors", "click")
    done = subprocess.run([sys.executable, "-c", code, str(base.path), *heavy], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
