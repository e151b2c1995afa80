"""Materials by formula, name, abbreviation; labels taken apart to what they are made of."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.materials import Name, find_names, lexicon
from schema.vocabulary import vocabulary


def names(text: str, defined: dict[str, tuple[str, ...]] | None = None) -> list[Name]:
    return find_names(text, 0, len(text), defined or {})


def one(text: str) -> Name:
    (name,) = names(text)
    return name


# label -> components
LABELS = {
    # plain names, in the ways they are written
    "PMMA": "PMMA", "poly(methyl methacrylate)": "PMMA", "polymethyl methacrylate": "PMMA", "polyimide": "PI",
    "PVDF-HFP": "PVDF-HFP", "PVDF–HFP": "PVDF-HFP", "PVdF-HFP": "PVDF-HFP", "Polydopamine": "PDA", "Nafion": "Nafion",
    "Li-PAA": "LiPAA", "PEDOT:PSS": "PEDOT:PSS", "alumina": "Al2O3", "zinc oxide": "ZnO", "boron nitride": "BN",
    "h-BN": "BN", "g-C3N4": "C3N4", "graphene oxide": "GO", "reduced graphene oxide": "rGO",
    "carbon nanotubes": "CNT", "CNTs": "CNT", "Ti3C2Tx": "MXene", "silver": "Ag", "stainless steel": "SS",
    # formulas, in the lexicon or not
    "Li3N": "Li3N", "Cu3N": "Cu3N", "MoS2": "MoS2", "Mg3N2": "Mg3N2", "BaTiO3": "BaTiO3", "Li2Se": "Li2Se",
    "LiAl": "LiAl", "Li6.4La3Zr1.4Ta0.6O12": "LLZTO", "Li1.3Al0.3Ti1.7(PO4)3": "LATP",
    # labels of several parts
    "PMMA/PVDF": "PMMA PVDF", "Cu3N/SBR": "Cu3N SBR", "PAN@SiO2": "PAN SiO2", "ZnO@rGO": "ZnO rGO",
    "CNT/PVDF": "CNT PVDF", "PEO18-LiTFSI": "PEO LiTFSI", "PEO-LiTFSI-1%LGPS": "PEO LiTFSI LGPS",
    "MOF/PVDF": "MOF PVDF", "Au/LLZO": "Au LLZO", "PI-Ag-20Li": "PI Ag Li", "PI-Ag/Li": "PI Ag Li",
    "Al2O3@Li": "Al2O3 Li", "Cu@Li": "Cu Li", "Cu-20Li": "Cu Li", "Li@rGO": "Li rGO", "PAN+LLZTO": "PAN LLZTO",
    "EC/DEC": "EC DEC",
}  # fmt: skip
# what is said of a sample is no part of its name
TREATED = {
    "Al2O3-coated": "Al2O3", "LiF-rich": "LiF", "PVDF-based": "PVDF", "ZnO-decorated": "ZnO", "In-coated": "In",
    "SiO2-free": "SiO2", "PEO-grafted": "PEO",
}  # fmt: skip


@pytest.mark.parametrize(("label", "components"), [*LABELS.items(), *TREATED.items()])
def test_a_label_is_made_of(label: str, components: str) -> None:
    assert one(f"with {label} on it").components == tuple(components.split())


def test_a_polymer_that_nobody_listed_keeps_its_name() -> None:
    name = one("with poly(glycidyl azide) on it")
    assert name.components == ("poly(glycidyl azide)",)
    assert name.material_class == "polymer"


@pytest.mark.parametrize(("label", "components"), LABELS.items())
def test_a_label_is_found_whole_and_in_its_place(label: str, components: str) -> None:
    name = one(f"the ({label}), it")
    assert (name.start, name.end, name.text) == (5, 5 + len(label), label)


@pytest.mark.parametrize(
    ("label", "components", "cathode", "lithium_ends"),
    [
        ("Li||Li", (), None, 2),
        ("Li|PEO|Li", ("PEO",), None, 2),
        ("Li||LiFePO4", (), "LiFePO4", 1),
        ("Li|Cu", ("Cu",), None, 1),
        ("Li/PEO18-LiTFSI-1%LGPS/LiFePO4", ("PEO", "LiTFSI", "LGPS"), "LiFePO4", 1),
        ("Li/PEO/NCM811", ("PEO",), "NCM811", 1),
        ("Li/LLZO/Li", ("LLZO",), None, 2),
        ("Li@rGO||LFP", ("Li", "rGO"), "LiFePO4", 0),
    ],
)
def test_a_cell_is_taken_apart(label: str, components: tuple[str, ...], cathode: str | None, lithium_ends: int) -> None:
    name = one(f"the {label} cell")
    assert (name.components, name.cathode, name.lithium_ends) == (components, cathode, lithium_ends)


@pytest.mark.parametrize(
    "text",
    ["CE", "the SEI", "an XRD", "in Fig. 2", "In the cell", "As it is", "No one", "at 5 V", "a CV", "S 2p", "3D",
     "LMBs", "by DFT", "it was done", "", "1,000", "U and I"],
)  # fmt: skip
def test_what_is_no_material(text: str) -> None:
    assert names(text) == []


def test_names_stand_in_order_without_overlap() -> None:
    text = (
        "A poly(vinylidene fluoride) film with Al2O3 on copper, PAN@SiO2 beside Li||LiFePO4 and reduced graphene oxide."
    )
    found = names(text)
    assert [n.text for n in found] == [
        "poly(vinylidene fluoride)", "Al2O3", "copper", "PAN@SiO2", "Li||LiFePO4", "reduced graphene oxide",
    ]  # fmt: skip
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_only_the_stretch_asked_for_is_read() -> None:
    text = "PMMA and PVDF and PAN"
    assert [n.text for n in find_names(text, 5, 14, {})] == ["PVDF"]


def test_classes() -> None:
    assert one("PMMA").material_class == "polymer"
    assert one("LiTFSI").material_class == "salt"
    assert one("NCM811").material_class == "cathode"
    assert one("LLZTO").material_class == "ceramic"
    assert one("Rb3N").material_class == ""


@pytest.mark.parametrize(("text", "label"), [("PAN@SiO2", True), ("PAN", False), ("UiO-66", True), ("Cu-20Li", True)])
def test_is_label(text: str, label: bool) -> None:
    assert one(text).is_label is label


# --- properties

SAFE = st.sampled_from(
    ["PMMA", "PVDF", "PAN", "Al2O3", "SiO2", "ZnO", "LLZTO", "rGO", "CNT", "Ag", "MoS2", "SBR", "MXene"]
)


@given(st.lists(SAFE, min_size=2, max_size=4, unique=True), st.sampled_from("@/"))
def test_any_label_of_known_parts_comes_apart(parts: list[str], joint: str) -> None:
    name = one(f"a {joint.join(parts)} film")
    assert name.components == tuple(parts)
    assert name.text == joint.join(parts)


def test_every_material_is_found_by_all_its_names() -> None:
    known = lexicon()
    for short, material in vocabulary().materials.items():
        for name in (short, *material.names):
            assert known.find(name) == short, name


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["Li", "|", "/", "@", "-", "PEO", "(", ")", "3", "N", "%", " ", "poly(", "x)", "LiFePO4", "+",
                         "–", ":", "coated", "Cu", "["]), max_size=15
    ).map("".join)
)  # fmt: skip
def test_any_text_gives_sound_names(text: str) -> None:
    for name in names(text, {"XQ": ("XQ",)}):
        assert text[name.start : name.end] == name.text
        assert name.components or name.cathode or name.lithium_ends
        assert len(set(name.components)) == len(name.components)
