"""Materials that form in the cell: "forms LiF", "is converted into Li3N", "peaks are assigned to Li2O"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.gated import Gated
from extractors.materials import ELECTROLYTE_CLASSES, Name, lexicon
from extractors.phrases import Mention

_FORMING = re.compile(
    r"\b(?:(?:form|yield|generat|produc|creat|releas|leav)(?:e|es|ed|ing|s)?|(?:formation|generation|production) of|"
    r"giv(?:es?|ing)|gave|becom(?:es?|ing)|(?:alloy|react)(?:s|ed|ing)?\b[^.;]{0,40}\b(?:to|into)|"
    r"(?:convert|transform|turn|evolv|lithiat|decompos|reduc)\w*\b[^.;,]{0,40}?\b(?:in)?to|conver(?:sion|ts?)\b"
    r"[^.;,]{0,40}\bto|(?:reaction|alloyed|alloying|charging|discharge|decomposition|conversion|final|ultimate) "
    r"products?(?: of| is| are|,)?|products?,? (?:such as|including|like)|(?:existence|presence|appearance|detection|"
    r"signals?|peaks?|"
    r"proportion|amount) of|(?:assigned|attributed|ascribed|indexed|corresponding|correspond|belong|belonging) to|"
    r"identified as|"
    r"in[- ]situ(?:[- ](?:formed|generated|derived|built|grown|constructed|produced))?)$"
)
_FORMED = re.compile(
    r"^(?:[- ](?:rich|based|containing|alloys?|phases?|layers?|interphases?|SEI|solid solution|interlayers?|films?|"
    r"peaks?))*[- ](?:(?:can|could|will|is|are|was|were|being|be|been|has|have|also|then|thus|readily|"
    r"spontaneously)\s){0,4}"
    r"(?:form(?:s|ed)|generated|produced|created|appears?|appeared|emerges?|emerged|detected|identified|evolves?|"
    r"in[- ]situ (?:formed|generated)|precipitates?)\b"
)
# A sentence without any of these tells of no product.
FORMING_WORDS = Gated(
    r"form|generat|yield|produc|creat|releas|leav|giv|gave|becom|alloy|react|conver|transform|turn|evolv|lithiat|decompos|"
    r"reduc|existence|presence|appear|detect|signal|peak|proportion|amount|assign|attribut|ascrib|index|correspond|belong|"
    r"identif|in[- ]situ|emerg|precipitat"
)
# Words that may stand between "forms" and the material.
_BETWEEN = re.compile(
    r"^\s?(?:(?:an?|the|of|to|in situ|in-situ|some|more|new|stable|uniform|dense|compact|robust|thin|ultrathin|fully|"
    r"mainly|mostly|homogeneous|conformal|lithiophilic|conductive|conducting|ion-conducting|insulating|inorganic|"
    r"crystalline|"
    r"amorphous|protective|fresh|corresponding|initial|nanocrystalline|metallic|solid|compound|layer|layers|mixture|"
    r"interphase|interlayer|interface|film|SEI|composed|rich|enriched|containing|made|in|with|increased|proportion|"
    r"electronically|ionically|highly|Li-ion|strong|both|final|product)[\s-]){0,8}$"
)
_AND = re.compile(
    r"^(?:\s(?:at|around|near)\s[\d.]+\s?(?:°|eV))?(?:,\s|\s?(?:and|or|/|\+|&)\s?|,\sand\s){1,2}(?:the\s|a\s)?$"
)
_LITHIUM = re.compile(r"Li[xy]?(?![a-z])")


def find_products(text: str, start: int, end: int, names: Sequence[Name]) -> list[Mention]:
    """Find the lithium compounds and alloys that a sentence says to form.

    Parameters
    ----------
    names : the materials named in the sentence

    Examples
    --------
    >>> from extractors.materials import find_names
    >>> text = "On contact Mg3N2 turns into Li3N and Li-Mg alloy; LiPF6 stays."
    >>> [m.name for m in find_products(text, 0, len(text), find_names(text, 0, len(text), {}))]
    ['Li3N', 'Li-Mg']
    """
    out: list[Mention] = []
    last: Name | None = None
    for name in names:
        short = _product(name)
        formed = short and (
            _says_forming(text[max(start, name.start - 110) : name.start]) or _FORMED.match(text[name.end : end])
        )
        listed = short and last is not None and _AND.match(text[last.end : name.start].removeprefix(" alloy"))
        if formed or listed:
            out.append(Mention(name.start, name.end, short))
            last = name
        else:
            last = None
    return out


def _says_forming(before: str) -> bool:
    """Say whether a verb of forming, or words of finding, lead up to a name."""
    words = list(re.finditer(r"[\s-]", before))
    for cut in [len(before), *(m.start() for m in reversed(words[-10:]))]:
        if _BETWEEN.match(before[cut:]) and _FORMING.search(before[:cut]):
            return True
    return False


def _product(name: Name) -> str:
    """Give the short name of a compound or alloy of lithium; "" for what is none, and for salts of the electrolyte."""
    if name.cathode or name.lithium_ends or not name.components:
        return ""
    classes = {lexicon().classes.get(c, "") for c in name.components}
    if classes & {*ELECTROLYTE_CLASSES, "cathode", "polymer", "additive"}:
        return ""
    if len(name.components) > 1:
        return "-".join(name.components) if "Li" in name.components and classes <= {"metal"} else ""
    short = name.components[0]
    return short if _LITHIUM.search(short) and short != "Li" else ""
