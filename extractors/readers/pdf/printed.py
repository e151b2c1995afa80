"""A PDF to the text of its pages and the places of the parts in it.

``python -m extractors.readers.pdf.printed FILE BYTES`` writes that as JSON: pdfium reads hostile files in a process
of its own, with a limit on memory, where a crash or an endless loop takes nothing else down.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from extractors.readers.blocks import REFERENCES, TERMINAL
from extractors.readers.pdf.furniture import Page, drawings, set_aside
from extractors.readers.pdf.glyphs import Box, Drawn, Sheet, Unreadable
from extractors.readers.pdf.layout import Line, Unit, columns, steady_gutters, units_of
from extractors.readers.pdf.lines import Piece, pieces_of
from extractors.readers.pdf.ruled import column_spans, ends_with_table, rows_and_cells, ruled_tables, with_tables
from extractors.readers.pdf.typeset import (
    Face,
    Part,
    entries,
    face_of,
    find_title,
    parts_of,
    set_apart_contents,
    set_apart_front,
    unheaded_references,
    with_levels,
)

_END_OF_REFERENCES = re.compile(
    r"^\W*(?:conflicts? of interest|competing interests?|copyright|©|publisher'?s? note|disclaimer|"
    r"author contributions?|acknowledge?ments?|received|how to cite)\b",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"^\W*(?:Table|TABLE|Tab\.)\s?S?\w+\W{1,3}cont(?:\.|inued|'d)?\W*$", re.IGNORECASE)
_MAX_PICTURES = 500  # of a page; more are tiles of one
_UNDECODED = 0.3  # share of U+FFFD in a text that is no text


def laid_out(path: Path) -> dict[str, Any]:
    """Read a PDF to its text and the places of the parts.

    Returns
    -------
    dict
        text : str, pages divided by form feeds; pages : list of offsets; metadata : dict of str;
        parts : list of dicts with kind, level, page, follows (whether the sentence or table before goes on in it) and
        lines, a list of [start, end], or rows, a list of lists of cells, each a list of [start, end]

    Raises
    ------
    Unreadable
        Damaged, encrypted, scanned, or too large.
    """
    drawn = Drawn(path)
    pages, pictured = _pages(drawn)
    characters = sum(len(p.text) for page in pages for p in page.pieces)
    if characters < 20 * pictured or not characters:
        raise Unreadable("has no text layer; run OCR first, for example: ocrmypdf IN OUT")
    if sum(p.text.count("\ufffd") for page in pages for p in page.pieces) > _UNDECODED * characters:
        raise Unreadable(
            "does not say which letters its glyphs stand for; run OCR first, for example: ocrmypdf --force-ocr IN OUT"
        )
    set_aside(pages)
    parts, face = _parts(pages)
    find_title(parts, drawn.metadata.get("Title", ""), face)
    set_apart_front(parts)
    set_apart_contents(parts)
    with_levels(parts)
    return _written(parts, pages, drawn.metadata)


def _pages(drawn: Iterable[Sheet]) -> tuple[list[Page], int]:
    """Read all pages; also count those that are mostly picture."""
    pages: list[Page] = []
    pictured = 0
    for sheet in drawn:
        covered = sum((b.right - b.left) * (b.bottom - b.top) for b in sheet.pictures)
        pictured += sheet.scanned or covered > 0.5 * sheet.width * sheet.height
        pictures = [*sheet.pictures[:_MAX_PICTURES], *drawings(sheet.strokes)]
        pages.append(Page(sheet.width, sheet.height, pieces_of(sheet.glyphs), sheet.rules, pictures))
    return pages, pictured


def _parts(pages: Sequence[Page]) -> tuple[list[Part], Face]:
    sizes = Counter(round(p.size, 1) for page in pages for p in page.pieces for _ in p.text[::10])
    size = max(sizes, key=lambda s: sizes[s], default=10.0)
    units: list[list[Unit]] = []
    before: Box | None = None
    for page in pages:
        tables = ruled_tables(page.pieces, page.rules, size, before)
        before = ends_with_table(page.pieces, tables)
        units.append(units_of(page.pieces, tables))
    gutters = steady_gutters(units)
    laid = [columns(us, places, page.rules) for us, places, page in zip(units, gutters, pages, strict=True)]
    face = face_of([column for found in laid for column in found])
    parts: list[Part] = []
    for number, (page, found) in enumerate(zip(pages, laid, strict=True), 1):
        parts.extend(Part([_line(p)], number, "furniture") for p in page.heads)
        for column in found:
            table = _open_table(parts, number)
            more = parts_of(with_tables(column, table is not None), number, face)
            first = next((p for p in more if not _CONTINUED.match(p.text)), None)
            if table and first and first.kind == "table":
                first.goes_on = table
            parts.extend(more)
        parts.extend(Part([_line(p)], number, "label") for p in page.labels)
    return parts, face


def _open_table(parts: Sequence[Part], page: int) -> Part | None:
    """Give the table that the page before ends with."""
    last = next((p for p in reversed(parts) if p.kind not in ("furniture", "label")), None)
    return last if last and last.kind == "table" and last.page == page - 1 else None


def _line(piece: Piece) -> Line:
    return Line([piece])


def _written(parts: Sequence[Part], pages: Sequence[Page], metadata: dict[str, str]) -> dict[str, Any]:
    """Write the pages' text and note where each line of it stands."""
    out: list[str] = []
    length = 0
    starts = [0]
    spans: dict[int, list[int]] = {}
    tables: dict[int, list[list[list[list[int]]]]] = {}
    columns_at: dict[int, list[tuple[float, float]]] = {}

    def write(text: str) -> list[int]:
        nonlocal length
        out.append(text)
        length += len(text)
        return [length - len(text), length]

    for part in parts:
        while part.page > len(starts):
            write("\f")
            starts.append(length)
        if part.kind == "table":
            place = columns_at[id(part)] = _columns_of(part, columns_at)
            rows = rows_and_cells(part.lines[0].rows, part.lines[0].rules, place)
            tables[id(part)] = [_row(row, write) for row in rows]
        else:
            for line in part.lines:
                spans[id(line)] = write(line.text)
                write("\n")
        write("\n")
    while len(starts) < len(pages):
        write("\f")
        starts.append(length)
    return {"text": "".join(out), "pages": starts, "metadata": metadata, "parts": _placed(parts, spans, tables)}


