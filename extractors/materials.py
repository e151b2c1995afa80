"""Material names in a text: formulas, names of the lexicon and the paper's own; labels taken apart.

A label such as ``Li/PEO18-LiTFSI-1%LGPS/LiFePO4`` or ``ZnO@HPC`` resolves to the short names of its components.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.formulas import ELEMENT, NOT_MATERIAL, is_formula
from extractors.phrases import Names
from schema.vocabulary import Vocabulary, vocabulary

TOKEN = re.compile(
    r"[A-Za-zα-ω0-9](?:[\w.%+′:]+|[()\[\]](?=[\w(])|(?<=[\w)])[)\]](?=[\d@/|+-])|(?<=[\w)%+])[-–−/@|"
    r"]{1,2}(?=[A-Za-z0-9(]))*[\w)%+]?"
)
SPLIT = re.compile(r"[-–−/@|:+]+|%")
_MAJOR_SPLIT = re.compile(r"[/@|+]+")
_KIND_OF = re.compile(r"(?:3D|[NSPBrphn])(?=[A-Z])")
_COMPOUND = re.compile(r"[-–−/@|:+]|[a-z][A-Z]")
_OXIDE_POLYMER = re.compile(r"^P\(EO\)")
_CARRIED = re.compile(r"^\d+(?:\.\d+)?%?(?=[A-Z])|(?<=[A-Za-z])\d+[kK]?$|^[0-9]D$")
_CASE_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z][A-Z])")
_ELECTRODE_SPLIT = re.compile(r"\|\|?|/")
_INSIDE_A_WORD = re.compile(r"[\w-]")
_SUFFIX = re.compile(
    r"[-–](?:coated|modified|protected|decorated|treated|based|derived|rich|containing|doped|"
    r"functionali[sz]ed|grafted|coating|loaded|filled|reinforced|supported|free|less|type|enriched|"
    r"covered|infused|wrapped|embedded|passivated|stabili[sz]ed)$",
    re.IGNORECASE,
)
ELECTRODES = frozenset({"Li", "Cu", "Al", "SS", "Ni", "Pt", "Ti"})  # metals that carry, and are no coating
_MOST_TOKENS = 50_000
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

    def at(self, start: int) -> Name:
        """Give the same name at another place."""
        shift = start - self.start
        return Name(
            start, self.end + shift, self.text, self.components, self.material_class, self.cathode, self.lithium_ends
        )

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


def joined_formula(apart: str) -> str | None:
    """Join a formula whose subscripts stand apart, if it is one of a known material or of a lithium compound.

    Examples
    --------
    >>> joined_formula("LiNi 0.8 Co 0.1 Mn 0.1 O 2"), joined_formula("Li 3 N"), joined_formula("Cu 2")
    ('LiNi0.8Co0.1Mn0.1O2', 'Li3N', None)
    """
    together = apart.replace(" ", "")
    if not is_formula(together) or len(set(ELEMENT.findall(together))) < 2:
        return None
    many = len(set(ELEMENT.findall(together))) > 2
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
        for n in find_phrases(known, text, start, end)
    ]
    taken, ends = [n.start for n in found], [n.end for n in found]
    for name in find_tokens(known, defined, text, start, end):
        over = bisect_right(ends, name.start)
        if over == len(taken) or taken[over] >= name.end:
            found.append(name)
            continue
        cut = text[name.start : taken[over]]
        if cut and (first := resolve_piece(cut.rstrip("@/|-+"), defined, known)):
            # "Si@carbon cloth": the phrase is part of a label.
            found.append(Name(name.start, taken[over], cut, first, known.classes.get(first[0], "")))
    return sorted(found, key=lambda n: n.start)


def find_phrases(known: Lexicon, text: str, start: int, end: int) -> list[Name]:
    shift = 0
    if _INSIDE_A_WORD.match(text, max(start - 1, 0), start):
        text, start, end, shift = text[start:end], 0, end - start, start  # what is cut off is a word, too
    out = []
    for match in known.phrases.finditer(text, start, end):
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


def find_tokens(known: Lexicon, defined: dict[str, tuple[str, ...]], text: str, start: int, end: int) -> list[Name]:
    tokens = _tokens(known, tuple(defined.items()))
    return [name.at(match.start()) for match in TOKEN.finditer(text, start, end) if (name := tokens[match[0]])]


class _Tokens(dict[str, Name | None]):
    """What tokens name by a lexicon and by what a paper defines, as if they stood at 0: most words come many times."""

    def __init__(self, known: Lexicon, defined: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.known = known
        self.defined = defined

    def __missing__(self, printed: str) -> Name | None:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        name = self[printed] = self._read(printed)
        return name

    def _read(self, printed: str) -> Name | None:
        known = self.known
        token = printed.rstrip(".:'′")
        while token.endswith(")") and token.count("(") < token.count(")"):
            token = token[:-1]
        treated = _SUFFIX.search(token) if "-" in token or "–" in token else None
        token = token[: treated.start()] if treated else token
        if len(token) < 2 or (token in NOT_MATERIAL and not (treated and known.find(token))):
            return None
        if token in NOT_MATERIAL:  # "In-coated"
            return Name(0, len(token), token, (token,), "metal")
        return resolve_label(token, 0, self.defined, known)


@lru_cache(maxsize=4)
def _tokens(known: Lexicon, defined: tuple[tuple[str, tuple[str, ...]], ...]) -> _Tokens:
    return _Tokens(known, dict(defined))


def resolve_label(token: str, start: int, defined: dict[str, tuple[str, ...]], known: Lexicon) -> Name | None:
    """Take one label apart; None where it holds no material."""
    end = start + len(token)
    whole = resolve_piece(token, defined, known)
    if whole:
        return Name(start, end, token, whole, known.classes.get(whole[0], ""))
    if not _COMPOUND.search(token):
        return None
    ends = [p for p in _ELECTRODE_SPLIT.split(token) if p]
    cathode, lithium, inner = None, 0, ends
    if len(ends) > 1:
        inner = []
        for i, part in enumerate(ends):
            resolved = resolve_piece(part, defined, known)
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
        pieces = [part] if resolve_piece(part, defined, known) else _MAJOR_SPLIT.split(part)
        pieces = [q for p in pieces for q in ([p] if resolve_piece(p, defined, known) else SPLIT.split(p))]
        pieces = [q for p in pieces for q in ([p] if resolve_piece(p, defined, known) else _CASE_SPLIT.split(p))]
        for piece in pieces:
            resolved = resolve_piece(piece, defined, known)
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
    return resolve_piece(part, defined, known) in (("Li",), ("LiIn",))


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


def resolve_piece(piece: str, defined: dict[str, tuple[str, ...]], known: Lexicon) -> tuple[str, ...] | None:
    piece, named, bare, named_bare = _analysed(piece, known)
    if not piece:
        return None
    if piece in defined:
        return defined[piece]
    if named is None and bare and bare in defined:
        return defined[bare]
    return named or named_bare
