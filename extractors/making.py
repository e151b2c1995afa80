"""How a layer is made and on what: the steps of its process, and its substrate."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.gated import Gated
from extractors.materials import ELECTRODES, Name, lexicon
from extractors.phrases import Mention, find_terms

_BY = re.compile(
    r"\b(?:by|via|through|using|with|from|involv\w+|under(?:went|goes|go)|subjected to|followed by|after|"
    r"step\b[^.;]{0,40}|(?:was|were|is|are)(?: the)?|based on|employ\w*|adopt\w*|validat\w*|realized|prepared|"
    r"fabricated|"
    r"synthesi[sz]ed)\b[^.;]{0,70}$",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"^\s(?:of\s\S+\s)?(?:process|technique|method|strategy|approach|route|reaction|step|procedure|treatment)"
)
_DONE = re.compile(r"(?:ed|spun|cast|ing)$")
# Making a cathode, a cell, an electrolyte; plating and stripping as a test.
_OTHER_MAKING = Gated(
    r"\bcathodes?\b|\bNCM|\bNMC|\bLFP\b|LiFePO4|\bLiCoO2|\bsulfur\b|\bslurry\b|\bSEM\b|microscop|\bcells? (?:was|"
    r"were) (?:\w+ )?(?:with|using|by|in|from)\b|"
    r"\bpouch\b|\bsimulat",
)
_LITHIUM_PLATING = re.compile(r"\b(?:Li|lithium)\b[^.;,]{0,30}$")
# Not making: a coating soaked in electrolyte, a surface etched layer by layer to look below it.
_NO_STEP = re.compile(r"^\s(?:(?:in |into |with )?(?:the |an? )?(?:[\w-]+ ){0,2}electrolyte|depth|time|rate|gun)")
_FORM = (
    r"(?:metal |planar |bare |thin |collector |current |commercial |porous |pristine |\w+-treated )*"
    r"(?:foils?|substrates?|surfaces?|films?|sheets?|collectors?|matrix|mesh|foam|cloth|paper|separators?|membranes?|"
    r"pellets?|"
    r"electrodes?|anodes?|chips?|discs?|fib(?:er|re)s?|metal)\b"
)
_ON = re.compile(
    r"\b(?:coat|deposit|cast|spun|spin|grow|laid|spray|sputter|appl[iy]|modif|prepar|fabricat|built|build|construct|"
    r"roll|"
    r"laminat|anchor|bond|immobili|attach|dispers|layer|film|print|transfer|drop|spread|electrospun|plac|"
    r"coating|put)\w*\b[^.;]{0,60}?\b(?:on|onto|to|over)\s(?:both sides of |the surface of )?(?:(?:the|a|an|its|"
    r"our)\s)?"
    r"(?:(?:bare|planar|commercial|clean|fresh|polished|metallic|ultralight|thin|pristine|flexible|"
    r"\d+[\s-][µμu]m(?:-thick)?)\s)*$",
    re.IGNORECASE,
)
# A sentence without any of these tells of no substrate.
LAYING_WORDS = Gated(r"\b(?:on|onto|over|to)\s|(?:coat|modifi|protect|cover|decorat|treat|passivat)ed|\bwas |\bwere ")
_MODIFIED = re.compile(r"(?:[- ](?:coated|modified|protected|covered|decorated|treated|passivated))\s(?:the\s)?$")
_TREATED = re.compile(
    rf"^\s{_FORM}(?:\s?\([^()]*\))?\s(?:was|were|is|are)\s(?:\w+\s)?(?:immersed|dipped|coated|soaked|exposed|treated|"
    rf"etched|"
    r"hydroly[sz]ed|sputtered|rinsed)\b",
    re.IGNORECASE,
)
_SUBSTRATE_OF = re.compile(rf"^\s{_FORM}", re.IGNORECASE)
_SHAPED = re.compile(rf"\s{_FORM}$", re.IGNORECASE)
_PLATED = re.compile(
    r"\b(?:Li|lithium)\b(?! foil)[^.;,]{0,40}\b(?:deposit|plat|nucle)\w*[^.;]*$|\b(?:deposit|plat|nucle)\w*(?: of|"
    r" behavio\w+ of)? (?:Li|lithium)\b[^.;]*$",
    re.IGNORECASE,
)


def find_steps(text: str, start: int, end: int, in_methods: bool) -> list[Mention]:
    """Find the steps of making a layer that a sentence tells, in order.

    Parameters
    ----------
    in_methods : the section is about making things, so that the name of a step is enough

    Examples
    --------
    >>> text = "The layer was grown by atomic layer deposition and then annealed."
    >>> [m.name for m in find_steps(text, 0, len(text), in_methods=False)]
    ['atomic layer deposition', 'annealing']
    """
    if _OTHER_MAKING.search(text, start, end):
        return []
    out = []
    for step in find_terms("processes", text, start, end):
        before, after = text[max(start, step.start - 160) : step.start], text[step.end : end]
        said = in_methods or _BY.search(before) or _METHOD.match(after) or _DONE.search(text[step.start : step.end])
        plating = step.name == "electrodeposition" and _LITHIUM_PLATING.search(before) and not _BY.search(before[-25:])
        if said and not plating and not _NO_STEP.match(after):
            out.append(step)
    return out


def find_substrates(text: str, start: int, end: int, names: Sequence[Name]) -> list[Mention]:
    """Find what a sentence says that a layer is laid on.

    Parameters
    ----------
    names : the materials named in the sentence

    Examples
    --------
    >>> from extractors.materials import find_names
    >>> text = "A rubber film was cast on copper foil, and SiO2 was sputtered onto a polypropylene separator."
    >>> [m.name for m in find_substrates(text, 0, len(text), find_names(text, 0, len(text), {}))]
    ['Cu', 'PP']
    """
    out = []
    for name in names:
        short = _carrier(name)
        before, after = text[max(start, name.start - 120) : name.start], text[name.end : end]
        if not short or _PLATED.search(before):
            continue
        shaped = _SUBSTRATE_OF.match(after) or _SHAPED.search(name.text)
        if _TREATED.match(after) or (
            (shaped or short in ELECTRODES) and (_ON.search(before) or _MODIFIED.search(before))
        ):
            out.append(Mention(name.start, name.end, short))
    return out


def _carrier(name: Name) -> str:
    """Give the short name of what may carry a layer: one material, no salt, no cell."""
    if len(name.components) != 1 or name.cathode or name.lithium_ends:
        return ""
    short = name.components[0]
    return "" if lexicon().classes.get(short) in ("salt", "solvent", "cathode", "additive") else short
