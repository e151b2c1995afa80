"""Plain text, such as a PDF gives, to a Document."""

from __future__ import annotations

from extractors.readers import blocks as _blocks
from extractors.readers.front import front_matter, references
from extractors.readers.inline import clean
from extractors.repair import repair, shows_damage
from extractors.traced import Traced, join
from schema.records import Document, Passage

CELL = " | "


def read_text_string(text: str, source: str = "text.txt", markdown: bool = False) -> Document:
    """Read a text that is already in memory.

    Parameters
    ----------
    source : file name to put on record
    markdown : whether ``#`` heads and ``-`` lists are markup

    Examples
    --------
    >>> document = read_text_string("Results\\n\\nThe CE was 98.1%.")
    >>> [(p.kind, p.section, p.text) for p in document.passages]
    [('heading', 'Results', 'Results'), ('paragraph', 'Results', 'The CE was 98.1%.')]
    """
    found = _blocks.split(text, markdown)
    damaged = shows_damage(text)
    glued = not markdown
    passages = []
    for block in found:
        if block.kind == "table":
            passages.append(_table(block, damaged))
            continue
        repaired, ledger = repair(join(block.parts), damaged)
        body, markers = clean(repaired, glued_citations=glued)
        if body.text:
            passages.append(Passage(body.text, body.offsets, block.kind, block.section, None, markers, ledger))
    return Document(
        source=source,
        original=text,
        format="markdown" if markdown else "text",
        passages=tuple(passages),
        references=references(found),
        **front_matter(found, text),  # type: ignore[arg-type]
    )


def _table(block: _blocks.Block, damaged: bool) -> Passage:
    """Keep a table's lines apart; cells are told by ``|`` or a tab and end divided by `` | ``."""
    lines: list[Traced] = []
    markers: list[tuple[int, str]] = []
    length = 0
    for line in block.parts:
        separator = "|" if "|" in line.text else "\t"
        bare = line.strip()
        bare = bare[1:] if bare.text.startswith("|") else bare
        bare = bare[: len(bare.text) - 1] if bare.text.endswith("|") else bare
        cells: list[Traced] = []
        start = 0
        for raw in bare.text.split(separator):
            repaired, _ = repair(bare[start : start + len(raw)], damaged)
            cell, cited = clean(repaired)
            markers.extend((length + at, number) for at, number in cited)
            length += len(cell.text) + len(CELL)
            cells.append(cell)
            start += len(raw) + 1
        length += 1 - len(CELL)
        lines.append(join(cells, CELL))
    body = join(lines, "\n")
    return Passage(body.text, body.offsets, "table", block.section, None, tuple(markers))
