"""Glyphs of a PDF page with their boxes, sizes and weights.  The one importer of pypdfium2.

Coordinates are points from the top left corner of the upright page, y downwards.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

MAX_PAGES = 2_000
MAX_CHARACTERS = 20_000_000
_MAX_SHAPES = 20_000  # of one page; a drawing with more is looked at in part
_BOLD = re.compile(r"bold|black|heavy|demi|medi$|cmbx|cmssbx|[-_.]bd\b|(?<=AdvOT).*\.B\b", re.IGNORECASE)
_REGULAR = re.compile(r"regular|roman|book|light|thin|[-_.](?:it|rg|lt)\b|cmr\d|cmti", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|cmti|cmmi|[-_.]it?\b", re.IGNORECASE)
_WHITE = frozenset({9, 10, 13, 32, 160, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200C)})
_MAX_CLIPS = 50
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5
_PATH, _IMAGE, _FORM = 2, 3, 5
_ITALIC_FLAG, _BOLD_FLAG = 1 << 6, 1 << 18
_SYMBOL = dict(  # the Symbol font's codes, which word processors keep at U+F000
    zip(
        (0x2D, 0x40, 0x44, 0x57, 0x61, 0x62, 0x64, 0x67, 0x68, 0x6C, 0x6D, 0x71, 0x73, 0x7E),
        "−≅ΔΩαβδγηλµθσ~",
        strict=True,
    )
) | dict(zip((0xA3, 0xA5, 0xAE, 0xB0, 0xB1, 0xB3, 0xB4, 0xB5, 0xB7, 0xBB, 0xD7), "≤∞→°±≥×∝•≈·", strict=True))


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
    weight: int
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

    def cut(self, other: Box) -> Box:
        """Give the part that both cover (of no width or height where there is none)."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(left, top, max(min(self.right, other.right), left), max(min(self.bottom, other.bottom), top))


@dataclass
class Sheet:
    """One page as it is drawn.

    Attributes
    ----------
    glyphs : upright ones, in the order of the content stream
    rules : thin horizontal lines
    pictures : images and embedded drawings
    strokes : boxes of the other paths
    scanned : whether one picture covers most of the page
    """

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    strokes: list[Box] = field(default_factory=list)
    scanned: bool = False


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
            except pypdfium2.PdfiumError as error:
                raise Unreadable(f"is damaged: page {number + 1} cannot be read; download it again") from error
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
    crop = Box(*page.get_cropbox())  # its bottom is the smaller here: y upwards
    spaces = {turn: _Space(crop, turn) for turn in (0, 90, 180, 270)}
    found = _characters(text, spaces)
    turn = max(found, key=lambda t: len(found[t])) if any(found.values()) else 0
    space = spaces[turn]
    sheet = Sheet(space.width, space.height)
    sheet.glyphs = [g for g in found[turn] if -2 <= g.left <= space.width + 2 and -2 <= g.base <= space.height + 2]
    _read_shapes(page, sheet, space)
    return sheet


