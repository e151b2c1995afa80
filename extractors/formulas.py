"""Chemical formulas in a text, and the capitals that look like one and are none."""

from __future__ import annotations

import re

from extractors.gated import Gated

_ELEMENTS = (
    "H|He|Li|Be|B|C|N|O|F|Ne|Na|Mg|Al|Si|P|S|Cl|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|"
    "Rb|Sr|Y|Zr|Nb|Mo|Ru|Rh|Pd|Ag|Cd|In|Sn|Sb|"
    "Te|I|Cs|Ba|La|Ce|Pr|Nd|Sm|Gd|Er|Yb|Hf|Ta|W|Re|Ir|Pt|Au|Pb|Bi"
)
_SYMBOL = f"(?:{'|'.join(sorted(_ELEMENTS.split('|'), key=len, reverse=True))})"
_FORMULA = re.compile(
    rf"(?:(?:{_SYMBOL})(?:\d+(?:\.\d+)?|[xyn])?(?:[+-][xy])?|"
    rf"\((?:{_SYMBOL}(?:\d+(?:\.\d+)?)?){{1,4}}\)\d*){{1,8}}"
)
SPACED_FORMULA = Gated(
    rf"(?=[A-Z][A-Za-z]{{0,7}}\s\d)(?<![\w.])((?:{_SYMBOL}){{1,4}}(?:\s\d{{1,2}}(?:\.\d+)?(?:\s?(?:{_SYMBOL}){{1,3}}(?![a-z]))?)+)"
    r"(?![\w%]|\.\d|\s?(?:m?A\b|mV|V\b|h\b|%|nm|[µμ]m|wt|mol|°|M\b|MPa|GPa|cycles|m?S\b|mg|C\b))"
)
ELEMENT = re.compile(_SYMBOL)
_SINGLE_ELEMENT = frozenset({"O2", "N2", "C60", "S8", "H2", "I2", "Cl2", "F2"})
NOT_MATERIAL = frozenset(  # letters that stand for methods, classes and places, and capitals that begin a sentence
    [
        "CE",
        "CEs",
        "SEI",
        "CV",
        "EIS",
        "SEM",
        "TEM",
        "XRD",
        "XPS",
        "AFM",
        "FTIR",
        "DFT",
        "DSC",
        "TGA",
        "ALD",
        "CVD",
        "LMB",
        "LMBs",
        "LIB",
        "LIBs",
        "SPE",
        "SPEs",
        "SSE",
        "SSEs",
        "OCV",
        "ESI",
        "EDS",
        "NP",
        "NPs",
        "UV",
        "MLD",
        "ICE",
        "RT",
        "In",
        "As",
        "At",
        "On",
        "If",
        "No",
        "Is",
        "It",
        "By",
        "Be",
        "He",
        "I",
        "Y",
        "W",
        "V",
        "U",
        "K",
        "N",
        "C",
        "S",
        "P",
        "B",
        "F",
        "O",
        "H",
        "Co",
        "Fig",
        "Figs",
        "Ref",
        "Table",
        "Table1",
        "SHE",
        "DMA",
        "CC",
        "CCCV",
        "PDF",
        "HF",
        "OH",
        "CO",
        "NO",
        "UME",
        "ARC",
        "SI",
        "Adv",
        "J",
        "A",
        "G",
        "E",
        "T",
        "R",
        "ClO4",
        "PF6",
        "BF4",
        "EO",
        "Po",
        "Re",
        "Ir",
        "Er",
        "AIMD",
        "ASSB",
        "ASSBs",
        "ASSLB",
        "ASSLBs",
        "ASSLMB",
        "ASSLMBs",
        "ASR",
        "BET",
        "CCD",
        "CCDs",
        "CPE",
        "DOD",
        "EDX",
        "EELS",
        "EXAFS",
        "FIB",
        "GITT",
        "HOMO",
        "HRTEM",
        "KPFM",
        "LUMO",
        "LMA",
        "LMAs",
        "LSV",
        "MD",
        "NMR",
        "OCP",
        "PITT",
        "RH",
        "SAED",
        "SE",
        "SEIs",
        "SEs",
        "SOC",
        "SOH",
        "SSB",
        "SSBs",
        "SSLMBs",
        "STEM",
        "TOF-SIMS",
        "ToF-SIMS",
        "XANES",
        "XAS",
        "USA",
    ]
)


def is_formula(text: str) -> bool:
    """Say whether a token is a chemical formula and not just capitals.

    Examples
    --------
    >>> [is_formula(t) for t in ("Li3N", "LiF", "CV", "SEI", "Cu3N", "C60", "Fig")]
    [True, True, False, False, True, True, False]
    """
    if text in NOT_MATERIAL or not _FORMULA.fullmatch(text):
        return False
    symbols = ELEMENT.findall(text)
    if len(set(symbols)) == 1 and text not in _SINGLE_ELEMENT:
        return False  # "S1", "F01": labels
    return any(c.isdigit() for c in text) or (len(symbols) > 1 and any(len(s) == 2 for s in symbols))
