"""What every reader's pages come to: blocks; and what tells that a line is a heading, a caption, or goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.traced import Traced, join

CAPTION = re.compile(
    r"^\W{0,4}(?:Fig(?:ure|\.)?|FIG(?:URE|\.)?|Scheme|Table|TABLE|"
    r"Tab\.)\s?S?\d{1,2}[a-z]?\b(?!\s*(?:shows?|presents?|displays?|illustrates?|compares?|reveals?|"
    r"depicts?|summarizes?|lists?|gives?)\b)\W*(?:\s|$)"
)
NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.)\s+[A-Z][^.!?]{2,80}$")
KNOWN_HEADING = re.compile(
    r"^\W*(?:abstract|introduction|results?(?: and discussions?)?|discussion|conclusions?(?: "
    r"?(?:and|&) ?(?:outlook|prospects|perspectives?))?|experimental(?: section| details| methods)?|"
    r""
    r"(?:materials and )?methods?|methodology|supporting information|supplementary (?:materials?|"
    r"information)|acknowledge?ments?|"
    r"references?(?: and notes?)?|bibliography|conflicts? of interests?|competing interests?|"
    r"declarations?|author contributions?|data availability|keywords?|"
    r"electrochemical measurements?|characterizations?|preparation of [\w /@-]{2,40})\W*$",
    re.IGNORECASE,
)
REFERENCES = re.compile(
    r"^\W*(?:references?(?: and notes?)?|bibliography|literature cited|works cited)\W*$", re.IGNORECASE
)
FUNCTION_WORD = re.compile(
    r"(?:\b(?:of|the|a|an|in|on|at|by|and|or|with|to|for|from|than|that|which|is|are|was|were|as|"
    r"between|over|after|using|its|into|about|ca\.|vs\.|versus|Fig\.|Figs\.|Before|After|At)|"
    r"[,(–-])$"
)
TERMINAL = re.compile(
    r"[.!?:;]['”’\")\]]*(?:\s?\[[\d,–-]+\]|<sup>[^<]*</sup>|\^\{[^}]*\}|[⁰¹²³⁴⁵⁶⁷⁸⁹,⁻–]+|"
    r"\d{1,3}(?:[,–-]\d{1,3})*)?\W{0,3}$"
)
_UNIT_START = re.compile(r"(?:S|V|A|W|Wh|Pa|K|GPa|MPa|Ω|C)\b")
_ABBREVIATED = re.compile(r"\b(?:vs|ca|cf|e\.g|i\.e|al|Fig|Figs|Ref|Refs|approx|No|Eq)\.$")


@dataclass
class Block:
    """Lines that belong together; ``parts`` are slices of the original, to be joined with a space."""

    kind: str
    parts: list[Traced] = field(default_factory=list)
    section: str = ""

    @property
    def raw(self) -> str:
        return " ".join(p.text for p in self.parts)


def dehyphenated(lines: list[Traced]) -> list[Traced]:
    """Join words broken at a line's end; the joined line stays two parts without a space between."""
    out: list[Traced] = []
    for line in lines:
        if out and re.search(r"[a-zé]{2}-$", out[-1].text) and re.match(r"[a-z]{2}", line.text):
            out[-1] = join([out[-1][0 : len(out[-1].text) - 1], line], "")
        elif out and re.search(r"\w[-–/]$", out[-1].text) and re.match(r"\w", line.text):
            out[-1] = join([out[-1], line], "")
        else:
            out.append(line)
    return out


def is_apparatus(text: str) -> bool:
    """Recognise addresses, correspondence, dates and footnotes of a first page."""
    return bool(
        re.match(
            r"^\W*(?:State Key|E-?mail|†|‡|\*?Correspond|Received|Copyright|Department|School of|¹|This "
            r"(?:article|PDF))",
            text,
        )
        or len(re.findall(r"University|Institute|Laboratory|Academy", text)) >= 2
    )


def continues(before: str, after: str) -> bool:
    """Say whether a paragraph goes on in the next one.

    Examples
    --------
    >>> continues("The cell with the coated anode ran for", "1400 h."), continues("It failed.", "The next did not.")
    (True, False)
    """
    before, after = before.rstrip(), after.lstrip()
    if is_apparatus(after):
        return False
    # The point of "1.5" ends nothing, though "anodes.5" ends in a citation.
    ended = TERMINAL.search(before) and not _ABBREVIATED.search(before) and not re.search(r"\d\.\d+$", before)
    if ended:
        return False
    if FUNCTION_WORD.search(before):
        return True
    if re.search(r"\d\W{0,2}$|[⁰¹²³⁴⁵⁶⁷⁸⁹]$", before) and _UNIT_START.match(after):
        return True
    return bool(re.match(r"[a-z0-9(~<>≈\ufffd−–]", after)) and len(before) > 30
