"""Conditions of a sentence: what is one, which result it belongs to, cells, electrolytes, panels of captions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.conditions import (
    assign,
    caption_part,
    cathode_of,
    cell_of,
    cycle_range,
    electrolyte_of,
    figures,
    find_conditions,
    merge,
    one_value,
)
from extractors.pipeline import mine
from extractors.quantities import find_quantities
from extractors.readers.plain.text import read_text_string

CURRENT, AREAL = "current_density_mA_cm2", "areal_capacity_mAh_cm2"


def found(text: str, *results: str) -> list[tuple[str, float]]:
    quantities = find_quantities(text)
    taken = {q.start for q in quantities if text[q.start : q.end] in results}
    return [(m.key, m.value) for m in find_conditions(text, 0, len(text), quantities, taken)]


def conditions(text: str) -> list[dict[str, Any]]:
    """Conditions of each record of a sentence."""
    return [m.conditions.known() for m in mine(read_text_string(f"Results\n\n{text}\n")).measurements]


# --- what is a condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 2 mA cm−2", [(CURRENT, 2)]),
        ("at 20 A m−2", [(CURRENT, 2)]),
        ("at 500 µA cm−2", [(CURRENT, 0.5)]),
        ("at −2 mA cm−2", [(CURRENT, 2)]),
        ("with 1 mAh cm−2", [(AREAL, 1)]),
        ("with 3.6 C cm−2", [(AREAL, 1)]),
        ("at 0.5 C", [("c_rate", 0.5)]),
        ("at C/5", [("c_rate", 0.2)]),
        ("at 25 °C", [("temperature_C", 25)]),
        ("at 333.15 K", [("temperature_C", 60)]),
        ("over 260 cycles", [("cycles", 260)]),
        ("after 260 cycles", [("at_cycle", 260)]),
        ("260 cycles later", [("at_cycle", 260)]),
        ("in the first cycle", [("at_cycle", 1)]),
        ("at the 40th cycle", [("at_cycle", 40)]),
        ("after its initial cycle", [("at_cycle", 1)]),
        ("for 300 h", [("time_h", 300)]),
        ("for over 2 days", [("time_h", 48)]),
        ("an N/P ratio of 2.5", [("np_ratio", 2.5)]),
        ("at N/P = 2.5", [("np_ratio", 2.5)]),
        ("at 2 mA cm−2 and 1 mAh cm−2", [(CURRENT, 2), (AREAL, 1)]),
    ],
)
def test_a_condition(text: str, expected: list[tuple[str, float]]) -> None:
    assert found(text) == [(key, pytest.approx(value)) for key, value in expected]


@pytest.mark.parametrize(
    "text",
    ["1 C = 170 mA g−1", "from 1 to 3 mA cm−2", "predeposited 4 mAh cm−2", "an excess of 4 mAh cm−2", "a film of 25 nm",
     "it took 300 h", "heated to 700 °C", "an N/P ratio of 98%", "a lithium foil of 4 mAh cm−2"],
)  # fmt: skip
def test_no_condition(text: str) -> None:
    assert [key for key, _ in found(text)] == []


def test_a_fixed_capacity_is_one_even_beside_predeposited_lithium() -> None:
    text = "with predeposited lithium at a fixed capacity of 1 mAh cm−2"
    assert found(text) == [(AREAL, 1)]


def test_a_result_is_no_condition() -> None:
    assert found("260 cycles at 2 mA cm−2", "260") == [(CURRENT, 2)]


# --- which result a condition belongs to


def test_one_value_serves_all_results() -> None:
    text = "At 2 mA cm−2 the PAN-coated cell had a CE of 98% and an overpotential of 20 mV."
    assert [c[CURRENT] for c in conditions(text)] == [2, 2]


def test_respectively_deals_conditions_out() -> None:
    text = "The PAN-coated cell had CEs of 98, 97 and 91% at 1, 2 and 4 mA cm−2, respectively."
    assert [c[CURRENT] for c in conditions(text)] == [1, 2, 4]


def test_the_nearest_result_takes_a_value() -> None:
    text = "The PAN-coated cell had a CE of 98% at 1 mA cm−2, a CE of 97% at 2 mA cm−2 and a CE of 91% at 4 mA cm−2."
    assert [c[CURRENT] for c in conditions(text)] == [1, 2, 4]


def test_a_clause_keeps_its_own() -> None:
    text = "The PAN-coated cell ran for 900 h at 1 mA cm−2, while bare Li ran for 200 h at 3 mA cm−2."
    assert [c[CURRENT] for c in conditions(text)] == [1, 3]


def test_a_result_without_its_own_takes_the_last_before_it() -> None:
    text = (
        "At 1 mA cm−2 the PAN-coated cell had a CE of 98%; at 3 mA cm−2 it had a CE of 95% and a hysteresis of 50 mV."
    )
    assert [c[CURRENT] for c in conditions(text)] == [1, 3, 3]


def test_cycles_beyond_a_contrast_are_the_others() -> None:
    text = "The PAN-coated cell kept 85% of its initial capacity, better than bare Li (77% after 150 cycles)."
    kept, bare = conditions(text)
    assert "at_cycle" not in kept
    assert bare["at_cycle"] == 150


def test_assign_without_conditions_is_empty() -> None:
    text = "A CE of 98%."
    (q,) = find_quantities(text)
    assert assign(q, text, (0, len(text)), [], [q]) == {}


# --- words: cell, cathode, electrolyte


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a symmetric cell", "Li|Li symmetric"),
        ("Li||Li cells", "Li|Li symmetric"),
        ("Li|Li cells", "Li|Li symmetric"),
        ("Li/Li cells", "Li|Li symmetric"),
        ("half cells", "Li|Cu half"),
        ("half-cells", "Li|Cu half"),
        ("a Li||Cu cell", "Li|Cu half"),
        ("a Li/Cu cell", "Li|Cu half"),
        ("asymmetric cells", "Li|Cu half"),
        ("full cells", "full"),
        ("Li||LFP full cells", "full LFP"),
        ("a full cell with LiFePO4", "full LFP"),
        ("a Li||NCM 811 cell", "full NCM811"),
        ("Li/LiNi0.8Co0.1Mn0.1O2 batteries", "full NCM811"),
        ("a pouch cell with LiCoO2", "pouch LCO"),
        ("a pouch cell", "pouch"),
        ("the film", None),
        ("LiFePO4 powder", None),
        ("", None),
    ],
)
def test_cell_of(text: str, cell: str | None) -> None:
    assert cell_of(text) == cell


@pytest.mark.parametrize(
    ("text", "cathode"),
    [("the NCM 811 cathode", "NCM811"), ("LFP sheets", "LFP"), ("sulfur", "sulfur"), ("a cathode", None), ("", None)],
)
def test_cathode_of(text: str, cathode: str | None) -> None:
    assert cathode_of(text) == cathode


@pytest.mark.parametrize(
    ("text", "electrolyte", "kind"),
    [
        ("in 1 M LiPF6 in EC/DEC (1:1)", "1 M LiPF6 in EC/DEC", "carbonate"),
        ("in 1 M LiTFSI in DOL/DME with it", "1 M LiTFSI in DOL/DME", "ether"),
        ("In 1 M LiTFSI in DOL/DME, it ran", "1 M LiTFSI in DOL/DME", "ether"),
        ("in 1.5 M LiFSI dissolved in DME", "1.5 M LiFSI dissolved in DME", "ether"),
        ("in a carbonate-based electrolyte", "carbonate-based electrolyte", "carbonate"),
        ("in an Ether Electrolyte", "ether electrolyte", "ether"),
        ("an all-solid-state cell", "all-solid-state", "solid"),
        ("in a localized high-concentration electrolyte", "localized high-concentration electrolyte", "LHCE"),
        ("in the film", None, None),
        ("1 M HCl in water", None, None),
    ],
)
def test_electrolyte_of(text: str, electrolyte: str | None, kind: str | None) -> None:
    assert electrolyte_of(text) == (electrolyte, kind)


# --- figures, panels, spans of cycles


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("As shown in Fig. 2c, it ran", [("2", "c")]),
        ("Figure 12(B) and Fig. 3", [("12", "b"), ("3", "")]),
        ("in FIG. 4", [("4", "")]),
        ("figure of merit 2", []),
        ("Table 2", []),
    ],
)
def test_figures(text: str, cited: list[tuple[str, str]]) -> None:
    assert figures(text) == cited


CAPTION = "Fig. 2 Cells. (a) CV, (b) CE at 1 mA cm−2, (c,d) EIS, (e–g) images."


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("a", " CV, "),
        ("b", " CE at 1 mA cm−2, "),
        ("c", " EIS, "),
        ("d", " EIS, "),
        ("f", " images."),
        ("h", ""),
        ("", ""),
    ],
)
def test_caption_part(part: str, shown: str) -> None:
    assert caption_part(CAPTION, part) == shown


def test_a_caption_without_panels_is_one() -> None:
    assert caption_part("Fig. 2 Cells at 1 mA cm−2.", "b") == "Fig. 2 Cells at 1 mA cm−2."
    assert caption_part("Fig. 2 Cells at 1 mA cm−2.", "") == "Fig. 2 Cells at 1 mA cm−2."


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("between the 10th and 200th cycles", (10, 200)),
        ("from the 10th to the 200th cycle", (10, 200)),
        ("over cycles 10–200", (10, 200)),
        ("after 200 cycles", None),
        ("from 10 to 200 h", None),
    ],
)
def test_cycle_range(text: str, span: tuple[int, int] | None) -> None:
    assert cycle_range(text) == span


# --- putting them together


def test_what_is_near_wins_and_what_is_far_is_named() -> None:
    merged = merge({CURRENT: 2}, {CURRENT: 5, AREAL: 1}, {"cell": "Li|Cu half", "electrolyte": None})
    assert merged.known() == {
        CURRENT: 2,
        AREAL: 1,
        "cell": "Li|Cu half",
        "conditions_far": [AREAL],
    }


def test_one_value_leaves_out_what_has_two() -> None:
    text = "at 1 and 2 mA cm−2 with 1 mAh cm−2 and 1 mAh cm−2"
    mentions = find_conditions(text, 0, len(text), find_quantities(text), set())
    assert one_value(mentions, (CURRENT, AREAL)) == {AREAL: 1}
    assert one_value(mentions, (CURRENT,)) == {}


@given(
    st.lists(
        st.sampled_from(["at", "2", "mA cm−2", "mAh cm−2", "C", "C/3", "after", "the", "10th", "cycle", "cycles",
                         "for", "h", "°C", "K", "N/P", "=", "first", "Fig. 2a", "1 M LiPF6 in", "EC", "(a)", "|", "Li",
                         "0"]), max_size=15
    ).map(" ".join)
    | st.text(max_size=50)
)  # fmt: skip
def test_any_text_gives_sound_conditions(text: str) -> None:
    for mention in find_conditions(text, 0, len(text), find_quantities(text), set()):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.value == mention.value
        assert mention.value >= 0 or mention.key in ("temperature_C", "c_rate", "cycles", "at_cycle", "np_ratio")
    cell_of(text)
    electrolyte_of(text)
    cycle_range(text)
    assert caption_part(text, "a") in text
