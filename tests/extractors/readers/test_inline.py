"""Inline markup: one clean spelling for LaTeX, HTML, Markdown and Unicode; citations taken out and kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers.inline import clean
from extractors.traced import Traced


def cleaned(text: str, glued: bool = False) -> tuple[str, tuple[tuple[int, str], ...]]:
    traced, markers = clean(Traced.of(text), glued)
    return traced.text, markers


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        # exponents, in all the ways they are printed
        ("1 mA cm<sup>-2</sup>", "1 mA cm^-2"),
        ("1 mA cm<sup>−2</sup>", "1 mA cm^-2"),
        ("1 mA cm<sup>–2</sup>", "1 mA cm^-2"),
        ("1 mA cm⁻²", "1 mA cm^-2"),
        ("1 mA cm^{-2}", "1 mA cm^-2"),
        ("1 mA cm^-2", "1 mA cm^-2"),
        ("$1\\ \\mathrm{mA\\ cm^{-2}}$", "1 mA cm^-2"),
        ("1 mA cm$^{-2}$", "1 mA cm^-2"),
        ("$1 \\text{ mA}\\cdot\\text{cm}^{-2}$", "1 mA·cm^-2"),
        ("80 Ω cm<sup>2</sup>", "80 Ω cm^2"),
        ("80 Ω cm²", "80 Ω cm^2"),
        ("3 g cm<sup>-3</sup>", "3 g cm^-3"),
        ("40 m² g⁻¹", "40 m^2 g^-1"),
        ("1.3 × 10<sup>-4</sup> S cm<sup>-1</sup>", "1.3 × 10^-4 S cm^-1"),
        ("$1.3 \\times 10^{-4}$ S cm⁻¹", "1.3 × 10^-4 S cm^-1"),
        ("10⁻⁴ to 10⁻³ S/cm", "10^-4 to 10^-3 S/cm"),
        ("10<sup>6</sup> Pa", "10^6 Pa"),
        # subscripts
        ("Li<sub>3</sub>N", "Li3N"),
        ("Li₃PO₄", "Li3PO4"),
        ("Li_{3}N", "Li3N"),
        ("$\\mathrm{Li_3N}$", "Li3N"),
        ("$\\text{Cu}_3\\text{N}$", "Cu3N"),
        # charges
        ("Li<sup>+</sup> ions", "Li+ ions"),
        ("Li⁺ ions", "Li+ ions"),
        ("Cu^{2+} ions", "Cu+ ions"),
        # symbols
        ("$\\sim$ 40 mV", "~ 40 mV"),
        ("$\\approx 40$ mV", "≈ 40 mV"),
        ("$\\leq 5$ h", "≤ 5 h"),
        ("5 $\\mu$m", "5 µm"),
        ("5 \\mu m", "5 µm"),
        ("25 $^{\\circ}$C", "25 °C"),
        ("25<sup>o</sup>C", "25°C"),
        ("12 $\\Omega$", "12 Ω"),
        ("5 \\% of it", "5 % of it"),
        ("&lt; 5 h &amp; more", "< 5 h & more"),
        ("5&nbsp;h", "5 h"),
        ("30 &plusmn; 2&deg;", "30 ± 2°"),
        # typography
        ("the ﬁlm and the ﬂow, eﬀect, eﬃcient", "the film and the flow, effect, efficient"),
        ("1\u2009mA\u00a0h\u202fg", "1 mA h g"),
        ("a\u200bb", "a b"),
        ("  a\n b\t c ", "a b c"),
        # emphasis, links, tags
        ("**bold** and *soft* and ***both***", "bold and soft and both"),
        ("a (_soft_) word", "a (soft) word"),
        ("<b>bold</b> <i>soft</i> <em>so</em>", "bold soft so"),
        ("see [the data](https://example.org/a_(b)) here", "see the data here"),
        ("![an image](images/one.png)", "an image"),
        ("line<br>break", "linebreak"),
        # what only looks like markup
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a_b", "a_b"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("cost of $5", "cost of 5"),
        ("", ""),
    ],
)
def test_clean_text(markup: str, plain: str) -> None:
    assert cleaned(markup) == (plain, ())


@pytest.mark.parametrize(
    ("markup", "plain", "markers"),
    [
        ("grows[26] fast", "grows fast", [(5, "26")]),
        ("grows [26] fast", "grows fast", [(5, "26")]),
        ("grows \\[26\\] fast", "grows fast", [(5, "26")]),
        ("grows.<sup>26</sup> Then", "grows. Then", [(6, "26")]),
        ("grows.<sup>[26]</sup> Then", "grows. Then", [(6, "26")]),
        ("grows.²⁶ Then", "grows. Then", [(6, "26")]),
        ("grows.^{26} Then", "grows. Then", [(6, "26")]),
        ("grows [3,5] fast", "grows fast", [(5, "3"), (5, "5")]),
        ("grows [3, 5] fast", "grows fast", [(5, "3"), (5, "5")]),
        ("grows [3–6] fast", "grows fast", [(5, "3"), (5, "4"), (5, "5"), (5, "6")]),
        ("grows.¹²⁻¹⁴ Then", "grows. Then", [(6, "12"), (6, "13"), (6, "14")]),
        ("grows.<sup>7,9–11</sup> Then", "grows. Then", [(6, "7"), (6, "9"), (6, "10"), (6, "11")]),
        ("over 99%<sup>[26]</sup> at 1 mA cm<sup>-2</sup>", "over 99% at 1 mA cm^-2", [(8, "26")]),
        ("a [1] b [2] c", "a b c", [(1, "1"), (3, "2")]),
        ("ran for 900 h,<sup>2</sup> as told", "ran for 900 h, as told", [(14, "2")]),
        ("ran for 900 h.² As told", "ran for 900 h. As told", [(14, "2")]),
        ("ran for 900 h<sup>26</sup> as told", "ran for 900 h as told", [(13, "26")]),
        ("at 2 mA cm<sup>-2</sup>.<sup>3</sup> Then", "at 2 mA cm^-2. Then", [(14, "3")]),
        # no citations
        ("the window [0.01, 2] V", "the window [0.01, 2] V", []),
        ("[a](b) [see it]", "a [see it]", []),
    ],
)
def test_citations_are_taken_out(markup: str, plain: str, markers: list[tuple[int, str]]) -> None:
    assert cleaned(markup) == (plain, tuple(markers))


@pytest.mark.parametrize(
    ("text", "plain", "markers"),
    [
        ("of lithium anodes.4 They grow", "of lithium anodes. They grow", [(18, "4")]),
        ("coated separators9 or hosts", "coated separators or hosts", [(17, "9")]),
        ("of lithium anodes,4,5 they grow", "of lithium anodes, they grow", [(18, "4"), (18, "5")]),
        ("the SEI.12–14 It grows", "the SEI. It grows", [(8, "12"), (8, "13"), (8, "14")]),
        # numbers that are no citations
        ("of 3.4 V", "of 3.4 V", []),
        ("the NMC811 cathode", "the NMC811 cathode", []),
        ("a Li2S layer", "a Li2S layer", []),
    ],
)
def test_citations_glued_to_words(text: str, plain: str, markers: list[tuple[int, str]]) -> None:
    assert cleaned(text, glued=True) == (plain, tuple(markers))


def test_glued_digits_stay_where_the_format_raises_its_citations() -> None:
    assert cleaned("coated separators9 or hosts") == ("coated separators9 or hosts", ())


@pytest.mark.parametrize(
    "markup", ["1 mA cm<sup>-2</sup>", "1 mA cm⁻²", "1 mA cm$^{-2}$", "$1 \\text{ mA cm}^{-2}$", "Li₃N <sub>2</sub> a"]
)
def test_a_digit_leads_to_its_place(markup: str) -> None:
    traced, _ = clean(Traced.of(markup))
    for i, character in enumerate(traced.text):
        if character.isdigit():
            assert markup[traced.offsets[i]] in (character, *"²⁻₃")


def test_an_exponent_of_raised_characters_shares_their_places() -> None:
    traced, _ = clean(Traced.of("10⁻⁴ S"))
    assert traced.text == "10^-4 S"
    assert traced.offsets.tolist() == [0, 1, 2, 2, 3, 4, 5, 6]


@given(st.integers(-12, 12).filter(bool), st.sampled_from(["<sup>{}</sup>", "^{{{}}}", "^{}", "$^{{{}}}$"]))
def test_any_power_of_ten_is_read_in_any_markup(power: int, markup: str) -> None:
    for sign in "-−":
        printed = markup.format(str(power).replace("-", sign))
        assert cleaned(f"3 × 10{printed} S cm")[0] == f"3 × 10^{power} S cm"


@given(st.text(alphabet="abc 123,.;:()%", max_size=40))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert cleaned(text) == (" ".join(text.split()), ())


def test_a_text_that_begins_with_a_citation_begins_with_its_word() -> None:
    assert cleaned("¹ 0") == ("0", ((0, "1"),))


@given(st.text(max_size=40))
def test_cleaning_twice_changes_no_plain_word(text: str) -> None:
    once, _ = cleaned(text)
    assert "\ue000" not in once or "\ue000" in text
    assert "  " not in once
    assert once == once.strip()
