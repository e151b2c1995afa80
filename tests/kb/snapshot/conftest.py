"""A base of two papers, one whose licence lets its text be passed on and one whose does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.base import KnowledgeBase

SECRET = "quixotic marmalade zeppelins"
OPEN = "candid heliotrope umbrellas"
PAPER = """# {title}

doi: {doi}
{licence}

## {words} of the heading

The PVDF coated Cu electrode keeps a Coulombic efficiency of 98.3% over 260 cycles, said the {words}.
The bare Cu electrode keeps a Coulombic efficiency of 91.0% over 80 cycles, said the {words} again.

- a list that tells of {words} and 17.3 things
"""


def paper(title: str, doi: str, licence: str, words: str) -> str:
    return PAPER.format(title=title, doi=doi, licence=licence, words=words)


@pytest.fixture
def secret() -> str:
    """Words of the paper that may not be passed on."""
    return SECRET


@pytest.fixture
def shared() -> str:
    """Words of the paper that may be."""
    return OPEN


@pytest.fixture
def base(tmp_path: Path) -> Iterator[KnowledgeBase]:
    papers = tmp_path / "papers"
    papers.mkdir()
    closed = paper("Polymer films keep lithium flat for long", "10.1000/closed", "© the publisher", SECRET)
    free = paper("Another polymer film that keeps copper clean", "10.1000/free", "licence: CC BY 4.0", OPEN)
    (papers / "closed.md").write_text(closed, "utf-8")
    (papers / "free.md").write_text(free, "utf-8")
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as made:
        made.ingest([papers])
        yield made
