"""The pages of docs/ say what their commands print, name what there is, and are all in the list of pages.

``python -m tests.test_docs_pages`` writes them anew.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import pytest

from .pages import DOCS, PLAYED, ROOT, Player

_LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]+)?\)")


@pytest.mark.parametrize("page", PLAYED)
def test_a_page_shows_what_its_commands_print(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert "```console" in text
    assert Player(tmp_path).page(text) == text, f"python -m tests.test_docs_pages {page} writes it anew"


@pytest.mark.parametrize("page", sorted(p.name for p in DOCS.glob("*.md")))
def test_links_lead_to_files(page: str) -> None:
    linked = [target for target, _ in _LINK.findall((DOCS / page).read_text("utf-8")) if "://" not in target]
    assert [target for target in linked if not (DOCS / target).exists()] == []


def test_the_list_of_pages_names_each() -> None:
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(p.name for p in DOCS.glob("*.md") if p.name != "README.md")


def test_files_that_contributing_names_are_there() -> None:
    named = re.findall(
        r"`((?:kb|extractors|schema|tests|docs|\.ci)/[\w/.]+)`", (DOCS / "CONTRIBUTING.md").read_text("utf-8")
    )
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


if __name__ == "__main__":
    for name in sys.argv[1:] or PLAYED:
        with tempfile.TemporaryDirectory() as folder:
            path = DOCS / name
            path.write_text(Player(Path(folder)).page(path.read_text("utf-8")), "utf-8")
