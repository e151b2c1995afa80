"""Lines of a plain or Markdown text to blocks: headings, paragraphs, captions, tables, references.

Paragraphs that a page break, a running head or a caption cut in two are joined again; every character keeps
its place in the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.readers.aligned import aligned_rows, is_aligned
from extractors.traced import Traced, join

CAPTION = re.compile(
    r"^\W{0,4}(?:Fig(?:ure|\.)?|FIG(?:URE|\.)?|Scheme|Table|TABLE|"
    r"Tab\.)\s?S?\d{1,2}[a-z]?\b(?!\s*(?:shows?|presents?|displays?|illustrates?|compares?|reveals?|"
    r"depicts?|summarizes?|lists?|gives?)\b)\W*(?:\s|$)"
)
_TABLE_CAPTION = re.compile(r"^\W{0,4}(?:Table|TABLE|Tab\.)\s?S?\d")
_MD_HEADING = re.compile(r"^#{1,6}\s+(.*\S)\s*$")
_NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.)\s+[A-Z][^.!?]{2,80}$")
_KNOWN_HEADING = re.compile(
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
_CAPS_HEADING = re.compile(r"^[A-Z][A-Z &/,-]{5,80}$")
_TITLE_LIKE = re.compile(r"^[A-Z][A-Za-z0-9/@|(),'’ -]*[A-Za-z)]$")
_REFERENCES = re.compile(
    r"^\W*(?:references?(?: and notes?)?|bibliography|literature cited|works cited)\W*$", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"^\s*(?:https?://\S+|View Article Online|Downloaded (?:on|from|by).*|Published on .*|This "
    r"article is licensed.*|\W*©.*|"
    r"\d{1,5}\s*\|.{0,120}|.{0,120}\|\s*\d{1,5}|Page \d+(?: of \d+)?|\d{1,4}|Open Access(?: "
    r"Article)?\.?|Review|Communication\b.{0,40}|"
    r"!\[[^\]]*\]\([^)]*\)|[-*_=]{3,}|(?:\w+ ){0,6}(?:et al\.?|Sci\. Adv\.).{0,40}\d{4}\W*\d*)\s*$"
)
_FUNCTION_WORD = re.compile(
    r"(?:\b(?:of|the|a|an|in|on|at|by|and|or|with|to|for|from|than|that|which|is|are|was|were|as|"
    r"between|over|after|using|its|into|about|ca\.|vs\.|versus|Fig\.|Figs\.|Before|After|At)|"
    r"[,(–-])$"
)
_TERMINAL = re.compile(
    r"[.!?:;]['”’\")\]]*(?:\s?\[[\d,–-]+\]|<sup>[^<]*</sup>|\^\{[^}]*\}|[⁰¹²³⁴⁵⁶⁷⁸⁹,⁻–]+|"
    r"\d{1,3}(?:[,–-]\d{1,3})*)?\W{0,3}$"
)
_UNIT_START = re.compile(r"(?:S|V|A|W|Wh|Pa|K|GPa|MPa|Ω|C)\b")
_WIDE_GAP = re.compile(r"\S\s{2,}(?=\S)")
_ABBREVIATED = re.compile(r"\b(?:vs|ca|cf|e\.g|i\.e|al|Fig|Figs|Ref|Refs|approx|No|Eq)\.$")
_REFERENCE_ENTRY = re.compile(r"^\s*(?:[-*]\s+|\[?\d{1,3}[.\])]\s+)\S")


@dataclass
class Block:
    """Lines that belong together; ``parts`` are slices of the original, to be joined with a space."""

    kind: str
    parts: list[Traced] = field(default_factory=list)
    section: str = ""

    @property
    def raw(self) -> str:
        return " ".join(p.text for p in self.parts)


def split(original: str, markdown: bool) -> list[Block]:
    """Split a text to blocks in reading order."""
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    section = ""
    in_references = False
    for lines in _chunks(original):
        first = lines[0].text
        heading = _heading(lines, markdown, after_text=bool(blocks))
        if heading is not None:
            level = _level(first, markdown, any(b.kind == "heading" for b in blocks))
            path = [*(p for p in path if p[0] < level), (level, heading.text)]
            section = " > ".join(text for depth, text in path if depth)
            in_references = bool(_REFERENCES.match(heading.text))
            blocks.append(Block("heading", [heading], section))
            continue
        if in_references:
            blocks.extend(Block("reference", entry, section) for entry in _entries(lines))
        elif CAPTION.match(first):
            blocks.append(Block("caption", _dehyphenated(lines), section))
        elif is_aligned(lines) and not _is_table(lines):
            blocks.append(Block("table", aligned_rows(lines), section))
        elif _is_table(lines):
            blocks.append(Block("table", lines, section))
        elif markdown and re.match(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+\S", first):
            blocks.extend(Block("list", _dehyphenated(item), section) for item in _items(lines))
        else:
            _add_paragraph(blocks, Block("paragraph", _dehyphenated(lines), section))
    return blocks


def _chunks(original: str) -> list[list[Traced]]:
    """Group lines between blank lines, page breaks, captions, headings; page furniture is dropped."""
    lines: list[Traced] = []
    position = 0
    for raw in original.splitlines(keepends=True):
        lines.append(Traced.of(original, position, position + len(raw.rstrip("\r\n"))))
        position += len(raw)
    stacked = _stacked_letters([line.text.strip() for line in lines])
    chunks: list[list[Traced]] = []
    current: list[Traced] = []
    indented = sum(1 for line in lines if line.text.startswith(" ")) > len(lines) * 0.05
    for number, line in enumerate(lines):
        text = line.text.strip(" \t\f\v")
        page_break = "\f" in line.text or (not indented and bool(re.match(r" \S", line.text)))
        furniture = number in stacked or not text or bool(_FURNITURE.match(text))
        starts = bool(current) and not furniture and (_MD_HEADING.match(text) or _KNOWN_HEADING.match(text))
        if (furniture or page_break or starts) and current:
            chunks.append(current)
            current = []
        if not furniture:
            # The columns of a table may be told by where they begin: such a line keeps its indent.
            wide = len(_WIDE_GAP.findall(text)) >= 2
            current.append(line[0 : len(line.text.rstrip())] if wide else line.strip())
            if _MD_HEADING.match(text) or (len(current) == 1 and _KNOWN_HEADING.match(text)):
                chunks.append(current)
                current = []
    if current:
        chunks.append(current)
    return chunks


def _stacked_letters(lines: list[str]) -> set[int]:
    """Find notices printed one or two letters a line."""
    out: set[int] = set()
    run: list[int] = []
    for number, text in enumerate([*lines, "x" * 9]):
        if text and len(text) <= 3:
            run.append(number)
        elif text:
            if len(run) >= 8:
                out.update(run)
            run = []
    return out


def _heading(lines: list[Traced], markdown: bool, after_text: bool) -> Traced | None:
    text = lines[0].text
    match = _MD_HEADING.match(text) if markdown else None
    if match:
        return lines[0][match.start(1) : match.end(1)]
    if len(lines) == 1 and len(text) < 120 and not text.endswith((".", ",", ";")):
        known = _KNOWN_HEADING.match(text) or _NUMBERED_HEADING.match(text)
        titled = markdown and after_text and len(text) < 100 and text[:1].isupper() and not _FUNCTION_WORD.search(text)
        if known or (after_text and _CAPS_HEADING.match(text)) or (titled and _TITLE_LIKE.match(text)):
            return lines[0]
    return None


def _level(line: str, markdown: bool, titled: bool) -> int:
    """Say how deep a heading stands: 0 the title, 1 a main part, more below it."""
    hashes = len(line) - len(line.lstrip("#"))
    if markdown and hashes:
        return hashes if titled or hashes > 1 else 0
    numbered = re.match(r"^(\d{1,2}(?:\.\d{1,2})*)", line)
    if numbered:
        return 1 + numbered[1].count(".")
    return 1 if _KNOWN_HEADING.match(line) or _CAPS_HEADING.match(line) else 6


def _is_table(lines: list[Traced]) -> bool:
    texts = [line.text for line in lines]
    piped = sum(1 for t in texts if t.count("|") >= 2)
    tabbed = sum(1 for t in texts if "\t" in t)
    return len(texts) >= 2 and (piped >= max(2, len(texts) - 1) or tabbed >= max(2, len(texts) - 1))


def _entries(lines: list[Traced]) -> list[list[Traced]]:
    entries: list[list[Traced]] = []
    for line in lines:
        if _REFERENCE_ENTRY.match(line.text) or not entries:
            entries.append([line])
        else:
            entries[-1].append(line)
    return entries


def _items(lines: list[Traced]) -> list[list[Traced]]:
    items: list[list[Traced]] = []
    for line in lines:
        bullet = re.match(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+", line.text)
        if bullet:
            items.append([line[bullet.end() : len(line.text)]])
        else:
            items[-1].append(line)
    return items


def _dehyphenated(lines: list[Traced]) -> list[Traced]:
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


def _add_paragraph(blocks: list[Block], new: Block) -> None:
    """Append a paragraph, or join it to the one before the captions that cut it."""
    for before in reversed(blocks):
        if before.kind in ("caption", "table") or (before.kind == "paragraph" and _is_apparatus(before.raw)):
            continue
        if before.kind == "paragraph" and before.section == new.section and _continues(before.raw, new.raw):
            tail = before.parts.pop()
            before.parts.extend(_dehyphenated([tail, *new.parts]))
            return
        break
    blocks.append(new)


def _is_apparatus(text: str) -> bool:
    """Recognise addresses, correspondence, dates and footnotes of a first page."""
    return bool(
        re.match(
            r"^\W*(?:State Key|E-?mail|†|‡|\*?Correspond|Received|Copyright|Department|School of|¹|This "
            r"(?:article|PDF))",
            text,
        )
        or len(re.findall(r"University|Institute|Laboratory|Academy", text)) >= 2
    )


def _continues(before: str, after: str) -> bool:
    before, after = before.rstrip(), after.lstrip()
    if _is_apparatus(after):
        return False
    # The point of "1.5" ends nothing, though "anodes.5" ends in a citation.
    ended = _TERMINAL.search(before) and not _ABBREVIATED.search(before) and not re.search(r"\d\.\d+$", before)
    if ended:
        return False
    if _FUNCTION_WORD.search(before):
        return True
    if re.search(r"\d\W{0,2}$|[⁰¹²³⁴⁵⁶⁷⁸⁹]$", before) and _UNIT_START.match(after):
        return True
    return bool(re.match(r"[a-z0-9(~<>≈\ufffd−–]", after)) and len(before) > 30
