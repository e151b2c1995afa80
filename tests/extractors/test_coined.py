"""What a paper itself calls its materials: abbreviations, coined names, additives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.coined import abbreviations, additives, coined
from extractors.materials import Name, find_names


def names(text: str, defined: dict[str, tuple[str, ...]] | None = None) -> list[Name]:
    return find_names(text, 0, len(text), defined or {})


def one(text: str) -> Name:
    (name,) = names(text)
    return name


@pytest.mark.parametrize(
    ("text", "short", "components"),
    [
        ("a film of poly(vinyl quartz) (PVQ) was", "PVQ", ("PVQ",)),
        ("a film of zinc oxide (ZO) was", "ZO", ("ZnO",)),
        ("with a double layered sponge electrolyte (DLSE) in", "DLSE", ("DLSE",)),
        ("a PMMA/PVDF blend film, PMMA/PVDF (PPB) was", "PPB", ("PMMA", "PVDF")),
        ("the LGX (garnet electrolyte) was", "LGX", ("garnet",)),
    ],
)
def test_a_paper_defines_an_abbreviation(text: str, short: str, components: tuple[str, ...]) -> None:
    defined = abbreviations(text)
    assert defined[short] == components
    assert names(f"the {short}-coated foil", defined)[0].components == components


@pytest.mark.parametrize(
    "text",
    [
        "by scanning electron microscopy (SEM)",
        "the Coulombic efficiency (CE)",
        "as shown (Fig. 2)",
        "the metal lithium (Li)",
        "the solid electrolyte interphase (SEI)",
        "at a rate (see Table 1)",
        "in the ring (A)",
    ],
)
def test_what_defines_no_material(text: str) -> None:
    assert abbreviations(text) == {}


def test_a_defined_part_resolves_inside_a_label() -> None:
    defined = abbreviations("a poly(vinyl quartz) (PVQ) film")
    assert names("a PVQ@Al2O3 film", defined)[0].components == ("PVQ", "Al2O3")
    assert one("a PVQ@Al2O3 film").components == ("Al2O3",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("QSB electrolytes last. The QSB cell and a QSB film were made.", ["QSB"]),
        ("QTU-31 was made. The QTU-31@Li electrode lasted.", ["QTU-31"]),
        ("An interphase (noted as MQF) is laid on lithium.", ["MQF"]),
        (
            "The QSB-Ce cell beats the QSB cell; QSB-Ce electrolytes and QSB electrolytes, QSB-Ce and QSB.",
            ["QSB", "QSB-Ce"],
        ),
        ("CCD tests: the CCD of the cell, a CCD cell, CCD cells.", []),
        ("A deep quartz state (DQS) of cells: DQS cells, the DQS cell, DQS batteries.", []),
        ("A composite solid electrolyte (CSE): the CSE film, a CSE membrane, CSE layers.", []),
        ("PVDF films, the PVDF layer, a PVDF coating.", []),
        ("The QSB was seen once.", []),
    ],
)
def test_names_that_a_paper_coins(text: str, found: list[str]) -> None:
    assert sorted(coined(text, abbreviations(text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We add 3-chlorothiophene as an additive to the cells.", ("3-chlorothiophene",)),
        ("Here, a lithium salt (LQT) as an electrolyte additive is used.", ("LQT",)),
        ("We introduce 2-bromopentane into the electrolyte.", ("2-bromopentane",)),
        ("LiNO3 is the additive of choice.", ("LiNO3",)),
        ("No additive is used here.", ()),
        ("The coating of LiF is laid on lithium.", ()),
    ],
)
def test_what_is_put_into_the_electrolyte(text: str, found: tuple[str, ...]) -> None:
    assert additives(text) == found


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["QSB", " ", "(", ")", "cell", "@Li", "noted as ", "-", "Li|"])).map("".join)
)
def test_any_text_gives_sound_definitions(text: str) -> None:
    for short, components in (abbreviations(text) | coined(text, {})).items():
        assert short
        assert components
