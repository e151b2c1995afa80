"""The base of the digests, and what is read back from a figure."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.base import KnowledgeBase

CORPUS = Path(__file__).parents[3] / "corpus"
Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with KnowledgeBase(tmp_path_factory.mktemp("plots") / "kb.sqlite", read_only=False) as made:
        made.ingest([CORPUS])
        yield made


@pytest.fixture
def texts() -> Callable[[Path], str]:
    """All text of an SVG, without blanks: mathematics is set letter by letter."""

    def read(path: Path) -> str:
        found = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
        return re.sub(r"\s", "", "\n".join("".join(element.itertext()) for element in found))

    return read


@pytest.fixture
def table() -> Callable[[Path], Rows]:
    def read(path: Path) -> Rows:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return read
