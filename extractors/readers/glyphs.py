"""Glyphs of a PDF page with their boxes, sizes and weights.  The one importer of pypdfium2.

Coordinates are points from the top left corner of the upright page, y downwards.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

MAX_PAGES = 2_000
MAX_CHARACTERS = 20_000_000
_MAX_SHAPES = 20_000  # of one page; a drawing with more is looked at in part
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi$|cmbx|cmssbx|[-_.]bd\b|(?<=AdvOT).*\.B\b", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|cmti|cmmi|[-_.]it?\b", re.IGNORECASE)
_ERROR_FORMAT, _ERROR_PASSWORD, _ERROR_SECURITY = 3, 4, 5
_PATH, _IMAGE, _FORM = 2, 3, 5
_ITALIC_FLAG, _BOLD_FLAG = 1 << 6, 1 << 18


class Glyph(NamedTuple):
    """One character: its box along the line, baseline, size in points and style.

    ``spaced`` says that a space stood before it.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    font: str
    bold: bool
    italic: bool
    spaced: bool


class Box(NamedTuple):
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass
class Sheet:
    """One page as it is drawn.

    Attributes
    ----------
    glyphs : upright ones, in the order of the content stream
    rules : thin horizontal lines
    pictures : images and embedded drawings
    strokes : boxes of the other paths
    """

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    strokes: list[Box] = field(default_factory=list)


class Unreadable(Exception):
    """Why a PDF cannot be read, with the remedy."""


class Drawn:
    """An open PDF: its metadata and its pages, read one at a time."""

    def __init__(self, path: Path) -> None:
        import pypdfium2

        try:
            self._pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise Unreadable(_why(getattr(error, "err_code", None))) from error
        if len(self._pdf) > MAX_PAGES:
            raise Unreadable(f"has {len(self._pdf)} pages, more than the {MAX_PAGES} of one document; split it")
        self.metadata: dict[str, str] = self._pdf.get_metadata_dict(skip_empty=True)

    def __iter__(self) -> Iterator[Sheet]:
        import pypdfium2

        left = MAX_CHARACTERS
        for number in range(len(self._pdf)):
            try:
                page = self._pdf[number]
                text = page.get_textpage()
            except pypdfium2.PdfiumError:  # a broken page among whole ones: the rest is worth reading
                yield Sheet(612, 792)
                continue
            left -= text.count_chars()
            if left < 0:
                raise Unreadable(f"has more than {MAX_CHARACTERS / 1e6:.0f} million characters; split it")
            yield _sheet(page, text)
            text.close()
            page.close()

    def __len__(self) -> int:
        return len(self._pdf)


def _why(code: int | None) -> str:
    if code in (_ERROR_PASSWORD, _ERROR_SECURITY):
        return "is encrypted and asks for a password; save it without one, for example: qpdf --decrypt"
    return "is damaged or cut short: no page can be read; download it again"


def _sheet(page: Any, text: Any) -> Sheet:
    """Read one page, turned so that most of its text is upright."""
    raw = _characters(text)
    turns = Counter(turn for turn, _ in raw)
    turn = turns.most_common(1)[0][0] if turns else 0
    left, bottom, right, top = page.get_cropbox()
    corners = [_turned(x, y, turn) for x, y in ((left, bottom), (right, top))]
    x0, x1 = sorted(x for x, _ in corners)
    y0, y1 = sorted(y for _, y in corners)
    sheet = Sheet(x1 - x0, y1 - y0)
    for angle, g in raw:
        if angle == turn and -2 <= g.left - x0 <= sheet.width + 2 and -2 <= g.base - y0 <= sheet.height + 2:
            sheet.glyphs.append(g._replace(left=g.left - x0, right=g.right - x0, base=g.base - y0))
    _read_shapes(page, sheet, turn, x0, y0)
    return sheet


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """Turn a point of the page's space so that text at ``turn`` degrees runs to the right, y downwards."""
    if turn == 90:
        return y, x
    if turn == 180:
        return -x, y
    if turn == 270:
        return -y, -x
    return x, -y


