"""Material names in a text: formulas, lexicon names, a paper's own abbreviations; labels taken apart.

A label such as ``Li/PEO18-LiTFSI-1%LGPS/LiFePO4`` or ``ZnO@HPC`` resolves to the short names of its components.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.phrases import Names
from schema.vocabulary import Vocabulary, vocabulary

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
SPACED_FORMULA = re.compile(
    rf"(?<![\w.])((?:{_SYMBOL}){{1,4}}(?:\s\d{{1,2}}(?:\.\d+)?(?:\s?(?:{_SYMBOL}){{1,3}}(?![a-z]))?)+)"
    r"(?![\w%]|\.\d|\s?(?:m?A\b|mV|V\b|h\b|%|nm|[µμ]m|wt|mol|°|M\b|MPa|GPa|cycles|m?S\b|mg|C\b))"
)
_HAS_ELEMENT = re.compile(_SYMBOL)
TOKEN = re.compile(
    r"[A-Za-zα-ω0-9](?:[\w.%+′:]|[()\[\]](?=[\w(])|(?<=[\w)])[)\]](?=[\d@/|+-])|(?<=[\w)%+])[-–−/@|"
    r"]{1,2}(?=[A-Za-z0-9(]))*[\w)%+]?"
)
_SPLIT = re.compile(r"[-–−/@|:+]+|%")
_MAJOR_SPLIT = re.compile(r"[/@|+]+")
_KIND_OF = re.compile(r"(?:3D|[NSPBrphn])(?=[A-Z])")
_COMPOUND = re.compile(r"[-–−/@|:+]|[a-z][A-Z]")
_OXIDE_POLYMER = re.compile(r"^P\(EO\)")
_CARRIED = re.compile(r"^\d+(?:\.\d+)?%?(?=[A-Z])|(?<=[A-Za-z])\d+[kK]?$|^[0-9]D$")
_CASE_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z][A-Z])")
_ELECTRODE_LABEL = re.compile(r"^[A-Z][A-Za-z]{1,5}[-@/](?:Li|Cu)$")
_COPOLYMER = re.compile(r"\S{3,}[-–](?:co|b|block|g|graft|alt|stat|random|r)[-–]\S{3,}(?: \S{1,20})?$")
_SINGLE_ELEMENT = frozenset({"O2", "N2", "C60", "S8", "H2", "I2", "Cl2", "F2"})
_ELECTRODE_SPLIT = re.compile(r"\|\|?|/")
_DEFINED = re.compile(
    r"(?<=\s)\(\s?((?:[A-Za-z0-9][\w.+-]*[-–/@])?[A-Z][A-Za-z0-9@/+–-]{1,14})(?:\s?[,;][^()]{1,30})?\s?\)"
)
_COINED = re.compile(
    r"(?<![\w@.-])(?P<cell>(?:Li|LiIn|Li-In|Cu|SS)\s?(?:\|{1,2}|/)\s?)?"
    r"(?P<name>(?=[\w.@-]*[A-Z][\w.@-]*[A-Z])[A-Z](?:[\w@]|\.(?=\d)|-(?=[A-Z0-9])){1,19})(?<![a-z]{4})(?![\w@])"
    r"(?P<noun>\)?\s(?:(?:hybrid|artificial|solid|polymer|composite|glass|gel|modified|protected)\s)?(?:electrolytes?|electrodes?|anodes?|cells?|films?|"
    r"layers?|coatings?|membranes?|separators?|batter(?:y|ies)|samples?|interlayers?|interphases?|hosts?|"
    r"foils?)\b|[- ]coated\b)?"
)
_ON_ELECTRODE = re.compile(
    r"(?<![\w@.-])([A-Z][\w-]{1,18}?)(?:@(?:Li|Cu)\b|-(?:stabili[sz]ed|modified|coated|protected|decorated)\s(?:Li|Cu)\b)|"
    r"\b(?:Li|Cu)@([A-Z][\w-]{1,18})"
)
_A_CLASS = re.compile(
    r"(?:\b(?:solid|state|glass|glassy|composite|polymer|ceramic|sulfide|oxide|gel|hybrid|inorganic|organic|quasi|liquid)[\s-])+"
    r"electrolytes?$",
    re.IGNORECASE,
)
_ADDITIVE = re.compile(
    r"\b(?:additives?|diluents?|co-?solvents?|(?:surface|interfac\w+|molecular) regulators?|"
    r"introduc\w+ [^.;]{3,40} into (?:the|an?) (?:\w+ ){0,2}electrolytes?)\b",
    re.IGNORECASE,
)
_CHEMICAL = re.compile(  # names by the rules of chemistry: 3-fluoropyridine, (difluoromethyl)trimethylsilane
    r"(?<![\w(-])(?:(?:di|tri|bis|N|\d+(?:,\d+)*)[-‐–])*(?:\([a-z]{4,}\))?"
    r"(?=[A-Za-z]?[a-z]*(?i:fluoro|chloro|bromo|iodo|methyl|ethyl|propyl|butyl|phenyl|vinyl|allyl|cyano|nitro|silyl|silan|sulfo|pyrid|furan|"
    r"imidazol|thio|triazin|oxazol|borate|phosph|prop|meth|eth))"
    r"[A-Za-z][a-z]{4,}(?:ane|ene|ine|one|ole|ole|ate|ide|ether|amide|nitrile|furan|urea|phenone|idine)s?\b"
    r"(?:\s(?:carbonate|ether|borate|phosphate|phosphite|sulfate|nitrate|acetate|sulfone|bromide|chloride|iodide|fluoride))?"
)
_SHORT_AS = re.compile(
    r"\(\s?([A-Z][A-Za-z0-9-]{1,9})\s?\)\s(?:\w+\s){0,2}?as\s(?:an?\s|the\s)?(?:[\w-]+\s){0,2}(?:additive|diluent|co-?solvent|regulator)"
)
_NO_CHEMICAL = frozenset(
    [
        "sulfide",
        "sulfate",
        "phosphate",
        "polysulfide",
        "fluoride",
        "carbonate",
        "chloride",
        "interphase",
        "phosphide",
        "sulfonate",
        "silane",
        "silanes",
        "phosphonate",
        "acetate",
        "polyethylene",
        "polypropylene",
        "ethylene",
        "propylene",
        "acrylate",
        "methacrylate",
    ]
)
_NOTED_AS = re.compile(
    r"\b(?:(?:de)?noted|abbreviated|named|termed|labell?ed|"
    r"referred to)(?:\sas)?\s([A-Z][A-Za-z0-9@/-]*[A-Z0-9][A-Za-z0-9@/-]*)(?=\s?[),.;]|\s[a-z])"
)
_MATERIAL_NOUN = re.compile(
    r"(?:electrolyte|polymer|carbon|framework|layer|composite|coating|membrane|graphene|oxide|"
    r"nanotube|wire|host|sponge|conductors?|insulat\w+|fabric|cloth|film|foam|fib\w+|network|gel|skin|interlayer|separator|"
    r"array\w*)s?\W*$|arrays"
)
_IN_SHORT = re.compile(
    r"\(\s?([A-Z][\w@/+ –-]{2,40}?),\s(?:abbreviated|denoted|named|noted|hereafter|labell?ed)(?:\sas)?\s([A-Z]\w+)\s?\)"
)
_LONG_POLYMER = re.compile(r"\bpoly\([^()]{60,140}\)\s*$")
_SUFFIX = re.compile(
    r"[-–](?:coated|modified|protected|decorated|treated|based|derived|rich|containing|doped|"
    r"functionali[sz]ed|grafted|coating|loaded|filled|reinforced|supported|free|less|type|enriched|"
    r"covered|infused|wrapped|embedded|passivated|stabili[sz]ed)$",
    re.IGNORECASE,
)
_DEFINED_REVERSE = re.compile(r"\b([A-Z][A-Za-z0-9-]{1,11})\s?\(\s?([a-z][\w ,()-]{3,60}?)\s?\)")
NOT_MATERIAL = frozenset(
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
ELECTRODES = frozenset({"Li", "Cu", "Al", "SS", "Ni", "Pt", "Ti"})  # metals that carry, and are no coating
ELECTROLYTE_CLASSES = frozenset({"salt", "solvent"})


@dataclass(frozen=True)
class Name:
    """A material named at a place.

    Attributes
    ----------
    start, end : clean offsets
    components : short names, in the order named, without electrodes of a cell notation
    materials_class : class of the first component ("" where unknown)
    cathode : short name where the label is a cell with a cathode
    lithium_ends : the label is a cell notation with lithium at one end or both ("Li/X/LFP", "Li|X|Li")
    """

    start: int
    end: int
    text: str
    components: tuple[str, ...]
    material_class: str = ""
    cathode: str | None = None
    lithium_ends: int = 0

    @property
    def is_label(self) -> bool:
        """Whether it names a sample (several parts), not just a substance."""
        return len(self.components) > 1 or bool(re.search(r"[@|/]|\d\D*[-–]|[-–]\d|[A-Za-z]-[A-Z]", self.text))


class Lexicon:
    """The vocabulary's materials, indexed for look-up by name."""

    def __init__(self, words: Vocabulary) -> None:
        self.classes: dict[str, str] = {}
        self.exact: dict[str, str] = {}
        self.folded: dict[str, str] = {}
        phrases = []
        for material in words.materials.values():
            self.classes[material.name] = material.material_class
            for name in (material.name, *material.names):
                self.exact.setdefault(name, material.name)
                if len(name) > 3 and not name.isupper():
                    self.folded.setdefault(name.lower(), material.name)
                if re.search(r"[\s,()]", name) and len(name) > 5:
                    phrases.append(re.escape(name).replace(r"\ ", r"[\s-]"))
        phrases.sort(key=len, reverse=True)
        # Any "poly(...)" is a polymer, in the lexicon or not.
        self.phrases = Names([*phrases, r"poly\([^()\s][^()]{2,140}\)"])

    def find(self, piece: str) -> str | None:
        """Resolve one name to its short name, or None."""
        if piece in self.exact:
            return self.exact[piece]
        low = piece.lower().replace("–", "-")
        if low in self.folded:
            return self.folded[low]
        return self.folded.get(low[:-1]) if low.endswith("s") else None


