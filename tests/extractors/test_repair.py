"""Damaged glyphs: each rule with a passage it repairs and passages it must leave alone; the ledger tells all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.repair import RULES, repair, shows_damage
from extractors.traced import Traced

LOST = "\ufffd"
# rule, damaged text, repaired text, in a document that shows damage
FOR = [
    ("times", f"of 1.3 {LOST} 10{LOST}4 S", "of 1.3 × 10^-4 S"),
    ("times", f"of 5 {LOST} 103 cells", "of 5 × 103 cells"),
    ("minus_power_of_ten", f"10{LOST}4 S", "10^-4 S"),
    ("minus_exponent", f"2 mA cm{LOST}2", "2 mA cm^-2"),
    ("minus_exponent", f"140 mAh g{LOST}1", "140 mAh g^-1"),
    ("minus_exponent", f"3 Ω{LOST}1", "3 Ω^-1"),
    ("minus_sign", f"at {LOST}0.2 V", "at −0.2 V"),
    ("minus_sign", f"({LOST} 60 mV)", "(− 60 mV)"),
    ("minus_exponent_lost_sign", "at 2 mA cm2 and", "at 2 mA cm^-2 and"),
    ("minus_exponent_lost_sign", "350 Wh kg1.", "350 Wh kg^-1."),
    ("about_as_letter", "for B900 h", "for ~900 h"),
    ("about_as_letter", "(B3.5)", "(~3.5)"),
    ("ohm_as_letter", "a resistance of 94.3 O.", "a resistance of 94.3 Ω."),
    ("ohm_as_letter", "an interfacial impedance of 120O and", "an interfacial impedance of 120Ω and"),
    ("ohm_as_letter", "Resistance (O) of the cells", "Resistance (Ω) of the cells"),
    ("degree_as_one", "The contact angle of water is 341.", "The contact angle of water is 34°."),
    ("celsius_as_one", "dried at 60 1C in air", "dried at 60 °C in air"),
    ("double_bond_as_letter", "the CQO bond", "the C=O bond"),
    ("micro_as_m", "a layer 12 mm thick", "a layer 12 µm thick"),
    ("micro_as_m", "Coating thickness (mm)", "Coating thickness (µm)"),
    ("minus_exponent", "at 2 mA cm(cid:0) 2 and", "at 2 mA cm^-2 and"),
    ("minus_power_of_ten", "of 10 (cid:0) 4 S", "of 10^-4 S"),
    ("minus_sign", "at (cid:0) 0.2 V", "at −0.2 V"),
    ("area_out_of_its_line", "at 0.5 mA (cid:0) 2 the", "at 0.5 mA cm^-2 the"),
    ("exponent_out_of_its_line", "which exhibits a (cid:0) 2 owing to", "which exhibits a  owing to"),
    ("exponent_apart", "at 1 mA cm − 2 , and", "at 1 mA cm^-2 , and"),
    ("exponent_lost", "at 0.2 mA cm observed", "at 0.2 mA cm^-2 observed"),
    ("exponent_lost", "of 3.1 mS cm at", "of 3.1 mS cm^-1 at"),
    ("exponent_lost", "of 931 mAh g prominent", "of 931 mAh g^-1 prominent"),
    ("bars_apart", "Li | |Cu cells", "Li||Cu cells"),
    ("bars_apart", "Li@X‖NCM811 cells", "Li@X||NCM811 cells"),
    ("bars_apart", "Li//Cu cells", "Li||Cu cells"),
    ("hyphen_of_a_line_end", "the conduc- tivity of", "the conductivity of"),
    ("formula_apart", "the LiNi 0.7 Co 0.2 Mn 0.1 O 2 cells", "the LiNi0.7Co0.2Mn0.1O2 cells"),
    ("formula_apart", "of Li 3 N and", "of Li3N and"),
    ("label_apart", "the Mg 2 Si 3 O 8 @NC host", "the Mg2Si3O8@NC host"),
]
# damaged text that a rule must not touch, though it looks alike
AGAINST = [
    ("about_as_letter", "vitamin B12 was added"),
    ("about_as_letter", "sample B3 ran"),
    ("about_as_letter", "in AB900 h"),
    ("ohm_as_letter", "the ratio of Li to 3 O. It"),
    ("ohm_as_letter", "a resistance to 2 Oxides"),
    ("degree_as_one", "A number of 341. It"),
    ("degree_as_one", "The contact angle fell in 121 h."),
    ("degree_as_one", "The contact angle was 1341."),
    ("celsius_as_one", "dried for 60 1Cx"),
    ("double_bond_as_letter", "the CQ bond and BCQO"),
    ("micro_as_m", "electrodes with 12 mm were punched from the coating"),
    ("micro_as_m", "walks of 12 mm were taken"),
    ("micro_as_m", "a layer 12 mmol thick"),
    ("minus_exponent_lost_sign", "an area of cm2 h"),
    ("minus_exponent_lost_sign", "4 mAh/cm2"),
    ("minus_exponent_lost_sign", "a length of 2 cm3"),
    ("exponent_out_of_its_line", "at (cid:0) 2.5 V"),
    ("exponent_out_of_its_line", "at (cid:0) 2 V"),
    ("area_out_of_its_line", "of 2 mAh g (cid:0) 1"),
    ("exponent_lost", "at 1 mA cm−2"),
    ("exponent_lost", "at 1 mA cm -2"),
    ("exponent_lost", "at 1 mA cm<sup>-2</sup>"),
    ("exponent_lost", "at 1 mA cm2"),
    ("exponent_lost", "2 g of it"),
    ("exponent_apart", "a length of 5 cm − 2 mm"),
    ("bars_apart", "the norm || of it"),
    ("hyphen_of_a_line_end", "short- and long-term"),
    ("hyphen_of_a_line_end", "the pre- or the post-treatment"),
    ("formula_apart", "of LiF 3 mV more"),
    ("formula_apart", "Cu 2 days later"),
    ("label_apart", "write to me @ home"),
]
ONLY_DAMAGED = {
    "minus_exponent_lost_sign", "about_as_letter", "degree_as_one", "celsius_as_one", "micro_as_m",
}  # fmt: skip


def repaired(text: str, damaged: bool = True) -> tuple[str, list[str]]:
    traced, ledger = repair(Traced.of(text), damaged)
    return traced.text, [r.rule for r in ledger]


@pytest.mark.parametrize(("rule", "text", "mended"), FOR)
def test_a_rule_repairs(rule: str, text: str, mended: str) -> None:
    got, rules = repaired(text)
    assert got == mended
    assert rule in rules


@pytest.mark.parametrize(("rule", "text"), AGAINST)
def test_a_rule_leaves_alone(rule: str, text: str) -> None:
    assert rule not in repaired(text)[1]


def test_each_rule_is_tried_both_ways() -> None:
    assert {rule for rule, *_ in FOR} == {rule.name for rule in RULES}
    certain = {"times", "minus_power_of_ten", "minus_exponent", "minus_sign"}  # U+FFFD cannot stand there
    assert {rule for rule, _ in AGAINST} == {rule.name for rule in RULES} - certain


@pytest.mark.parametrize(("rule", "text", "mended"), FOR)
def test_a_sound_document_is_not_reread(rule: str, text: str, mended: str) -> None:
    got, rules = repaired(text, damaged=False)
    assert (rule in rules) == (rule not in ONLY_DAMAGED)
    assert (got == mended) == (rule not in ONLY_DAMAGED)


@pytest.mark.parametrize(
    "text",
    [
        "At 2 mA cm−2 the overpotential was −40 mV for 900 h, with a resistance of 94.3 Ω.",
        "A 12 µm film on a disc 12 mm wide; the contact angle of water was 121°.",
        "Vitamin B12 and the O atoms of 3 O2 at 60 °C; cm2, kg1.",
    ],
)
def test_sound_text_stays(text: str) -> None:
    assert repaired(text, damaged=False) == (text, [])


def test_micrometres_that_survived_speak_against_lost_ones() -> None:
    assert repaired("a 5 µm film on a layer 12 mm thick")[0].endswith("12 mm thick")


def test_a_noun_may_stand_in_the_sentence_before() -> None:
    assert repaired("The layer was spun for 5 h. It was pressed to 4 mm.")[0].endswith("4 µm.")
    assert repaired("The layer was spun. It dried. It was pressed to 4 mm.")[0].endswith("4 mm.")


def test_damage_is_seen() -> None:
    assert shows_damage(f"cm{LOST}2")
    assert not shows_damage("cm−2, 94 O")


def test_the_ledger_is_in_order_and_exact() -> None:
    original = f"xx a resistance of 94 O at 2 mA cm{LOST}2 for B90 h"
    traced, ledger = repair(Traced.of(original, 3), damaged=True)
    assert traced.text == "a resistance of 94 Ω at 2 mA cm^-2 for ~90 h"
    assert [(r.before, r.after, r.rule) for r in ledger] == [
        ("O", "Ω", "ohm_as_letter"),
        (LOST, "^-", "minus_exponent"),
        ("B", "~", "about_as_letter"),
    ]
    assert [original[r.start : r.end] for r in ledger] == [r.before for r in ledger]


def test_what_was_put_in_is_on_the_ledger_at_its_place() -> None:
    original = "at 2 mA cm2"
    _, (entry,) = repair(Traced.of(original), damaged=True)
    assert (entry.start, entry.end, entry.before, entry.after) == (10, 10, "", "^-")


DAMAGED = st.lists(
    st.sampled_from(
        [LOST, "2", "cm", " ", "mA", "O", "94", "resistance", "B", "h", ".", "contact angle", "341", "mm", "layer",
         "CQO", "10", "1C", "kg1", "(", ")", "60", "µm"]
    ),
    max_size=15,
).map("".join)  # fmt: skip


@given(DAMAGED, st.booleans())
def test_the_ledger_explains_every_change(original: str, damaged: bool) -> None:
    traced, ledger = repair(Traced.of(original), damaged)
    assert len(traced.offsets) == len(traced.text) + 1
    assert [r.start for r in ledger] == sorted(r.start for r in ledger)
    rest = iter(ledger)
    position, rebuilt = 0, []
    for entry in rest:
        assert original[entry.start : entry.end] == entry.before
        rebuilt += [original[position : entry.start], entry.after]
        position = entry.end
    assert "".join(rebuilt) + original[position:] == traced.text
