"""How far a condition reaches: each rule of ``scope.py`` with a passage for it and one against it."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.pipeline import mine
from extractors.readers.plain.text import read_text_string
from extractors.scope import own_conditions

HEAD = "A PAN/SiO2 skin for lithium metal anodes\n\n"
CURRENT, AREAL = "current_density_mA_cm2", "areal_capacity_mAh_cm2"
BOTH = {CURRENT: 2, AREAL: 1}
CYCLED = "The symmetric cells were cycled at 2 mA cm−2 and 1 mAh cm−2."


def conditions(text: str, head: str = HEAD) -> dict[str, Any]:
    """Conditions of the last record."""
    found = mine(read_text_string(f"{head}{text}\n")).measurements
    return found[-1].conditions.known()


def settings(text: str, head: str = HEAD) -> dict[str, Any]:
    """Current density and areal capacity of the last record."""
    return {k: v for k, v in conditions(text, head).items() if k in BOTH}


def far(text: str) -> set[str]:
    return set(conditions(text).get("conditions_far", ()))


def results(*paragraphs: str) -> str:
    return "Results\n\n" + "\n\n".join(paragraphs)


# --- 1. what the sentence itself says


def test_the_sentence_itself_wins() -> None:
    text = results(f"{CYCLED} The coated cell ran for 900 h at 5 mA cm−2 and 3 mAh cm−2.")
    assert settings(text) == {CURRENT: 5, AREAL: 3}
    assert far(text) == set()


def test_what_is_stated_in_the_sentence_is_not_far() -> None:
    text = results(f"{CYCLED} The coated cell ran for 900 h at 5 mA cm−2.")
    assert settings(text) == {CURRENT: 5, AREAL: 1}
    assert far(text) == {AREAL}


# --- 2. the panel of a figure

CAPTION = "Fig. 2 Cells. (a) CE at 1 mA cm−2 and 4 mAh cm−2. (b) Symmetric cells at 2 mA cm−2 and 1 mAh cm−2."


@pytest.mark.parametrize(
    ("cited", "expected"),
    [("Fig. 2b", BOTH), ("Figure 2b", BOTH), ("Fig. 2a", {CURRENT: 1, AREAL: 4}), ("Fig. 3b", {}), ("Fig. 2c", {})],
)
def test_the_panel_that_a_sentence_cites(cited: str, expected: dict[str, float]) -> None:
    text = results(f"As shown in {cited}, the coated cell ran for 900 h.", CAPTION)
    assert settings(text) == expected
    assert far(text) == set(expected)


def test_the_panel_that_the_sentence_before_cites() -> None:
    assert (
        settings(results("The cells are shown in Fig. 2b at 2 mA cm−2. The coated cell ran for 900 h.", CAPTION))
        == BOTH
    )


# --- 3. current and capacity told before in the paragraph


def test_a_sentence_inherits_from_the_one_before() -> None:
    text = results(f"{CYCLED} The coated cell ran for 900 h.")
    assert settings(text) == BOTH
    assert far(text) == set(BOTH)


def test_it_ends_with_the_paragraph() -> None:
    assert settings(results(CYCLED, "The coated cell ran for 900 h.")) == {}


def test_it_ends_with_another_kind_of_cell() -> None:
    assert settings(results(f"{CYCLED} The half cell with the coating had a CE of 98%.")) == {}
    assert settings(results(f"{CYCLED} The symmetric cell with the coating ran for 900 h.")) == BOTH


def test_it_ends_with_another_figure() -> None:
    text = "{} (Fig. 2). In Fig. {}, the coated cell ran for 900 h."
    cycled = CYCLED.rstrip(".")
    assert settings(results(text.format(cycled, 3))) == {}
    assert settings(results(text.format(cycled, 2))) == BOTH


def test_a_new_pair_of_settings_replaces_the_old() -> None:
    text = results(f"{CYCLED} Others were cycled at 5 mA cm−2 and 3 mAh cm−2. The coated cell ran for 900 h.")
    assert settings(text) == {CURRENT: 5, AREAL: 3}


@pytest.mark.parametrize(
    "sentence",
    ["The coating has a modulus of 3 GPa.", "The coating has a thickness of 5 µm.",
     "Its ionic conductivity is 0.3 mS cm−1.", "Its contact angle is 12°."],
)  # fmt: skip
def test_what_is_no_cell_test_inherits_nothing(sentence: str) -> None:
    assert conditions(results(f"{CYCLED} {sentence}")) == {}


@pytest.mark.parametrize(
    "sentence",
    ["Its CE is 98%.", "Its overpotential is 20 mV.", "It ran for 900 h.", "Its voltage hysteresis is 20 mV."],
)
def test_what_a_cell_test_gives_inherits(sentence: str) -> None:
    assert settings(results(f"{CYCLED} {sentence}")) == BOTH


def test_a_list_dealt_out_over_a_list_of_the_sentence_before() -> None:
    text = results("The coated cell was cycled at 1 and 3 mA cm−2. The CEs of the cell are 98 and 96%, respectively.")
    found = mine(read_text_string(HEAD + text)).measurements
    assert [(m.value, m.conditions.current_density_mA_cm2) for m in found] == [(98, 1), (96, 3)]


# --- 4. full cells

FULL = "Full cells with LiFePO4 had an N/P ratio of 2.5 and were run at 0.5 C."


def test_a_full_cell_keeps_its_ratio_and_its_rate() -> None:
    found = conditions(results(f"{FULL} The coated cell kept 91% of its initial capacity after 300 cycles."))
    assert (found["np_ratio"], found["c_rate"], found["at_cycle"]) == (2.5, 0.5, 300)
    assert found["cell"] == "full LFP"
    assert set(found["conditions_far"]) == {"np_ratio", "c_rate"}


def test_a_full_cell_keeps_no_current_of_a_symmetric_one() -> None:
    assert settings(results(f"{CYCLED} {FULL} The coated cell had a CE of 99.2%.")) == {}


def test_a_symmetric_cell_keeps_no_rate_of_a_full_one() -> None:
    found = conditions(results(f"{FULL} The symmetric cell with the coating ran for 900 h."))
    assert "c_rate" not in found
    assert "np_ratio" not in found


def test_the_rate_of_a_rate_test_holds_for_its_capacity_alone() -> None:
    text = (
        "Full cells with LiFePO4 gave a capacity of 120 mAh g−1 at 2 C. "
        "The coated cell kept 91% of its initial capacity after 300 cycles."
    )
    assert "c_rate" not in conditions(results(text))


# --- 5. the methods, and sentences for all cells


def methods(protocol: str, result: str) -> str:
    return f"Experimental\n\n{protocol}\n\nResults\n\n{result}"


RAN = "The symmetric cell with the coating ran for 900 h."


def test_the_methods_of_this_kind_of_cell() -> None:
    text = methods(CYCLED, RAN)
    assert settings(text) == BOTH
    assert far(text) == set(BOTH)


def test_the_methods_of_another_kind_of_cell() -> None:
    assert settings(methods(CYCLED, "The half cell with the coating had a CE of 98%.")) == {}


def test_two_protocols_for_one_kind_of_cell_say_nothing() -> None:
    assert settings(methods(f"{CYCLED}\n\nOther symmetric cells were cycled at 4 mA cm−2.", RAN)) == {}


def test_the_protocol_that_names_the_metric_wins() -> None:
    protocol = (
        "For the Coulombic efficiency, cells were cycled at 4 mA cm−2.\n\n"
        "For the overpotential, cells were cycled at 2 mA cm−2 and 1 mAh cm−2."
    )
    assert settings(methods(protocol, "The overpotential of the coated cell was 20 mV.")) == BOTH


def test_another_current_keeps_the_protocols_capacity() -> None:
    text = methods(CYCLED, "The symmetric cell with the coating ran for 900 h at 5 mA cm−2.")
    assert settings(text) == {CURRENT: 5, AREAL: 1}
    assert far(text) == {AREAL}


def test_another_capacity_drops_the_protocols_current() -> None:
    text = methods(CYCLED, "The symmetric cell with the coating ran for 900 h at 5 mAh cm−2.")
    assert settings(text) == {AREAL: 5}


def test_what_the_paragraph_says_wins_over_the_methods() -> None:
    result = f"Symmetric cells were cycled at 6 mA cm−2 and 3 mAh cm−2. {RAN}"
    assert settings(methods(CYCLED, result)) == {CURRENT: 6, AREAL: 3}


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("All cells were cycled at 2 mA cm−2 and 1 mAh cm−2.", True),
        ("Unless stated otherwise, the current was 2 mA cm−2 at 1 mAh cm−2.", True),
        ("A cell was cycled at 2 mA cm−2 and 1 mAh cm−2.", False),
        ("All cells are drawn at 2 mA cm−2 and 1 mAh cm−2.", False),
    ],
)
def test_a_sentence_for_all_cells(sentence: str, holds: bool) -> None:
    assert settings(results(sentence, RAN)) == (BOTH if holds else {})


def test_the_temperature_of_an_oven_is_no_protocol() -> None:
    assert conditions(methods("The film was dried at 60 °C.", RAN)) == {"cell": "Li|Li symmetric"}


# --- a review


def test_a_review_inherits_nothing() -> None:
    head = "Skins for lithium metal anodes: a critical review\n\n"
    text = results(f"{CYCLED} The PAN-coated cell ran for 900 h.")
    assert settings(text, head) == {}
    assert settings(text) == BOTH


# --- what a metric keeps of its own sentence


@pytest.mark.parametrize(
    ("metric", "kept"),
    [
        (
            "coulombic_efficiency",
            {CURRENT, AREAL, "cycles", "time_h", "at_cycle", "c_rate", "temperature_C", "np_ratio"},
        ),
        ("cycle_count", {CURRENT, AREAL, "time_h", "c_rate", "temperature_C", "np_ratio"}),
        ("cycling_hours", {CURRENT, AREAL, "cycles", "at_cycle", "c_rate", "temperature_C", "np_ratio"}),
        ("ionic_conductivity", {"temperature_C"}),
        ("elastic_modulus", {"temperature_C", "at_cycle"}),
        ("areal_loading", {AREAL, "np_ratio"}),
    ],
)
def test_own_conditions(metric: str, kept: set[str]) -> None:
    stated = dict.fromkeys([CURRENT, AREAL, "cycles", "time_h", "at_cycle", "c_rate", "temperature_C", "np_ratio"], 1.0)
    assert set(own_conditions(metric, stated)) == kept