@lru_cache(maxsize=4)
def _lexicon(fingerprint: str) -> Lexicon:
    return Lexicon(vocabulary())


def lexicon() -> Lexicon:
    """Give the lexicon of the vocabulary in force."""
    return _lexicon(vocabulary().fingerprint)


def is_formula(text: str) -> bool:
    """Say whether a token is a chemical formula and not just capitals.

    Examples
    --------
    >>> [is_formula(t) for t in ("Li3N", "LiF", "CV", "SEI", "Cu3N", "C60", "Fig")]
    [True, True, False, False, True, True, False]
    """
    if text in NOT_MATERIAL or not _FORMULA.fullmatch(text):
        return False
    symbols = _HAS_ELEMENT.findall(text)
    if len(set(symbols)) == 1 and text not in _SINGLE_ELEMENT:
        return False  # "S1", "F01": labels
    return any(c.isdigit() for c in text) or (len(symbols) > 1 and any(len(s) == 2 for s in symbols))


def joined_formula(apart: str) -> str | None:
    """Join a formula whose subscripts stand apart, if it is one of a known material or of a lithium compound.

    Examples
    --------
    >>> joined_formula("LiNi 0.8 Co 0.1 Mn 0.1 O 2"), joined_formula("Li 3 N"), joined_formula("Cu 2")
    ('LiNi0.8Co0.1Mn0.1O2', 'Li3N', None)
    """
    together = apart.replace(" ", "")
    if not is_formula(together) or len(set(_HAS_ELEMENT.findall(together))) < 2:
        return None
    many = len(set(_HAS_ELEMENT.findall(together))) > 2
    return together if "Li" in together or many or lexicon().find(together) else None