class _Space:
    """The page turned so that text at ``turn`` degrees runs to the right, y downwards, from its top left corner."""

    def __init__(self, crop: Box, turn: int) -> None:
        self.turn = turn
        self.left = self.top = 0.0
        corners = self.box(crop.left, crop.top, crop.right, crop.bottom)
        self.left, self.top = corners.left, corners.top
        self.width, self.height = corners.right - corners.left, corners.bottom - corners.top

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Place a point of the page's own space."""
        x, y = {0: (x, -y), 90: (y, x), 180: (-x, y), 270: (-y, -x)}[self.turn]
        return x - self.left, y - self.top

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Place a box of the page's own space."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _characters(text: Any, spaces: Mapping[int, _Space]) -> dict[int, list[Glyph]]:
    """Give the characters of a page by the direction they run in."""
    import pypdfium2.raw as c

    # Two calls a character: a plain address is five times faster than ctypes' pointer to the text object.
    address = ctypes.cast(c.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
    object_of = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(address)
    handle = ctypes.cast(text.raw, ctypes.c_void_p).value
    out: dict[int, list[Glyph]] = {turn: [] for turn in spaces}
    styles: dict[int, _Style] = {}
    box = c.FS_RECTF()
    spaced, last = False, 0
    for i in range(text.count_chars()):
        code = c.FPDFText_GetUnicode(text, i)
        if code in _WHITE:
            spaced = spaced or not c.FPDFText_IsGenerated(text, i)  # pdfium's own spaces also follow a lowered digit
            continue
        key = object_of(handle, i)
        if not key:
            continue
        style = styles.get(key) or styles.setdefault(key, _style(text, i, spaces))
        if style.hidden:
            continue
        c.FPDFText_GetLooseCharBox(text, i, box)
        left, right = (box.left, box.right) if style.turn in (0, 180) else (box.bottom, box.top)
        if style.turn in (180, 270):
            left, right = -right, -left
        left, right = left - style.space.left, right - style.space.left
        line = out[style.turn]
        letter = shown(code)
        if key == last and not spaced and code < 128 and line[-1].left == left and line[-1].right == right:
            line[-1] = line[-1]._replace(text=line[-1].text + letter)  # a ligature, told letter by letter
            continue
        line.append(Glyph(letter, left, right, style.base, style.size, style.font, style.weight, style.italic, spaced))
        spaced, last = False, key
    return out


@lru_cache(maxsize=4096)
def shown(code: int) -> str:
    """Give the character of a code; one without a meaning becomes U+FFFD, for the ledger of repairs."""
    if code in (2, 0xAD, 0x2010, 0x2011):  # pdfium writes 2 for a hyphen at a line's end
        return "-"
    if 0xF020 <= code < 0xF100 and (code - 0xF000 in _SYMBOL or code < 0xF040):
        return _SYMBOL.get(code - 0xF000) or chr(code - 0xF000)
    if code < 32 or 0x7F <= code < 0xA0 or 0xE000 <= code < 0xF900 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    if 0x1D400 <= code < 0x1D800:  # mathematical italic and bold letters
        return unicodedata.normalize("NFKC", chr(code))
    return {0xFFFE: "\ufffd", 0xFFFF: "\ufffd", 0x25E6: "°", 0x02DA: "°"}.get(code) or chr(code)


class _Style(NamedTuple):
    """What holds for all characters that are drawn together: a text object has one baseline."""

    size: float
    turn: int
    space: _Space
    base: float
    font: str
    weight: int
    italic: bool
    hidden: bool


def _style(text: Any, i: int, spaces: Mapping[int, _Space]) -> _Style:
    import pypdfium2.raw as c

    drawn, matrix = c.FPDFText_GetTextObject(text, i), c.FS_MATRIX()
    scale, angle = 1.0, 0.0
    if c.FPDFText_GetMatrix(text, i, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
    flags, buffer = ctypes.c_int(), ctypes.create_string_buffer(128)
    c.FPDFText_GetFontInfo(text, i, buffer, 128, flags)
    font = buffer.value.decode("latin-1").split("+", 1)[-1]
    if _BOLD.search(font) or flags.value & _BOLD_FLAG:
        weight = 700
    elif _REGULAR.search(font):
        weight = 400
    else:
        weight = min(max(c.FPDFText_GetFontWeight(text, i), 300), 900)  # guessed by pdfium from the stems
    italic = bool(flags.value & _ITALIC_FLAG) or bool(_ITALIC.search(font))
    size = c.FPDFText_GetFontSize(text, i) * scale
    turn = round(angle / 90) * 90 % 360
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDFText_GetCharOrigin(text, i, x, y)
    bounds, clip = _bounds(drawn), _clip(drawn)
    hidden = abs(angle - round(angle / 90) * 90) > 8  # a stamp across the page
    if bounds and clip and not hidden:
        hidden = not clip.holds((bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2)
    space = spaces[turn]
    return _Style(max(size, 0.1), turn, space, space.point(x.value, y.value)[1], font, weight, italic, hidden)


def _bounds(shape: Any) -> Box | None:
    """Give an object's box in the space it was drawn in (y upwards, so that top < bottom holds all the same)."""
    import pypdfium2.raw as c

    e = [ctypes.c_float() for _ in range(4)]
    if not c.FPDFPageObj_GetBounds(shape, *e):
        return None
    left, bottom, right, top = (x.value for x in e)
    return Box(left, bottom, right, top)


def _clip(shape: Any) -> Box | None:
    """Give the box outside of which an object is not shown, in the space it was drawn in."""
    import pypdfium2.raw as c

    path = c.FPDFPageObj_GetClipPath(shape)
    out: Box | None = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(min(c.FPDFClipPath_CountPaths(path), _MAX_CLIPS) if path else 0):
        points: list[tuple[float, float]] = []
        for segment in range(min(c.FPDFClipPath_CountPathSegments(path, number), _MAX_CLIPS)):
            if c.FPDFPathSegment_GetPoint(c.FPDFClipPath_GetPathSegment(path, number, segment), x, y):
                points.append((x.value, y.value))
        if points:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            out = box if out is None else out.cut(box)
    return out


def _read_shapes(page: Any, sheet: Sheet, space: _Space) -> None:
    import pypdfium2.raw as c

    for i in range(min(c.FPDFPage_CountObjects(page), _MAX_SHAPES)):
        shape = c.FPDFPage_GetObject(page, i)
        kind = c.FPDFPageObj_GetType(shape)
        shown = _shown_part(shape, kind) if kind in (_PATH, _IMAGE, _FORM) else None
        if shown is None:
            continue
        box = space.box(shown.left, shown.top, shown.right, shown.bottom)
        wide, high = box.right - box.left, box.bottom - box.top
        if kind == _PATH and high < 2.5 and wide > 20:
            sheet.rules.append(box)
        elif wide * high > 0.7 * sheet.width * sheet.height:  # a background, or a page that is all one form
            sheet.scanned = sheet.scanned or kind == _IMAGE
        elif kind == _PATH:
            sheet.strokes.append(box)
        elif wide > 20 and high > 20:
            sheet.pictures.append(box)


def _shown_part(shape: Any, kind: int) -> Box | None:
    """Give the box of what is seen of a shape on the page, y upwards."""
    import pypdfium2.raw as c

    box, clip = _bounds(shape), _clip(shape) if kind == _IMAGE else None
    if kind == _FORM and c.FPDFFormObj_CountObjects(shape):
        clip, matrix = _clip(c.FPDFFormObj_GetObject(shape, 0)), c.FS_MATRIX()
        if clip and c.FPDFPageObj_GetMatrix(shape, matrix) and not matrix.b and not matrix.c:
            xs = sorted((matrix.a * clip.left + matrix.e, matrix.a * clip.right + matrix.e))
            ys = sorted((matrix.d * clip.top + matrix.f, matrix.d * clip.bottom + matrix.f))
            clip = Box(xs[0], ys[0], xs[1], ys[1])
    return box.cut(clip) if box and clip else box
