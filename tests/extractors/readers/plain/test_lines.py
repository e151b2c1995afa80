"""Lines to blocks: headings and their paths, captions, tables, lists, references; cut sentences are joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers.blocks import Block
from extractors.readers.plain.lines import split


def told(text: str, markdown: bool = False) -> list[tuple[str, str]]:
    return [(b.kind, b.raw) for b in split(text, markdown)]


def sections(text: str, markdown: bool = False) -> list[str]:
    return [b.section for b in split(text, markdown) if b.kind != "heading"]


def only(text: str) -> str:
    (block,) = split(text, False)
    return block.raw


# --- headings


@pytest.mark.parametrize(
    "line",
    ["Results and Discussion", "RESULTS", "Abstract", "Conclusions", "Materials and Methods", "1. Introduction",
     "2.3 Half cells of the second kind", "IV. Full cells", "EXPERIMENTAL PART", "Supporting Information",
     "Preparation of the PAN film", "Electrochemical measurements", "Conflicts of interest", "Data availability"],
)  # fmt: skip
def test_a_heading_of_plain_text(line: str) -> None:
    assert told(f"Before it there was a text.\n\n{line}\n\nText.")[1] == ("heading", line)


@pytest.mark.parametrize(
    "line", ["The results were plain.", "In conclusion, it ran.", "3 cells were made", "A long line, which goes on,"]
)
def test_a_sentence_is_no_heading(line: str) -> None:
    assert all(kind != "heading" for kind, _ in told(f"Before it there was a text.\n\n{line}\n\nText."))


def test_a_heading_needs_no_empty_line_around_it() -> None:
    assert told("Some text of it.\nConclusions\nThe cell ran.") == [
        ("paragraph", "Some text of it."),
        ("heading", "Conclusions"),
        ("paragraph", "The cell ran."),
    ]


def test_hashes_make_headings_in_markdown_only() -> None:
    assert told("# A title\n\ntext", markdown=True)[0] == ("heading", "A title")
    assert told("# a title of it\n\ntext")[0] == ("paragraph", "# a title of it")


def test_sections_are_paths_of_headings() -> None:
    text = (
        "# Title\n\nA.\n\n## Methods\n\nB.\n\n### Cells\n\nC.\n\n#### Half\n\nD.\n\n### Films\n\nE.\n\n## Results\n\nF."
    )
    assert sections(text, markdown=True) == [
        "",
        "Methods",
        "Methods > Cells",
        "Methods > Cells > Half",
        "Methods > Films",
        "Results",
    ]


def test_numbered_headings_make_paths_too() -> None:
    heads = ("1. Introduction", "2. Results", "2.1 Half cells", "2.1.1 First test", "3. Summary")
    text = "\n\nText.\n\n".join([*heads, ""])
    assert sections(text) == [
        "1. Introduction",
        "2. Results",
        "2. Results > 2.1 Half cells",
        "2. Results > 2.1 Half cells > 2.1.1 First test",
        "3. Summary",
    ]


# --- captions


@pytest.mark.parametrize(
    "line",
    ["Fig. 2 Cells that ran.", "Figure 2. Cells", "FIG. 12 (a) Cells", "Table 1 Cells", "TABLE 3", "Scheme 1. A film",
     "**Fig. 4** Cells", "Fig. S3: Cells", "Figure 2a Cells"],
)  # fmt: skip
def test_a_caption(line: str) -> None:
    assert told(f"Text was here.\n\n{line}\n\nText.")[1][0] == "caption"


@pytest.mark.parametrize(
    "line",
    ["Fig. 2 shows that cells ran.", "Figure 3 presents cells.", "Table 1 lists the cells.",
     "Figures of merit are told.", "Figure 123 is not one."],
)  # fmt: skip
def test_a_sentence_about_a_figure_is_no_caption(line: str) -> None:
    assert told(f"Text was here.\n\n{line}\n\nText.")[1][0] == "paragraph"


def test_a_caption_that_cuts_a_sentence_is_set_aside() -> None:
    text = (
        "The efficiency of the coated cell rose to\n\nFig. 2 Cells. (a) Plain,\n(b) coated.\n\n98.1% over 200 cycles."
    )
    assert told(text) == [
        ("paragraph", "The efficiency of the coated cell rose to 98.1% over 200 cycles."),
        ("caption", "Fig. 2 Cells. (a) Plain, (b) coated."),
    ]


def test_two_captions_and_a_table_that_cut_a_sentence() -> None:
    text = (
        "The efficiency of the coated cell was found to be as high as the\n\nFig. 2 Cells.\n\nTable 1 Films.\n\n"
        "a\tb\n1\t2\n\nbest of all."
    )
    kinds = [kind for kind, _ in told(text)]
    assert kinds == ["paragraph", "caption", "caption", "table"]
    assert told(text)[0][1].endswith("as the best of all.")


def test_a_sentence_that_is_whole_is_not_joined() -> None:
    text = "The efficiency of the coated cell was high.\n\nFig. 2 Cells.\n\nthe second one was low."
    assert [kind for kind, _ in told(text)] == ["paragraph", "caption", "paragraph"]


def test_a_heading_ends_a_paragraph_for_good() -> None:
    text = "The efficiency of the coated cell rose to the\n\nConclusions\n\nbest of all."
    assert [kind for kind, _ in told(text)] == ["paragraph", "heading", "paragraph"]


# --- page breaks, running heads, letters down the margin


def test_a_page_break_cuts_no_sentence() -> None:
    text = "The cell ran for a very long time without a short circuit until the\n\fend of the test at 900 h.\n"
    assert [" ".join(raw.split()) for _, raw in told(text)] == [
        "The cell ran for a very long time without a short circuit until the end of the test at 900 h."
    ]


@pytest.mark.parametrize(
    "furniture",
    ["1234", "Page 3 of 12", "12 | J. Some Chem., 2020, 3, 10–20", "J. Some Chem., 2020 | 13", "https://doi.org/10.1/x",
     "View Article Online", "Downloaded on 3 May 2021", "© The Authors 2020", "Open Access Article.", "***",
     "![](figure.png)", "This article is licensed under a licence."],
)  # fmt: skip
def test_page_furniture_is_dropped(furniture: str) -> None:
    text = f"The cell ran for a very long time without a short circuit until the\n\n{furniture}\n\nend of the test."
    assert told(text) == [
        ("paragraph", "The cell ran for a very long time without a short circuit until the end of the test.")
    ]


def test_letters_stacked_down_a_margin_are_dropped() -> None:
    stacked = "\n".join("Published")
    text = f"The cell ran for a very long time without\n\n{stacked}\n\nany short circuit.\n"
    assert told(text) == [("paragraph", "The cell ran for a very long time without any short circuit.")]


def test_a_few_short_lines_stay() -> None:
    assert only("The cell ran for\na\nb\nc\nand so on.") == "The cell ran for a b c and so on."


def test_a_unit_cut_from_its_number_is_joined() -> None:
    text = "The conductivity of the coated film at room temperature was 0.3\n\nS cm−1 or more."
    assert only(text).endswith("was 0.3 S cm−1 or more.")
    assert only(text.replace("0.3", "3")).endswith("was 3 S cm−1 or more.")


def test_a_citation_glued_to_the_end_is_no_number() -> None:
    text = "The conductivity of the coated film was told of others before.3\n\nA second film was made."
    assert [kind for kind, _ in told(text)] == ["paragraph", "paragraph"]


def test_an_address_stands_outside_the_text_it_cuts() -> None:
    text = (
        "The growth of dendrites is a plague of the lithium metal anode because of the\n\n"
        "State Key Laboratory of Skins, University of Somewhere\n\ncracks of its skin."
    )
    assert told(text)[0][1].endswith("because of the cracks of its skin.")
    assert told(text)[1][1].startswith("State Key")


# --- hyphens


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("the electro-\nlyte", "the electrolyte"),
        ("the PVDF-\nHFP film", "the PVDF-HFP film"),
        ("of 10–\n20 cells", "of 10–20 cells"),
        ("a Li/\nCu cell", "a Li/Cu cell"),
        ("at 5 mA -\nor so", "at 5 mA - or so"),
        ("after the\ntest", "after the test"),
    ],
)
def test_a_word_broken_at_a_line_end(lines: str, joined: str) -> None:
    assert only(lines) == joined


# --- tables, lists, references


def test_piped_and_tabbed_lines_are_tables() -> None:
    for text in ("| a | b |\n| --- | --- |\n| 1 | 2 |", "a\tb\n1\t2"):
        ((kind, _),) = told(text)
        assert kind == "table"


@pytest.mark.parametrize("text", ["| a | b |", "The Li | Cu cell and the Li | Li cell\nboth ran on", "a\tb and so on"])
def test_bars_in_a_sentence_make_no_table(text: str) -> None:
    assert told(text)[0][0] == "paragraph"


def test_items_of_a_list_stand_alone_in_markdown() -> None:
    text = "- one film\n- two films\n  of PAN\n* three\n1) four"
    found = [(kind, " ".join(raw.split())) for kind, raw in told(text, markdown=True)]
    assert found == [("list", t) for t in ("one film", "two films of PAN", "three", "four")]
    assert [kind for kind, _ in told(text)] == ["paragraph"]


def test_references_are_entries_until_the_next_heading() -> None:
    text = (
        "Text.\n\nReferences\n\n1. A. Bee, 2001.\n2. C. Dee,\n2002.\n[3] E. Eff, 2003.\n\nAcknowledgements\n\nThanks."
    )
    assert told(text)[2:5] == [
        ("reference", "1. A. Bee, 2001."),
        ("reference", "2. C. Dee, 2002."),
        ("reference", "[3] E. Eff, 2003."),
    ]
    assert told(text)[-1] == ("paragraph", "Thanks.")


@pytest.mark.parametrize("line", ["References", "REFERENCES", "Bibliography", "References and notes", "## References"])
def test_the_reference_list_is_known_by_its_heading(line: str) -> None:
    assert told(f"Text.\n\n{line}\n\n1. A. Bee, 2001.", markdown=True)[-1][0] == "reference"


# --- all of it


PAPER = st.lists(
    st.sampled_from(
        ["Results", "# A head", "Fig. 2 Cells.", "| a | b |", "| 1 | 2 |", "a\tb", "- item", "1. A. Bee", "References",
         "", "", "text that goes on and", "ends here.", "\f", "12", "electro-", "lyte", " indented", "x", "98.1% CE"]
    ),
    max_size=25,
).map("\n".join)  # fmt: skip


@given(PAPER | st.text(max_size=80), st.booleans())
def test_blocks_are_stretches_of_the_original(original: str, markdown: bool) -> None:
    blocks: list[Block] = split(original, markdown)
    for block in blocks:
        assert block.parts
        for part in block.parts:
            assert all(original[at] == c for c, at in zip(part.text, part.offsets, strict=False))


@given(PAPER, st.booleans())
def test_no_stretch_stands_in_two_blocks(original: str, markdown: bool) -> None:
    seen: set[int] = set()
    for block in split(original, markdown):
        places = {at for part in block.parts for at in part.offsets[:-1]}
        assert not places & seen
        seen |= places