def _columns_of(part: Part, known: Mapping[int, list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Give a table's columns; one that goes on from the page before has that one's, where they fit."""
    own, before = column_spans(part.lines[0].rows), known.get(id(part.goes_on), [])
    fits = before and all(any(min(b, d) > max(a, c) for c, d in before) for a, b in own) and len(before) >= len(own)
    return before if fits else own


def _row(row: Sequence[Sequence[Piece]], write: Callable[[str], list[int]]) -> list[list[list[int]]]:
    cells: list[list[list[int]]] = []
    for number, cell in enumerate(row):
        if number:
            write(" | ")
        places: list[list[int]] = []
        for piece in cell:
            if places:
                write(" ")
            places.append(write(piece.text))
        cells.append(places)
    write("\n")
    return cells


def _placed(parts: Sequence[Part], spans: dict[int, list[int]], tables: dict[int, Any]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    last: Part | None = None
    listed: list[Part] | None = None
    headed = any(p.kind == "heading" and _is_reference_heading(p.text) for p in parts)
    start = None if headed else unheaded_references(parts)
    for number, part in enumerate(parts):
        if number == start:
            listed = []
        if listed is not None:
            if part.kind in ("heading", "table") or _END_OF_REFERENCES.match(part.text):
                out.extend(_entries(listed, spans))
                listed = None
            elif part.kind != "furniture":
                listed.append(part)
                continue
        place = {"kind": part.kind, "level": part.level, "page": part.page, "follows": False}
        if part.kind == "table":
            place["rows"] = tables[id(part)]
            place["follows"] = part.goes_on is not None
        else:
            place["lines"] = [spans[id(line)] for line in part.lines]
        if part.kind == "paragraph":
            place["follows"] = bool(last and last.full and not part.indented and not TERMINAL.search(last.text))
            last = part
        elif part.kind == "heading":
            last = None
            if _is_reference_heading(part.text):
                listed = []
        out.append(place)
    out.extend(_entries(listed or [], spans))
    return out


def _is_reference_heading(text: str) -> bool:
    return bool(REFERENCES.match(re.sub(r"^(?:[\d.]+|[IVX]+\.)\s+", "", text)))


def _entries(parts: Sequence[Part], spans: dict[int, list[int]]) -> list[dict[str, Any]]:
    page = parts[0].page if parts else 0
    return [
        {"kind": "reference", "level": 0, "page": page, "follows": False, "lines": [spans[id(line)] for line in entry]}
        for entry in entries(parts)
    ]


def main(arguments: Sequence[str]) -> int:
    """Read one file and print it as JSON: {"laid": ...} or {"unreadable": reason}.

    Parameters
    ----------
    arguments : the file's path, and the bytes of memory that may be taken
    """
    _limit_memory(int(arguments[1]))
    try:
        answer: dict[str, Any] = {"laid": laid_out(Path(arguments[0]))}
    except Unreadable as error:
        answer = {"unreadable": str(error)}
    json.dump(answer, sys.stdout)
    return 0


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = size if hard == resource.RLIM_INFINITY else min(size, hard)
    with suppress(ValueError):  # macOS takes no limit below what is mapped already
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
