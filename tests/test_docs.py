"""What the pages in docs/ show is run: filters, twelve questions in three tongues, the picture of the tables.

``python tests/test_docs.py`` draws the picture in docs/data-model.md anew from the schema, and the tables of
docs/audits.md from the rules.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.audit import RULES
from kb.base import KnowledgeBase
from schema.tables import chosen, diagram

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAPERS = Path(os.environ.get("KB_SHARED", ROOT.parent / "shared")) / "papers"
PICTURE = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


FILTERS = [line for block in blocks("filters.md", "filter") for line in block.splitlines() if line]
QUESTIONS, RECIPES = (DOCS / "cookbook.md").read_text("utf-8").split("\n# Recipes\n")
COOKBOOK = re.split(r"^## ", QUESTIONS, flags=re.MULTILINE)[1:]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path_factory.mktemp("docs") / "kb.sqlite", read_only=False) as made:
        made.ingest([ROOT / "corpus"])
        yield made


@pytest.mark.parametrize("text", FILTERS)
def test_each_filter_of_the_page_is_answered(base: KnowledgeBase, text: str) -> None:
    assert base.count(text) == len(base.find(text))


def test_the_page_shows_each_part_of_the_grammar() -> None:
    whole = " ".join(FILTERS)
    keywords = set(re.findall(r"^([A-Z]+)\.3:", (ROOT / "schema" / "filter.lark").read_text("utf-8"), re.MULTILINE))
    assert {word for word in keywords if not re.search(rf"\b{word}\b", whole)} == set()


def test_there_are_twelve_questions() -> None:
    assert [int(part.split(".")[0]) for part in COOKBOOK] == list(range(1, 13))


@pytest.mark.parametrize("question", COOKBOOK, ids=lambda part: part.split("\n")[0][:40])
def test_filter_sql_and_python_give_one_answer(base: KnowledgeBase, question: str) -> None:
    (asked,) = re.findall(r"```filter\n(.*?)\n```", question, re.DOTALL)
    (sql,) = re.findall(r"```sql\n(.*?)```", question, re.DOTALL)
    (python,) = re.findall(r"```python\n(.*?)```", question, re.DOTALL)
    names: dict[str, Any] = {"base": base}
    exec(compile(python, "cookbook.md", "exec"), names)
    found = [row["id"] for row in base.find(asked)]
    assert found == [row[0] for row in base.sql(sql).rows]
    assert found == names["answer"]


def test_most_questions_find_something_in_the_corpus(base: KnowledgeBase) -> None:
    found = [base.count(text) > 0 for text in blocks("cookbook.md", "filter")]
    assert sum(found) >= 9


def test_the_page_on_curation_tells_of_each_field_and_its_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from kb.curation.correcting import FIELDS

    page = (DOCS / "curation.md").read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []
    monkeypatch.chdir(tmp_path)
    with KnowledgeBase("kb.sqlite", read_only=False) as made:
        made.ingest([ROOT / "corpus" / "pmma_pvdf_cu.md"])
    (example,) = blocks("curation.md", "python")
    exec(compile(example, "curation.md", "exec"), {})
    assert "set True" in capsys.readouterr().out


def drawn(page: str) -> str:
    return PICTURE.sub(lambda _: "```mermaid\n" + diagram(chosen()) + "```", page)


def test_the_picture_is_that_of_the_schema() -> None:
    page = (DOCS / "data-model.md").read_text("utf-8")
    assert PICTURE.search(page)
    assert drawn(page) == page, "python tests/test_docs.py draws it anew"


def test_the_page_tells_of_each_table() -> None:
    prose = PICTURE.sub("", (DOCS / "data-model.md").read_text("utf-8"))
    assert [t.name for t in chosen() if f"`{t.name}`" not in prose] == []


def part(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)


def rules_table() -> str:
    rows = [f"| `{rule}` | {meaning} |" for rule, meaning in RULES.items()]
    return "\n".join(["| rule | finds |", "| --- | --- |", *rows]) + "\n"


def test_the_page_of_audits_has_every_rule() -> None:
    page = (DOCS / "audits.md").read_text("utf-8")
    assert rules_table() in page, "python tests/test_docs.py writes it anew"
    assert [rule for rule in RULES if f"**{rule}**" not in page] == []


def judged() -> tuple[Counter[str], Counter[str]]:
    """Give how many findings of each rule were read by hand: in the papers, in the corpus."""
    table = part("shown").search((DOCS / "audits.md").read_text("utf-8"))
    assert table is not None
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| \d+ \| (\d+) \| \d+ \|", table[0], re.MULTILINE)
    return Counter({r: int(n) for r, n, _ in rows if n != "0"}), Counter({r: int(n) for r, _, n in rows if n != "0"})


def test_the_findings_that_were_read_by_hand_are_those_of_the_corpus(base: KnowledgeBase) -> None:
    assert Counter(f.rule for f in base.audit.check()) == judged()[1]


@pytest.mark.skipif(not PAPERS.is_dir(), reason=f"no papers at {PAPERS}; KB_SHARED names the folder that has them")
def test_the_findings_that_were_read_by_hand_are_those_of_the_papers(tmp_path: Path) -> None:
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as made:
        made.ingest([PAPERS])
        assert Counter(f.rule for f in made.audit.check()) == judged()[0]


if __name__ == "__main__":
    from kb.audit.measuring import as_table, measure

    page = DOCS / "data-model.md"
    page.write_text(drawn(page.read_text("utf-8")), "utf-8")
    page = DOCS / "audits.md"
    text = page.read_text("utf-8")
    for name, table in {"rules": rules_table(), "planted": as_table(measure()) + "\n"}.items():
        text = part(name).sub(lambda match, table=table: match[1] + table + match[2], text)
    page.write_text(text, "utf-8")
