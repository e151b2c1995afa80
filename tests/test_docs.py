"""What the pages in docs/ show is run: filters, twelve questions in three tongues, the picture of the tables.

``python tests/test_docs.py`` draws the picture in docs/data-model.md anew from the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.base import KnowledgeBase
from schema.tables import chosen, diagram

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PICTURE = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


FILTERS = [line for block in blocks("filters.md", "filter") for line in block.splitlines() if line]
COOKBOOK = re.split(r"^## ", (DOCS / "cookbook.md").read_text("utf-8"), flags=re.MULTILINE)[1:]


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


if __name__ == "__main__":
    page = DOCS / "data-model.md"
    page.write_text(drawn(page.read_text("utf-8")), "utf-8")
