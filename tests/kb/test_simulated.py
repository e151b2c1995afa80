"""Simulated criteria: the energy of a pouch cell with a layer; lives under several protocols, however shared out."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.comparison import ENERGY, LIFE
from kb.screening.draws import study as inputs_of
from kb.screening.panel import BLOCK
from kb.screening.posterior import FACTORS
from kb.screening.shifted import cells_of, shown
from kb.shares import run_on_cluster, shared
from kb.simulated import CHUNK, DRAWS, Simulations, layer_of, life_under
from kb.store import ingest_document, open_base
from kb.studies import Answer, Study, read_study, run_study, study_of, write_study
from kb.study_tables import answer_rows, footnotes, result_of, sensitivity_rows, why_lines, winners
from kb.testing import BARE, Said, compose
from schema.errors import BadStudy, OutOfRange, UnknownParameter
from schema.records import Conditions, Subject

CELL = Conditions(current_density_mA_cm2=1.0, areal_capacity_mAh_cm2=1.0, cell="Li|Li symmetric")
TWO = ({"current": 0.5}, {"current": 4.0})


def fill(db: sqlite3.Connection) -> None:
    for name, strategy, hours, layer in (
        ("PEO", "surface coating", "900", ("5", "coating_thickness", "um")),
        ("LiF", "surface coating", "500", ("0.05", "coating_thickness", "um")),
        ("PAN", "polymer electrolyte", "400", ("60", "membrane_thickness", "um")),
        ("FEC", "electrolyte additive", "300", None),
    ):
        coated = Subject(f"{name} coated Li", (name,), "Li", strategy)
        said = [Said(f"It ran {hours} h.", hours, coated, "cycling_hours", "h", CELL),
                Said("Bare Li ran 200 h.", "200", BARE, "cycling_hours", "h", CELL, {"is_control": True})]  # fmt: skip
        if layer:
            said.append(Said(f"It is {layer[0]} um thick.", layer[0], coated, layer[1], layer[2]))
        mined = compose(*said, source=f"{name}.txt", title=f"On {name}")
        ingest_document(db, mined, path=f"{name}.txt", extractor_version="1")


@pytest.fixture
def filled(db: sqlite3.Connection, keep: Callable[[sqlite3.Connection, bool], None]) -> sqlite3.Connection:
    fill(db)
    keep(db, True)
    return db


def energetic(db: sqlite3.Connection, **more: Any) -> Answer:
    return run_study(db, Study(("cycling_hours", ENERGY), draws=BLOCK, **more))


def by_name(answer: Answer) -> dict[str, Any]:
    return {row["sample"]: row["effects"][1] for row in answer_rows(answer)}


# --- energy -----------------------------------------------------------------------------------------------------------


def test_an_energy_needs_no_calibration_and_a_heavier_layer_gives_less(db: sqlite3.Connection) -> None:
    fill(db)
    found = by_name(energetic(db))
    assert found["FEC"]["low"] == pytest.approx(0.0)
    assert found["PAN"]["low"] < found["PEO"]["low"] < found["LiF"]["low"] < 0.0
    assert found["LiF"]["sd"] < found["PEO"]["sd"]
    assert found["LiF"]["value"].startswith("simulated 360 Wh/kg, x1.0")


def test_a_mass_that_is_known_is_not_drawn(db: sqlite3.Connection) -> None:
    fill(db)
    before = by_name(energetic(db))["PEO"]
    pure = Subject("PEO", ("PEO",))
    said = [Said("Its density is 1.2 g/cm3.", "1.2", pure, "density", "g/cm^3")]
    ingest_document(db, compose(*said, source="handbook.txt"), path="handbook.txt", extractor_version="1")
    dense = Subject("PEO coated Li", ("PEO",), "Li", "surface coating")
    row = db.execute("SELECT paper_id FROM measurement_view WHERE source = 'PEO.txt'").fetchone()
    assert row is not None
    said = [Said("Its porosity is 20 %.", "20", dense, "porosity", "percent"),
            Said("It is 5 um thick.", "5", dense, "coating_thickness", "um"),
            Said("It ran 900 h.", "900", dense, "cycling_hours", "h", CELL)]  # fmt: skip
    ingest_document(db, compose(*said, source="PEO.txt", title="On PEO"), path="PEO.txt", extractor_version="1")
    after = by_name(energetic(db))["PEO"]
    mass = 0.1 * 5 * 1.2 * 0.8
    without = 1e3 * 4 * 3.8 / 360
    assert after["sd"] < 0.5 * before["sd"]
    assert after["low"] == pytest.approx(-math.log1p(mass / 0.95 / without), rel=0.1)


def test_the_inputs_of_the_cell_are_the_user_s_and_said_in_full(db: sqlite3.Connection) -> None:
    fill(db)
    answer = energetic(db, pouch={"cathode": "Li-rich", "electrolyte_per_capacity": 2.0})
    told = " ".join(footnotes(answer))
    for words in ("cathode_specific_capacity 250 mAh/g", "electrolyte_per_capacity 2 g/Ah", "packaging_fraction 0.05",
                  "assumed but for cathode_specific_capacity, voltage, electrolyte_per_capacity"):  # fmt: skip
        assert words in told
    assert result_of(answer)["pouch"]["voltage"] == 3.5
    assert "simulated specific energy, 50 % of the weight: simulated" in "\n".join(why_lines(answer, 0))
    assert "a mass balance" in "\n".join(why_lines(answer, 0))
    assert "all assumed" in " ".join(footnotes(energetic(db)))


def test_a_small_difference_in_mass_does_not_decide(db: sqlite3.Connection) -> None:
    fill(db)
    answer = energetic(db)
    names = [c.name for c in answer.comparison.candidates]
    assert names[answer.order[0]] == "PEO"  # a life of 900 h outweighs one percent of mass


def test_the_table_of_sensitivity_names_each_input_with_what_it_does(db: sqlite3.Connection) -> None:
    fill(db)
    answer = energetic(db)
    rows = sensitivity_rows(answer, 0)
    assert {"layer", "voltage", "electrolyte_per_capacity"} <= {row["input"] for row in rows}
    swings = [abs(row["energy_high"] - row["energy_low"]) for row in rows]
    assert swings == sorted(swings, reverse=True)
    with pytest.raises(BadStudy, match="name it in by"):
        sensitivity_rows(run_study(db, Study(("cycling_hours",), draws=BLOCK)), 0)


@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        ({"cathod": "NCM811"}, UnknownParameter, "did you mean 'cathode'"),
        ({"cathode": "NCM81"}, UnknownParameter, "did you mean 'NCM811'"),
        ({"voltage": -1.0}, OutOfRange, "within 0.1 to 6 V"),
        ({"voltage": "high"}, OutOfRange, "takes a number"),
    ],
)
def test_what_is_no_pouch_cell_is_refused(told: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        study_of({"by": ["cycling_hours", ENERGY], "pouch": told})


def test_a_pouch_cell_that_nothing_asks_for_is_refused() -> None:
    with pytest.raises(BadStudy, match=f"that of {ENERGY}"):
        study_of({"by": ["cycling_hours"], "pouch": {"voltage": 3.8}})


def test_the_command_line_offers_it_writes_all_it_assumes_and_varies_it(tmp_path: Path) -> None:
    base, file = tmp_path / "kb.sqlite", tmp_path / "study.toml"
    db = open_base(base, read_only=False)
    fill(db)
    db.close()

    def kb(*words: str) -> str:
        result = CliRunner().invoke(cli, words, prog_name="kb")
        assert result.exit_code == 0, result.output
        return result.stdout

    kb("study", "new", str(file), "--by", "cycling_hours", "--energy", "--yes")
    assert "cathode_specific_capacity = 200.0" in file.read_text()
    assert "Wh/kg" in kb("rank", "--study", str(file), "--db", str(base))
    told = kb("why", "PEO", "--study", str(file), "--db", str(base), "--sensitivity")
    assert "electrolyte_per_capacity" in told
    rows = json.loads(kb("why", "PEO", "--study", str(file), "--db", str(base), "--sensitivity", "--format", "json"))
    assert rows[0]["sensitivity"][0]["unit"]


# --- lives under several protocols ------------------------------------------------------------------------------------


def asked(**more: Any) -> Study:
    return Study(("cycling_hours", f"{LIFE}:max:3"), draws=2 * BLOCK, **more)


def test_each_protocol_is_answered_as_if_it_were_the_only_one(filled: sqlite3.Connection) -> None:
    whole = run_study(filled, asked(protocols=TWO))
    for one, protocol in zip(whole.each_protocol, TWO, strict=True):
        alone = run_study(filled, asked(protocol=protocol))
        assert answer_rows(one) == answer_rows(alone)
    kept = result_of(whole)
    assert [table["protocol"] for table in kept["protocols"]] == list(TWO)
    assert "rows" not in kept


def test_chunks_change_no_digit_of_a_life() -> None:
    of, life, factors = inputs_of(name="x"), life_under({"current": 2.0}), np.full((1, len(FACTORS)), 0.1)
    (chunked,) = Simulations(((of, life),), factors, 3).lives(lambda job, numbers: map(job, reversed(numbers)))
    assert chunked.shape == (DRAWS,)
    assert DRAWS % CHUNK == 0
    assert np.array_equal(chunked, shown(life, cells_of(life, of, 3, DRAWS), factors)[0])


def test_processes_change_no_digit(filled: sqlite3.Connection) -> None:
    here = result_of(run_study(filled, asked(protocols=TWO)))
    assert result_of(run_study(filled, asked(protocols=TWO), run=shared(2))) == here


def test_a_cluster_changes_no_digit(filled: sqlite3.Connection) -> None:
    distributed = pytest.importorskip("distributed")
    here = result_of(run_study(filled, asked(protocols=TWO)))
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
    ) as cluster:

        def run(job: Any, numbers: Any) -> Any:
            return run_on_cluster(cluster.scheduler_address, job, numbers)

        assert result_of(run_study(filled, asked(protocols=TWO), run=run)) == here


def test_the_winner_at_each_protocol_is_said(filled: sqlite3.Connection) -> None:
    (told,) = winners(run_study(filled, asked(protocols=TWO)))
    assert "0.5 mA/cm², 1 mAh/cm², 4 mAh/cm² of lithium" in told
    assert told.startswith(("The winner changes with the protocol", "PEO comes first at each protocol"))
    assert winners(run_study(filled, asked())) == []


def test_interrupted_each_protocol_has_come_as_far(filled: sqlite3.Connection) -> None:
    def interrupted(job: Any, numbers: Any) -> Any:
        if isinstance(job, Simulations):
            yield from map(job, numbers)
            return
        for number in numbers:
            if number == 2:
                raise KeyboardInterrupt
            yield job(number)

    answer = run_study(filled, asked(protocols=TWO), run=interrupted)
    assert [one.done for one in answer.each_protocol] == [BLOCK, BLOCK]
    assert footnotes(answer)[-1] == f"Partial: {BLOCK} of {2 * BLOCK} draws were done."


def test_protocols_are_written_read_and_shown(filled: sqlite3.Connection, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    write_study(file, asked(protocols=TWO))
    assert read_study(file) == (asked(protocols=TWO), {})
    path = filled.execute("PRAGMA database_list").fetchone()[2]
    words = ["rank", "--study", str(file), "--db", path]
    first = CliRunner().invoke(cli, words)
    assert "At 4 mA/cm², 1 mAh/cm², 4 mAh/cm² of lithium:" in first.stdout
    assert "the same to the digit" in CliRunner().invoke(cli, words).stderr
    rows = json.loads(CliRunner().invoke(cli, [*words, "--format", "json"]).stdout)
    assert [row["protocol"] for row in rows] == [TWO[0]] * 4 + [TWO[1]] * 4
    told = CliRunner().invoke(cli, ["why", "PEO", "--study", str(file), "--db", path]).stdout
    assert told.count("PEO (On PEO) comes") == 2


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"by": ["cycling_hours"], "protocols": [{"current": 1}]}, f"those of {LIFE}"),
        ({"by": ["cycling_hours", LIFE], "protocols": [{"current": 1}], "protocol": {"current": 2}}, "one protocol"),
        ({"by": ["cycling_hours", LIFE], "protocols": [{"curent": 1}]}, "it takes current"),
        ({"by": ["cycling_hours", LIFE], "protocols": [3]}, r"\[\[protocols\]\]"),
        ({"by": ["cycling_hours", LIFE], "protocols": {"current": 3}}, "must be list"),
    ],
)
def test_what_are_no_protocols_are_refused(told: dict[str, Any], said: str) -> None:
    with pytest.raises(BadStudy, match=said):
        study_of(told)


def test_what_a_layer_takes_the_place_of_hangs_on_its_strategy(filled: sqlite3.Connection) -> None:
    from kb.simulated import _row_of

    answer = energetic(filled)
    layers = {c.name: layer for c, layer in zip(answer.comparison.candidates, answer.comparison.layers, strict=True)}
    assert (layers["PAN"].replaces, layers["PEO"].replaces, layers["FEC"].thickness) == (("separator",), (), None)
    assert layers["PAN"].thickness is not None
    assert layers["PAN"].thickness.median == pytest.approx(60.0)
    candidate = answer.comparison.candidates[0]
    assert layer_of(filled, _row_of(filled, candidate), inputs_of(name=layers[candidate.name].name)).density.least > 0