_CATHODE_CODE = re.compile(r"N[CM][MA]\d{0,3}")  # NCM90, NMC712
_CATHODE_OXIDE = re.compile(
    r"Li(?:\d[\d.]*)?(?=[A-Za-z\d.]*(?:Ni|Co|Mn))(?:(?:Ni|Co|Mn|Al|Mg|Ti|Zr|Nb|W|Fe)[\d.xyz]*)+(?:O[24]?)?"
)


def is_cathode(name: str) -> bool:
    """Say whether a material is a cathode: by the lexicon, or as a layered or spinel oxide of Ni, Co, Mn.

    Examples
    --------
    >>> [is_cathode(n) for n in ("LFP", "LiNi0.9Co0.05Mn0.05O2", "LiAlO2", "LiNbO3")]
    [True, True, False, False]
    """
    known = lexicon()
    short = known.find(name) or name
    return known.classes.get(short) == "cathode" or bool(
        _CATHODE_OXIDE.fullmatch(name) or _CATHODE_CODE.fullmatch(name)
    )


def abbreviations(text: str) -> dict[str, tuple[str, ...]]:
    """Collect the abbreviations a paper defines for materials and samples.

    Returns
    -------
    dict from the abbreviation to its components; one that resolves to no known material stands for itself

    Examples
    --------
    >>> abbreviations("a sulfide Li10GeP2S12 (LGPS) with a polymer/ceramic/polymer sandwich electrolyte (PCPSE)")
    {'LGPS': ('LGPS',), 'PCPSE': ('PCPSE',)}
    """
    known = lexicon()
    out: dict[str, tuple[str, ...]] = {}
    for match in _DEFINED.finditer(text):
        short = match[1]
        if (
            short in out
            or short in NOT_MATERIAL
            or known.classes.get(short) == "metal"
            or re.fullmatch(r"[A-Z]|[A-Z]\d?|Fig.*|Ref.*|Table.*|[IVX]+", short)
        ):
            continue
        before = text[max(match.start() - 80, 0) : match.start()].rstrip()
        if (whole := _LONG_POLYMER.search(text, max(match.start() - 180, 0), match.start())) and before.endswith(")"):
            before = whole[0].rstrip()
        if _is_class(short, before):
            continue
        named = [*_phrases(known, before, 0), *_tokens(known, {}, before, 0, len(before))]
        last = max(named, key=lambda n: n.end, default=None)
        covers = [n for n in named if n.components and not set(n.components) <= {"Li", "Cu"}]
        if _ELECTRODE_LABEL.search(short) and covers and not known.find(short.rsplit(short[-3], 1)[0]):
            out[short] = covers[-1].components  # "lithium covered with a PVDF-HFP film (PH-Li)"
            continue
        if "-" in short and _COPOLYMER.search(before):
            out[short] = (known.find(short) or short,)  # one material, though its name is made of two
            continue
        if (
            re.search(r"[-–/@]", short)
            and (label := resolve_label(short, 0, out, known))
            and (len(label.components) > 1 or any(is_formula(c) for c in label.components))
        ):
            continue  # "(PEO-LAGP)" says itself what it is
        if known.find(short):
            out[short] = (known.find(short) or short,)
        elif last and last.end >= len(before) - 1 and not last.cathode:
            unknown = last.text.startswith("poly(") and not known.find(last.components[0])
            out[short] = out[last.text] = (short,) if unknown else last.components
        elif _initials_match(short, before):
            out[short] = out[short.rstrip("s")] = (short.rstrip("s"),)
    for match in _IN_SHORT.finditer(text):
        label = resolve_label(match[1].replace(" ", ""), 0, out, known)
        if match[2] not in out and label and set(label.components) - ELECTRODES:
            out[match[2]] = label.components
    for match in _DEFINED_REVERSE.finditer(text):
        if match[1] not in out and match[1] not in NOT_MATERIAL and (found := known.find(match[2])):
            out[match[1]] = (found,)
    return out


