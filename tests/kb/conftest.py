"""A base in a file, open for writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.store import open_base


@pytest.fixture
def base_path(tmp_path: Path) -> Path:
    return tmp_path / "kb.sqlite"


@pytest.fixture
def db(base_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_base(base_path, read_only=False)
    yield connection
    connection.close()