def _characters(text: Any) -> list[tuple[int, Glyph]]:
    import pypdfium2.raw as c

    out: list[tuple[int, Glyph]] = []
    styles: dict[int, tuple[float, int, str, bool, bool]] = {}
    box, x, y = c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    spaced = False
    for i in range(text.count_chars()):
        code = c.FPDFText_GetUnicode(text, i)
        if code in (9, 10, 13, 32, 160) or (0x2000 <= code <= 0x200B) or code in (0x202F, 0x205F, 0x3000):
            spaced = True
            continue
        drawn = c.FPDFText_GetTextObject(text, i)
        if not drawn:
            continue
        key = ctypes.addressof(drawn.contents)
        if key not in styles:
            styles[key] = _style(text, i)
        size, turn, font, bold, italic = styles[key]
        c.FPDFText_GetLooseCharBox(text, i, box)
        c.FPDFText_GetCharOrigin(text, i, x, y)
        ends = _turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0]
        base = _turned(x.value, y.value, turn)[1]
        shown = _shown(code)
        if out and shown == out[-1][1].text and abs(base - out[-1][1].base) < 0.1 * size:
            near = 0.15 * size if shown.isalnum() else 0.05 * size
            if abs(min(ends) - out[-1][1].left) < near and not spaced:
                continue  # printed twice, to look bold
        out.append((turn, Glyph(shown, min(ends), max(ends), base, size, font, bold, italic, spaced)))
        spaced = False
    return out


def _shown(code: int) -> str:
    """Give the character of a code; one without a meaning becomes U+FFFD, for the ledger of repairs."""
    if code in (2, 0xAD, 0x2010, 0x2011):  # pdfium writes 2 for a hyphen at a line's end
        return "-"
    if code < 32 or 0x7F <= code < 0xA0 or 0xE000 <= code < 0xF900 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    if 0x1D400 <= code < 0x1D800:  # mathematical italic and bold letters
        return unicodedata.normalize("NFKC", chr(code))
    return {0xFFFE: "\ufffd", 0xFFFF: "\ufffd", 0x25E6: "°", 0x02DA: "°"}.get(code) or chr(code)


def _style(text: Any, i: int) -> tuple[float, int, str, bool, bool]:
    """Read what holds for all characters drawn together: size, direction, font, weight, slant."""
    import pypdfium2.raw as c

    matrix = c.FS_MATRIX()
    scale, angle = 1.0, 0.0
    if c.FPDFText_GetMatrix(text, i, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
    flags, buffer = ctypes.c_int(), ctypes.create_string_buffer(128)
    c.FPDFText_GetFontInfo(text, i, buffer, 128, flags)
    font = buffer.value.decode("latin-1").split("+", 1)[-1]
    weight = c.FPDFText_GetFontWeight(text, i)
    bold = weight >= 600 or bool(flags.value & _BOLD_FLAG) or bool(_BOLD.search(font))
    italic = bool(flags.value & _ITALIC_FLAG) or bool(_ITALIC.search(font))
    size = c.FPDFText_GetFontSize(text, i) * scale
    turn = round(angle / 90) * 90 % 360 if abs(angle - round(angle / 90) * 90) < 8 else 45
    return max(size, 0.1), turn, font, bold, italic


def _read_shapes(page: Any, sheet: Sheet, turn: int, x0: float, y0: float) -> None:
    import pypdfium2.raw as c

    edges = [ctypes.c_float() for _ in range(4)]
    for i in range(min(c.FPDFPage_CountObjects(page), _MAX_SHAPES)):
        shape = c.FPDFPage_GetObject(page, i)
        kind = c.FPDFPageObj_GetType(shape)
        if kind not in (_PATH, _IMAGE, _FORM) or not c.FPDFPageObj_GetBounds(shape, *edges):
            continue
        left, bottom, right, top = (e.value for e in edges)
        a, b = _turned(left, bottom, turn), _turned(right, top, turn)
        box = Box(min(a[0], b[0]) - x0, min(a[1], b[1]) - y0, max(a[0], b[0]) - x0, max(a[1], b[1]) - y0)
        wide, high = box.right - box.left, box.bottom - box.top
        if kind == _PATH and high < 2.5 and wide > 20:
            sheet.rules.append(box)
        elif wide * high > 0.7 * sheet.width * sheet.height:
            continue  # a background or a page made of one form says nothing of its parts
        elif kind == _PATH:
            sheet.strokes.append(box)
        elif wide > 20 and high > 20:
            sheet.pictures.append(box)