def coined(text: str, defined: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Collect the names that a paper gives its materials without saying what they stand for.

    Such a name is no word, no formula and none of the lexicon; it is used at least three times, and at least twice
    right before a noun of samples or within a cell's notation.

    Examples
    --------
    >>> coined("HE-QSB electrolytes are soft.  The HE-QSB cell and the Li|HE-QSB|Li cell ran; a CCD test.", {})
    {'HE-QSB': ('HE-QSB',)}
    """
    known = lexicon()
    told: Counter[str] = Counter()
    as_sample: Counter[str] = Counter()
    for match in _COINED.finditer(text):
        name = match["name"]
        if name not in defined and name not in NOT_MATERIAL and not known.find(name) and not is_formula(name):
            told[name] += 1
            as_sample[name] += bool(match["noun"] or match["cell"])
    shells = {m[1] or m[2] for m in _ON_ELECTRODE.finditer(text)}
    shells = {shell for shell in shells if sum(c.isupper() for c in shell) > 1}
    for shell in shells:
        if shell not in defined and shell not in NOT_MATERIAL and not known.find(shell) and not is_formula(shell):
            told[shell] = len(re.findall(rf"(?<![\w-]){re.escape(shell)}(?!\w)", text))
    new = [
        name
        for name in told
        if ((told[name] >= 3 and as_sample[name] >= 2) or (told[name] >= 2 and name in shells))
        and not _told_apart(name, defined, known)
        and not _is_spelt_out(name, text)
    ]
    for match in _NOTED_AS.finditer(text):
        name = match[1]
        if (
            name not in defined
            and name not in NOT_MATERIAL
            and not known.find(name)
            and not _told_apart(name, defined, known)
        ):
            new.append(name)
    return {name: (name,) for name in new}


def _is_class(short: str, before: str) -> bool:
    """Say whether letters stand for a class of electrolytes alone: "(CSE)" for any composite solid electrolyte."""
    match = _A_CLASS.search(before)
    words = re.findall(r"[A-Za-z]+", match[0]) if match else []
    return bool(words) and "".join(w[0] for w in words).lower() == short.rstrip("s").lower()


def _is_spelt_out(name: str, text: str) -> bool:
    """Say whether letters stand for a class or a property that the paper spells out: "all-solid-state (ASS)"."""
    short = name.rstrip("s")
    for match in re.finditer(rf"\(\s?{re.escape(short)}s?\s?[),;]", text):
        before = text[max(match.start() - 80, 0) : match.start()].rstrip()
        words = re.findall(r"[A-Za-z]+", before)[-len(short) :]
        initials = "".join(w[0] for w in words).lower() == short.lower()
        if _is_class(short, before) or (initials and not _MATERIAL_NOUN.search(before)):
            return True
    return False


def additives(text: str) -> tuple[str, ...]:
    """Find what is put into the electrolyte: the substances that an abstract calls additive, diluent or regulator.

    Examples
    --------
    >>> additives("Here 4-methylsulfolane and LiDFOB are used as dual additives in a carbonate electrolyte.")
    ('4-methylsulfolane', 'LiDFOB')
    >>> additives("No additive was needed.")
    ()
    """
    known = lexicon()
    out: list[str] = []
    for match in _ADDITIVE.finditer(text):
        start = max(text.rfind(". ", 0, match.start()) + 1, match.start() - 90, 0)
        end = text.find(". ", match.end())
        end = min(end if end >= 0 else len(text), match.end() + 60)
        found = [(m.start(), m[0]) for m in _CHEMICAL.finditer(text, start, end) if m[0] not in _NO_CHEMICAL]
        found += [(m.start(1), m[1]) for m in _SHORT_AS.finditer(text, start, end)]
        for name in find_names(text, start, end, {}):
            if (
                all(known.classes.get(c) in ELECTROLYTE_CLASSES | {"additive"} for c in name.components)
                and name.components
            ):
                found.append((name.start, name.components[0]))
        out.extend(name for _, name in sorted(found) if known.classes.get(known.find(name) or name) != "solvent")
    return tuple({name.lower(): name for name in reversed(out)}.values())[::-1][:3]


def _told_apart(name: str, defined: dict[str, tuple[str, ...]], known: Lexicon) -> bool:
    """Say whether a label can be taken apart into known materials."""
    parts = [p for p in _SPLIT.split(name) if len(p) > 1]
    if "@" in name or "/" in name or {parts[0], parts[-1]} & ELECTRODES:
        return bool(resolve_label(name, 0, defined, known))
    return len(parts) > 1 and all(_piece(p, defined, known) for p in parts)


def _initials_match(short: str, before: str) -> bool:
    """Check that the capitals of an abbreviation begin words just before it, and that a material noun is among them."""
    letters = [c.lower() for c in short if c.isalpha() and c.isupper()]
    words = re.findall(r"[A-Za-z]+", before)[-2 * len(letters) - 1 :]
    at = 0
    for word in words:
        if at < len(letters) and word[0].lower() == letters[at]:
            at += 1
    noun = _MATERIAL_NOUN.search(before)
    labelled = "-" in short and len(letters) >= 3  # "(NRA-CC)" is the name of a sample, whatever it stands for
    return len(letters) >= 2 and noun is not None and (labelled or at >= len(letters) - 1)


def find_names(text: str, start: int, end: int, defined: dict[str, tuple[str, ...]]) -> list[Name]:
    """Find the materials and labels of a stretch of clean text, in order, without overlap.

    Examples
    --------
    >>> text = "the Li/PEO18-LiTFSI-1%LGPS/LiFePO4 cell with ZnO@HPC on copper foil"
    >>> for n in find_names(text, 0, len(text), {"HPC": ("HPC",)}):
    ...     print(n.text, n.components, n.cathode)
    Li/PEO18-LiTFSI-1%LGPS/LiFePO4 ('PEO', 'LiTFSI', 'LGPS') LiFePO4
    ZnO@HPC ('ZnO', 'HPC') None
    copper ('Cu',) None
    """
    known = lexicon()
    found = [
        replace(n, components=defined[n.text]) if n.text in defined else n
        for n in _phrases(known, text[start:end], start)
    ]
    taken, ends = [n.start for n in found], [n.end for n in found]
    for name in _tokens(known, defined, text, start, end):
        over = bisect_right(ends, name.start)
        if over == len(taken) or taken[over] >= name.end:
            found.append(name)
            continue
        cut = text[name.start : taken[over]]
        if cut and (first := _piece(cut.rstrip("@/|-+"), defined, known)):
            # "Si@carbon cloth": the phrase is part of a label.
            found.append(Name(name.start, taken[over], cut, first, known.classes.get(first[0], "")))
    return sorted(found, key=lambda n: n.start)


def _phrases(known: Lexicon, text: str, shift: int) -> list[Name]:
    out = []
    for match in known.phrases.finditer(text):
        short = (
            known.find(match[0])
            or known.find(re.sub(r"[\s-]+", " ", match[0]))
            or known.find(match[0].replace(" ", "-"))
        )
        short = short or match[0]
        out.append(
            Name(match.start() + shift, match.end() + shift, match[0], (short,), known.classes.get(short, "polymer"))
        )
    return out


def _tokens(known: Lexicon, defined: dict[str, tuple[str, ...]], text: str, start: int, end: int) -> list[Name]:
    out = []
    for match in TOKEN.finditer(text, start, end):
        token = match[0].rstrip(".:'′")
        while token.endswith(")") and token.count("(") < token.count(")"):
            token = token[:-1]
        treated = _SUFFIX.search(token) if "-" in token or "–" in token else None
        token = token[: treated.start()] if treated else token
        if len(token) < 2 or (token in NOT_MATERIAL and not (treated and known.find(token))):
            continue
        if token in NOT_MATERIAL:  # "In-coated"
            out.append(Name(match.start(), match.start() + len(token), token, (token,), "metal"))
            continue
        name = resolve_label(token, match.start(), defined, known)
        if name:
            out.append(name)
    return out


def resolve_label(token: str, start: int, defined: dict[str, tuple[str, ...]], known: Lexicon) -> Name | None:
    """Take one label apart; None where it holds no material."""
    end = start + len(token)
    whole = _piece(token, defined, known)
    if whole:
        return Name(start, end, token, whole, known.classes.get(whole[0], ""))
    if not _COMPOUND.search(token):
        return None
    ends = [p for p in _ELECTRODE_SPLIT.split(token) if p]
    cathode, lithium, inner = None, 0, ends
    if len(ends) > 1:
        inner = []
        for i, part in enumerate(ends):
            resolved = _piece(part, defined, known)
            outer = i in (0, len(ends) - 1)
            if outer and resolved in (("Li",), ("LiIn",)):
                lithium += 1
            elif outer and resolved and is_cathode(resolved[0]):
                cathode = resolved[0]
            elif outer and len(ends) > 2 and _is_lithium(ends[i - 1 if i else -1], defined, known):
                if not resolved or resolved[0] not in ELECTRODES:
                    cathode = part  # "S/X/Li", "NCM@LNO|X|Li": what lithium stands against
            else:
                inner.append(part)
    components: list[str] = []
    unknown = 0
    for part in inner:
        pieces = [part] if _piece(part, defined, known) else _MAJOR_SPLIT.split(part)
        pieces = [q for p in pieces for q in ([p] if _piece(p, defined, known) else _SPLIT.split(p))]
        pieces = [q for p in pieces for q in ([p] if _piece(p, defined, known) else _CASE_SPLIT.split(p))]
        for piece in pieces:
            resolved = _piece(piece, defined, known)
            if piece == "In" and re.search(r"Li[-–−]In\b", token):
                resolved = ("In",)  # the metal, where the alloy says so
            if resolved is None:
                unknown += bool(re.search(r"[a-z]{3}", piece)) and piece.lower() not in ("bare", "modified")
            for short in resolved or ():
                if is_cathode(short) and len(inner) > 1:
                    cathode = cathode or short
                elif short not in components:
                    components.append(short)
    if lithium and "Li" not in components and len(ends) == 2 and not cathode and "/" in token and "|" not in token:
        components.append("Li")  # "PI-Ag/Li" is an anode that holds lithium, no cell
        lithium = 0
    if not components and not cathode and not lithium:
        return None
    if unknown and not components:
        return None
    first = components[0] if components else (cathode or "Li")
    return Name(start, end, token, tuple(components), known.classes.get(first, ""), cathode, lithium)


def _is_lithium(part: str, defined: dict[str, tuple[str, ...]], known: Lexicon) -> bool:
    return _piece(part, defined, known) in (("Li",), ("LiIn",))


@lru_cache(maxsize=50_000)
def _analysed(piece: str, known: Lexicon) -> tuple[str, tuple[str, ...] | None, str, tuple[str, ...] | None]:
    """Read a piece of a label by the lexicon alone: its text, what it names, its text less what samples carry, and what
    that names."""
    piece = _OXIDE_POLYMER.sub("PEO", piece).strip("()[]")
    if not piece or piece in NOT_MATERIAL:
        return "", None, "", None
    if short := known.find(piece):
        return piece, (short,), "", None
    if piece in ("LiIn", "Li-In"):
        return piece, ("LiIn",), "", None
    if is_formula(piece):
        return piece, (piece,), "", None
    # Strip what samples carry: leading loadings ("20Li", "1%LGPS"), trailing counts ("PEO18", "PEG2K").
    bare = _CARRIED.sub("", piece)
    bare = bare if bare != piece and len(bare) > 1 else ""
    short = known.find(bare) if bare else None
    # A doped or shaped kind of something known: "NCNF", "hBN", "3DCu".
    kind = _KIND_OF.match(piece)
    if not short and kind and len(piece) - kind.end() > 2:
        short = known.exact.get(piece[kind.end() :])
    return piece, None, bare, (short,) if short else None


def _piece(piece: str, defined: dict[str, tuple[str, ...]], known: Lexicon) -> tuple[str, ...] | None:
    piece, named, bare, named_bare = _analysed(piece, known)
    if not piece:
        return None
    if piece in defined:
        return defined[piece]
    if named is None and bare and bare in defined:
        return defined[bare]
    return named or named_bare
