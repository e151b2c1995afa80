"""A base in a file, open for writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.lives import store_calibration
from kb.screening.calibrate import Score, calibrate
from kb.screening.posterior import prior
from kb.store import open_base


@pytest.fixture
def base_path(tmp_path: Path) -> Path:
    return tmp_path / "kb.sqlite"


@pytest.fixture
def db(base_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_base(base_path, read_only=False)
    yield connection
    connection.close()


@pytest.fixture
def keep() -> Callable[[sqlite3.Connection, bool], None]:
    """Keep a calibration that leaves the priors as they are, and beat the baselines or did not."""

    def kept(db: sqlite3.Connection, beats: bool) -> None:
        score = Score(20, 0.5, {})
        worse = Score(20, 0.6 if beats else 0.4, {})
        found = calibrate([], lambda record, particles: particles, rounds=(64,))
        store_calibration(
            db, replace(found, posterior=prior(), simulator=score, against={"a guess": (score, worse)}), [], 0
        )

    return kept
