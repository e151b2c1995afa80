"""Lines of a plain or Markdown text to blocks: headings, paragraphs, captions, tables, references.

Paragraphs that a page break, a running head or a caption cut in two are joined again; every character keeps
its place in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from extractors.readers.blocks import (
    CAPTION,
    FUNCTION_WORD,
    KNOWN_HEADING,
    NUMBERED_HEADING,
    REFERENCES,
    TERMINAL,
    Block,
    continues,
    dehyphenated,
    is_apparatus,
)
from extractors.readers.plain.aligned import aligned_rows, is_aligned
from extractors.traced import Traced

_COLUMN = 200  # characters; a longer line is a paragraph and not a line of a column
_NUMBERED_CAPTION = re.compile(
    r"^\W{0,4}(?:Fig(?:ure|\.)?|FIG(?:URE|\.)?|Scheme|Table|TABLE|Tab\.)\s?S?\d{1,2}\s?[.:|]\s"
)
_TABLE_CAPTION = re.compile(r"^\W{0,4}(?:Table|TABLE|Tab\.)\s?S?\d")
_MD_HEADING = re.compile(r"^#{1,6}\s+(.*\S)\s*$")
_CAPS_HEADING = re.compile(r"^[A-Z][A-Z &/,-]{5,80}$")
_TITLE_LIKE = re.compile(r"^[A-Z][A-Za-z0-9/@|(),'’ -]*[A-Za-z)]$")
_FURNITURE = re.compile(
    r"^\s*(?:https?://\S+|View Article Online|Downloaded (?:on|from|by).*|Published on .*|This "
    r"article is licensed.*|\W*©.*|"
    r"\d{1,5}\s*\|.{0,120}|.{0,120}\|\s*\d{1,5}|Page \d+(?: of \d+)?|\d{1,4}|Open Access(?: "
    r"Article)?\.?|Review|Communication\b.{0,40}|"
    r"!\[[^\]]*\]\([^)]*\)|[-*_=]{3,}|(?:\w+ ){0,6}(?:et al\.?|Sci\. Adv\.).{0,40}\d{4}\W*\d*)\s*$"
)
_WIDE_GAP = re.compile(r"\S\s{2,}(?=\S)")
_REFERENCE_ENTRY = re.compile(r"^\s*(?:[-*]\s+|\[?\d{1,3}[.\])]\s+)\S")


def split(original: str, markdown: bool) -> list[Block]:
    """Split a text to blocks in reading order."""
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    section = ""
    in_references = False
    for lines in _captions_apart(_chunks(original)):
        first = lines[0].text
        heading = _heading(lines, markdown, after_text=bool(blocks))
        if heading is not None:
            level = _level(first, markdown, any(b.kind == "heading" for b in blocks))
            path = [*(p for p in path if p[0] < level), (level, heading.text)]
            section = " > ".join(text for depth, text in path if depth)
            in_references = bool(REFERENCES.match(heading.text))
            blocks.append(Block("heading", [heading], section))
            continue
        if in_references:
            blocks.extend(Block("reference", entry, section) for entry in _entries(lines))
        elif CAPTION.match(first):
            blocks.append(Block("caption", dehyphenated(lines), section))
        elif is_aligned(lines) and not _is_table(lines):
            blocks.append(Block("table", aligned_rows(lines), section))
        elif _is_table(lines):
            blocks.append(Block("table", lines, section))
        elif markdown and re.match(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+\S", first):
            blocks.extend(Block("list", dehyphenated(item), section) for item in _items(lines))
        else:
            _add_paragraph(blocks, Block("paragraph", dehyphenated(lines), section))
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
        starts = bool(current) and not furniture and (_MD_HEADING.match(text) or KNOWN_HEADING.match(text))
        if (furniture or page_break or starts) and current:
            chunks.append(current)
            current = []
        if not furniture:
            # The columns of a table may be told by where they begin: such a line keeps its indent.
            wide = len(_WIDE_GAP.findall(text)) >= 2
            current.append(line[0 : len(line.text.rstrip())] if wide else line.strip())
            if _MD_HEADING.match(text) or (len(current) == 1 and KNOWN_HEADING.match(text)):
                chunks.append(current)
                current = []
    if current:
        chunks.append(current)
    return chunks


def _captions_apart(chunks: Iterable[list[Traced]]) -> Iterator[list[Traced]]:
    """Cut a caption from the text that runs on before and behind it without a blank line."""
    for chunk in chunks:
        starts = [0, *(n for n in range(1, len(chunk)) if _begins_caption(chunk[n - 1].text, chunk[n].text))]
        for start, end in pairwise([*starts, len(chunk)]):
            lines = chunk[start:end]
            cut = _caption_end(lines) if CAPTION.match(lines[0].text) else len(lines)
            yield from (part for part in (lines[:cut], lines[cut:]) if part)


def _begins_caption(before: str, line: str) -> bool:
    return bool(_NUMBERED_CAPTION.match(line)) and bool(CAPTION.match(line)) and not FUNCTION_WORD.search(before)


def _caption_end(lines: list[Traced]) -> int:
    """Give the number of lines up to the first that ends a sentence before its column does."""
    widest = max(len(line.text) for line in lines)
    for n, (line, after) in enumerate(pairwise(lines), 1):
        short = widest > _COLUMN or len(line.text) < 0.8 * widest
        if short and TERMINAL.search(line.text) and re.match(r"[A-Za-z]{2}|[A-Z]\s", after.text):
            return n
    return len(lines)


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
        known = KNOWN_HEADING.match(text) or NUMBERED_HEADING.match(text)
        titled = markdown and after_text and len(text) < 100 and text[:1].isupper() and not FUNCTION_WORD.search(text)
        titled = titled and bool(_TITLE_LIKE.match(text)) and not CAPTION.match(text)
        if known or (after_text and _CAPS_HEADING.match(text)) or titled:
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
    return 1 if KNOWN_HEADING.match(line) or _CAPS_HEADING.match(line) else 6


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


def _add_paragraph(blocks: list[Block], new: Block) -> None:
    """Append a paragraph, or join it to the one before the captions that cut it."""
    for before in reversed(blocks):
        if before.kind in ("caption", "table") or (before.kind == "paragraph" and is_apparatus(before.raw)):
            continue
        if before.kind == "paragraph" and before.section == new.section and continues(before.raw, new.raw):
            tail = before.parts.pop()
            before.parts.extend(dehyphenated([tail, *new.parts]))
            return
        break
    blocks.append(new)
