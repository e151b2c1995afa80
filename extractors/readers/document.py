"""Blocks to a Document: glyphs repaired, markup resolved, offsets kept.  What all readers end in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from extractors.deadline import in_time
from extractors.readers.blocks import Block
from extractors.readers.inline import clean
from extractors.repair import repair, shows_damage
from extractors.traced import Traced, join
from schema.records import Document, Passage, Reference, Repair

CELL = " | "
_MARK = re.compile(r"<sup>\s*([a-h]|[*†‡§#]{1,3})\s*</sup>|\^\{([a-h]|[*†‡§#]{1,3})\}|\^([*†‡§#])")
_NUMBER = re.compile(r" ?\d+(?:\.\d+)? ?")
_BAR, _TAB = re.compile(r"(?<!\\)\|"), re.compile("\t")  # "Li\|Cu" in a cell of Markdown parts nothing


def document_from(
    blocks: Sequence[Block],
    original: str,
    *,
    source: str,
    format: str,
    front: Mapping[str, Any],
    references: Sequence[Reference],
    glued_citations: bool = False,
    pages: Sequence[int] = (),
) -> Document:
    """Make a Document of blocks in reading order.

    Parameters
    ----------
    blocks : their parts are slices of ``original`` (``Traced``), so that every offset points into it
    front : title, doi, year, journal, authors, licence, as far as they are known
    glued_citations : whether raised citation numbers stand glued to words, as in text of a PDF
    pages : offsets in ``original`` at which pages begin
    """
    damaged = shows_damage(original)
    passages = []
    below_table = False
    for block in in_time(blocks):
        if block.kind == "table":
            passages.append(_table(block, damaged))
            below_table = True
            continue
        whole = join(block.parts)
        below_table = below_table and bool(_MARK.match(whole.text))
        if below_table:  # a footnote: its mark is told, as those in the cells are
            whole = whole.rewrite(_MARK, lambda m: [" ", m.lastindex or 0, " "])
        repaired, ledger = repair(whole, damaged)
        body, markers = clean(repaired, glued_citations=glued_citations)
        if body.text:
            passages.append(Passage(body.text, body.offsets, block.kind, block.section, None, markers, ledger))
    told = dict(front)
    if told.get("title"):
        told["title"] = repair(Traced.of(told["title"]), damaged)[0].text
    return Document(
        source=source,
        original=original,
        format=format,
        passages=tuple(passages),
        references=tuple(references),
        pages=tuple(pages),
        **told,
    )


def _table(block: Block, damaged: bool) -> Passage:
    """Keep a table's lines apart; cells are told by ``|`` or a tab and end divided by `` | ``.

    Raised marks of footnotes are taken out of the text like markers of citations.
    """
    lines: list[Traced] = []
    markers: list[tuple[int, str]] = []
    repairs: list[Repair] = []
    length = 0
    for line in in_time(block.parts):
        separator = _BAR if "|" in line.text else _TAB
        bare = line.strip()
        bare = bare[1:] if bare.text.startswith("|") else bare
        bare = bare[: len(bare.text) - 1] if bare.text.endswith("|") else bare
        cells: list[Traced] = []
        start = 0
        for raw in separator.split(bare.text):
            cell = bare[start : start + len(raw)]
            if not raw or _NUMBER.fullmatch(raw):  # most cells: nothing to mend or to resolve
                cell = cell.strip()
            else:
                repaired, mended = repair(cell, damaged)
                repairs.extend(mended)
                cell, cited = clean(repaired.rewrite(_MARK, lambda m: []))
                markers.extend((length + at, number) for at, number in cited)
                markers.extend((length, mark[mark.lastindex or 0]) for mark in _MARK.finditer(repaired.text))
            length += len(cell.text) + len(CELL)
            cells.append(cell)
            start += len(raw) + 1
        length += 1 - len(CELL)
        lines.append(join(cells, CELL))
    body = join(lines, "\n")
    return Passage(body.text, body.offsets, "table", block.section, None, tuple(markers), tuple(repairs))
