"""Effects of different conditions: known slopes found again in synthetic bases, and what is done with too few."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kb.across import ACROSS_SD, EFFECTS_EACH
from kb.comparison import ESTIMATED, Comparison, compare
from kb.screening.rank import parse_criterion
from kb.screening.strata import CAPACITY_EDGES, CURRENT_EDGES, band
from kb.store import bulk, ingest_document, open_base
from kb.testing import BARE, Said, compose
from schema.records import Conditions, Subject

LIFE = "cycling_hours"
BY_CURRENT, BY_CAPACITY, IN_FULL = -0.6, -0.3, -0.5
PAPERS = 70
CURRENTS, CAPACITIES = (1.0, 0.5, 2.0, 5.0), (1.0, 0.5, 3.0)


def fill(db: sqlite3.Connection, seed: int, papers: int = PAPERS, lives: bool = True) -> dict[str, float]:
    """Put papers in whose effects hang on the conditions; give each at 1 mA/cm^2, 1 mAh/cm^2, Li|Li."""
    random = np.random.default_rng(seed)
    truth = {}
    with bulk(db):
        for number in range(papers):
            current, capacity = random.choice(CURRENTS), random.choice(CAPACITIES)
            full = random.random() < 0.25
            test = Conditions(float(current), float(capacity), cell="full LFP" if full else "Li|Li symmetric")
            truth[f"sample {number}"] = own = 0.8 + random.normal(0, 0.3)
            shift = BY_CURRENT * math.log(current) + BY_CAPACITY * math.log(capacity) + IN_FULL * full
            hours = 200 * math.exp(own + shift + random.normal(0, 0.4))
            open_end = random.random() < 0.2  # stopped before its end
            text = f"{hours * random.uniform(0.5, 1) if open_end else hours:.1f}"
            subject = Subject(f"sample {number}", (), "Li", "surface coating")
            said = [Said(f"It ran {text} h.", text, subject, LIFE, "h", test, {"qualifier": ">" if open_end else "="}),
                    Said("Bare Li ran 200 h.", "200", BARE, LIFE, "h", test, {"is_control": True})]  # fmt: skip
            source = f"{number}.txt"
            ingest_document(db, compose(*said, source=source), path=source, extractor_version="1")
    return truth


def at_stratum(found: Comparison) -> float:
    """Give what the conditions of the stratum that was chosen make of an effect."""
    held = found.strata[LIFE]
    (current,) = (i for i in CURRENTS if band(i, CURRENT_EDGES, "mA/cm^2") == held.current)
    (capacity,) = (q for q in CAPACITIES if band(q, CAPACITY_EDGES, "mAh/cm^2") == held.capacity)
    in_full = IN_FULL if held.cell == "full LFP" else 0.0
    return BY_CURRENT * math.log(current) + BY_CAPACITY * math.log(capacity) + in_full


def of(db: sqlite3.Connection) -> Comparison:
    return compare(db, [parse_criterion(LIFE)], across=True, spread=ESTIMATED)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Comparison, dict[str, float]]]]:
    out = []
    for seed in range(10):
        path: Path = tmp_path_factory.mktemp("across") / "kb.sqlite"
        db = open_base(path, read_only=False)
        truth = fill(db, seed)
        out.append((of(db), truth))
        db.close()
    yield out


def test_known_slopes_are_recovered_within_their_intervals(bases: list[tuple[Comparison, dict[str, float]]]) -> None:
    inside = []
    for found, _ in bases:
        told = next(text for text in found.caveats if "adjusted by regression" in text)
        for slope, words in ((BY_CURRENT * math.log(2), "for twice the current"),
                             (BY_CAPACITY * math.log(2), "for twice the capacity"),
                             (IN_FULL, "in full LFP")):  # fmt: skip
            (interval,) = re.findall(rf"x\S+ \(([\d.]+)-([\d.]+)\) {words}", told)
            low, high = (math.log(float(end)) for end in interval)
            inside.append(low - 0.01 <= slope <= high + 0.01)  # the interval is printed with two digits
    assert np.mean(inside) >= 0.8


def test_an_adjusted_effect_is_that_at_the_stratum_as_often_as_its_deviation_says(
    bases: list[tuple[Comparison, dict[str, float]]],
) -> None:
    inside, error, plain = [], [], []
    for found, truth in bases:
        for candidate, (effect,) in zip(found.candidates, found.effects, strict=True):
            if effect.low == effect.high and effect.observation is not None:
                own = truth[candidate.name] + at_stratum(found)
                inside.append(abs(effect.low - own) < 1.645 * effect.sd)
                error.append(abs(effect.low - own))
                plain.append(abs(math.log(effect.observation.value / 200) - own))
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)
    assert np.mean(error) < 0.6 * np.mean(plain)  # as they are they would be far off


def test_with_too_few_effects_each_condition_that_differs_adds_its_fixed_variance(db: sqlite3.Connection) -> None:
    fill(db, 0, papers=EFFECTS_EACH)
    found = of(db)
    assert any("too few effects (8) to learn how conditions matter" in text for text in found.caveats)
    added = {round((effect.sd**2 - 0.16) / ACROSS_SD**2, 6) for (effect,) in found.effects}
    assert added <= {0, 1, 2, 3}
    assert len(added) > 1


def test_values_of_one_condition_need_no_adjusting(db: sqlite3.Connection) -> None:
    for number in range(20):
        test = Conditions(1.0, 1.0, cell="Li|Li symmetric")
        said = [Said(f"It ran {number + 300} h.", f"{number + 300}", Subject(f"s{number}"), LIFE, "h", test),
                Said("Bare Li ran 200 h.", "200", BARE, LIFE, "h", test, {"is_control": True})]  # fmt: skip
        ingest_document(db, compose(*said, source=f"{number}.txt"), path=f"{number}.txt", extractor_version="1")
    assert [e.low for (e,) in of(db).effects] == [
        pytest.approx(math.log(c.observations[LIFE].value / 200)) for c in of(db).candidates
    ]
