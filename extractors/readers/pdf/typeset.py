"""Lines of all pages to parts of the paper: title, headings, paragraphs, captions, tables, references.

A part is told by how it is set: size, weight, indent, the white space before it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from extractors.readers.blocks import CAPTION, KNOWN_HEADING, NUMBERED_HEADING, TERMINAL
from extractors.readers.pdf.layout import Line

_BANNER = re.compile(
    r"^\W*(?:(?:international |european )?journal of|proceedings|contents lists|advances in|available online|"
    r"(?:research |review |full )?(?:article|paper|communication|letter|review)s?\W*$|open access|supporting inf)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^((?:\d{1,2}|[IVX]{1,4}(?=\.))(?:\.\d{1,2}){0,3})\.?\s+\S")
_CAPTION_MARK = re.compile(r"^\W{0,4}[A-Za-z.]+\s?S?\d{1,2}[a-z]?\s?[.:|)]")
_RUN_IN = re.compile(r"^\W*(?:abstract|summary|keywords)\b", re.IGNORECASE)
_CONTENTS = re.compile(r"^\W*(?:table of )?contents\W*$", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*\d{1,4}$")
_SENTENCE = re.compile(r"\b[a-z]{3,}\b")


@dataclass
class Part:
    """Lines set alike, one after the other in a column.

    Attributes
    ----------
    kind : "title", "heading", "paragraph", "caption", "table", "label" (inside a figure), "note", "furniture"
    level : of a heading, 1 for a main one
    indented : whether its first line is
    starts_column, ends_column : whether it is the first or the last of its column
    full : whether its last line reaches the column's right edge
    goes_on : the table on the page before that this one goes on with
    """

    lines: list[Line]
    page: int
    kind: str = "paragraph"
    level: int = 0
    indented: bool = False
    starts_column: bool = False
    ends_column: bool = False
    full: bool = False
    goes_on: Part | None = None

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return median(line.size for line in self.lines)


@dataclass(frozen=True)
class Face:
    """How most of a paper is set.

    Attributes
    ----------
    size, weight : of the body [points, 400 is regular]
    leading : distance of baselines by size [points]
    """

    size: float = 10.0
    weight: float = 400.0
    leading: dict[float, float] = field(default_factory=dict)

    def pitch(self, size: float) -> float:
        return self.leading.get(round(size), 1.25 * size)

    def heavy(self, line: Line) -> bool:
        """Say whether a line is bold from its first word to its last."""
        return min(line.weight, *line.ends) > self.weight + 120


def face_of(columns: Sequence[Sequence[Line]]) -> Face:
    """Measure the body's size, weight and leading."""
    sizes: Counter[float] = Counter()
    steps: dict[float, list[float]] = defaultdict(list)
    for lines in columns:
        for line in lines:
            if not line.rows:
                sizes[round(line.size, 1)] += len(line.text)
        for a, b in pairwise(lines):
            if not a.rows and not b.rows and abs(a.size - b.size) < 0.3 and 0 < b.base - a.base < 2.6 * a.size:
                steps[round(a.size)].append(b.base - a.base)
    if not sizes:
        return Face()
    size = sizes.most_common(1)[0][0]
    weights: Counter[int] = Counter()
    for lines in columns:
        for line in lines:
            if abs(line.size - size) < 0.3:
                weights[round(line.main.weight / 20) * 20] += len(line.text)
    return Face(size, weights.most_common(1)[0][0], {k: median(v) for k, v in steps.items() if len(v) >= 3})


def parts_of(lines: Sequence[Line], page: int, face: Face) -> list[Part]:
    """Part one column."""
    parts: list[Part] = []
    edges = Counter(round(line.left) for line in lines if abs(line.size - face.size) < 0.5 and not line.rows)
    left = min((x for x, n in edges.items() if n >= 0.25 * max(edges.values())), default=min(x.left for x in lines))
    right = sorted(line.right for line in lines)[int(0.8 * (len(lines) - 1))]
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        if parts and _follows_on(parts[-1], line, following, left, right, face):
            parts[-1].lines.append(line)
        else:
            parts.append(Part([line], page, indented=0.7 * line.size < line.left - left < 5 * line.size))
    for part in parts:
        part.full = part.lines[-1].right > right - 2 * part.size
        _classify(part, face, right - left)
    if parts:
        parts[0].starts_column = parts[-1].ends_column = True
    return parts


def _follows_on(part: Part, line: Line, following: Line | None, left: float, right: float, face: Face) -> bool:
    last = part.lines[-1]
    if line.rows or last.rows:
        return False
    gap = line.base - last.base
    if abs(line.size - last.size) > max(0.45, 0.05 * last.size) and not _same_row(last, line):
        return False
    if not -2 < gap <= 1.33 * face.pitch(last.size):
        return False
    captioned = bool(CAPTION.match(part.lines[0].text))
    ended = bool(TERMINAL.search(last.text))
    if face.heavy(line) != face.heavy(last) and not captioned:
        return False
    if _in_capitals(line) != _in_capitals(last) and (face.heavy(line) or len(part.lines) == 1 or ended):
        return False
    if face.heavy(line):
        return not KNOWN_HEADING.match(last.text) and not (_NUMBERED.match(line.text) and len(line.text) > 3)
    if CAPTION.match(line.text) and (ended or line.pieces[0].first_weight > face.weight + 120):
        return False
    if _other_family(last, line) and gap > 1.05 * face.pitch(last.size):
        return False
    if captioned:
        return True
    short = last.right < right - 3 * last.size
    step = line.left - last.left
    if 0.7 * line.size < step < 5 * line.size and (len(part.lines) > 1 or last.left - left < 0.4 * line.size):
        return not ended and not short and step > 3 * line.size
    alone = part.indented and len(part.lines) == 1 and abs(step) < 1
    if alone and ended and (short or (following is not None and following.left < line.left - 0.6 * line.size)):
        return False
    return not (ended and short and abs(step) < 1 and line.text[:1].isupper() and last.left - left < 0.4 * line.size)


def _in_capitals(line: Line) -> bool:
    text = line.text
    return text.upper() == text and sum(ch.isalpha() for ch in text) >= max(5, 0.6 * len(text))


def _same_row(a: Line, b: Line) -> bool:
    return abs(a.base - b.base) < 2


def _other_family(a: Line, b: Line) -> bool:
    fonts = [re.split(r"[-,]", x.main.font)[0] for x in (a, b)]
    return fonts[0] != fonts[1] and min(len(x.main.text) for x in (a, b)) > 20


def _classify(part: Part, face: Face, width: float) -> None:
    first, text = part.lines[0], part.text
    if first.rows:
        part.kind = "table"
    elif CAPTION.match(text) and (
        part.size < face.size - 0.3 or first.pieces[0].first_weight > face.weight + 120 or _CAPTION_MARK.match(text)
    ):
        part.kind = "caption"
    elif is_heading(part, face):
        part.kind = "heading"
    elif _is_label(part, face, width):
        part.kind = "label"
    elif part.size < face.size - 0.7 and len(text) < 600:
        part.kind = "note"


def is_heading(part: Part, face: Face) -> bool:
    """Say whether a part is set as a heading: alone, short, heavier or larger than the body, or numbered."""
    text = part.text.strip("■▪●□ ")
    letters = sum(ch.isalpha() for ch in text)
    if len(part.lines) > 3 or len(text) > 160 or letters < 3 or text[-1] in ",;" or part.size < 0.85 * face.size:
        return False
    if not (text[0].isupper() or text[0].isdigit()) or "@" in text:
        return False
    if len(part.lines) == 1 and KNOWN_HEADING.match(text):
        return True
    heavy = all(face.heavy(line) for line in part.lines)
    if part.size < face.size - 0.6 and not (heavy and (_NUMBERED.match(text) or all(map(_in_capitals, part.lines)))):
        return False
    large = part.size > face.size * 1.08
    slanted = all(line.italic > 0.8 for line in part.lines)
    if _NUMBERED.match(text) and letters > 0.5 * len(text) and (heavy or large or slanted):
        return True
    if len(part.lines) == 1 and (heavy or slanted) and NUMBERED_HEADING.match(text):
        return True
    if all(map(_in_capitals, part.lines)) and part.size > face.size - 0.3 and letters >= 8 and text[-1] != ".":
        return True
    return (heavy or large) and not text.endswith(".") and letters > 0.5 * len(text)


def _is_label(part: Part, face: Face, width: float) -> bool:
    """Say whether a part is lettering of a drawing: short lines, no sentence, not set as the body."""
    if all(line.right - line.left < 0.55 * width or len(line.text) < 25 for line in part.lines):
        text = part.text
        words = len(_SENTENCE.findall(text))
        other = abs(part.size - face.size) > 0.4
        return (other and words < 7 * len(part.lines) and not text.endswith(".")) or words == 0
    return False


def with_levels(parts: Sequence[Part]) -> None:
    """Rank headings: by their numbers where they are numbered, else by size, capitals, weight and slant."""
    headings = [p for p in parts if p.kind == "heading"]
    looks: dict[int, tuple[float, bool, bool]] = {}
    for part in headings:
        caps = part.text.upper() == part.text
        looks[id(part)] = (round(part.size * 2) / 2, caps, part.lines[0].italic < 0.8)
    ranks = sorted(set(looks.values()), reverse=True)
    main = [looks[id(p)] for p in headings if KNOWN_HEADING.match(p.text) and "preparation" not in p.text.lower()]
    first = min((ranks.index(look) for look in main[:3]), default=0)
    for part in headings:
        numbered = _NUMBERED.match(part.text)
        part.level = 1 + numbered[1].count(".") if numbered else max(1, 1 + ranks.index(looks[id(part)]) - first)


def find_title(parts: Sequence[Part], metadata_title: str, face: Face) -> None:
    """Mark the title on page one: what the file's metadata say it is, else the largest print of four words or more."""
    page = [p for p in parts if p.page == 1 and p.kind not in ("table", "furniture", "caption")]
    wanted = _letters(metadata_title)
    if len(metadata_title.split()) >= 4:
        for i, part in enumerate(page):
            for j in range(i + 1, min(i + 5, len(page) + 1)):
                if _letters(" ".join(p.text for p in page[i:j])) == wanted and part.lines[0].size > 0:
                    for p in page[i:j]:
                        p.kind = "title"
                    return
    large = [p for p in page if len(p.text.split()) >= 4 and 20 < len(p.text) < 400 and not _is_no_title(p.text)]
    size = max((p.size for p in large), default=0.0)
    if size < 1.12 * face.size:
        return
    for a in large:
        if a.size > size - 0.3:
            a.kind = "title"
            at = page.index(a)
            for b in page[at + 1 :]:
                if abs(b.size - size) > 0.3 or b.kind == "title":
                    break
                b.kind = "title"
            return


def _is_no_title(text: str) -> bool:
    return bool(_BANNER.match(text) or _NUMBERED.match(text) or KNOWN_HEADING.match(text))


def set_apart_front(parts: Sequence[Part]) -> None:
    """Make notes of what stands on page one between the title and the text: names, addresses, dates."""
    at = max((i for i, p in enumerate(parts) if p.kind == "title"), default=-1)
    if at < 0:
        return
    between: list[Part] = []
    for part in parts[at + 1 :]:
        text = part.text
        if part.page > 1 or KNOWN_HEADING.match(text) or _RUN_IN.match(text) or len(_SENTENCE.findall(text)) > 35:
            break
        numbered = _NUMBERED.match(text)
        if part.kind == "heading" and numbered and numbered[1] in ("1", "I"):
            break
        if part.kind in ("heading", "paragraph", "label"):
            between.append(part)
    for part in between:
        part.kind = "note"


def set_apart_contents(parts: Sequence[Part]) -> None:
    """Make labels of a table of contents: lines that end in page numbers."""
    listed = False
    for part in parts:
        numbered = bool(re.search(r"(?:\s|\.)\d{1,4}$", part.text))
        if part.kind == "heading" and _CONTENTS.match(part.text):
            listed = True
        elif part.kind != "furniture":
            listed = listed and numbered
            if part.kind in ("heading", "paragraph", "caption") and (listed or _LEADERS.search(part.text)):
                part.kind = "label"


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def entries(parts: Sequence[Part]) -> Iterator[list[Line]]:
    """Part a reference list: at numbers that count up, else at lines that hang out, else at ends of sentences."""
    lines = [(line, number) for number, part in enumerate(parts) for line in part.lines]
    if not lines:
        return
    starts = _counted([line for line, _ in lines])
    if len(starts) < 2 or len(starts) < len(lines) / 12:
        starts = _hanging(lines)
    for a, b in pairwise([*sorted({0, *starts}), len(lines)]):
        yield [line for line, _ in lines[a:b]]


def unheaded_references(parts: Sequence[Part]) -> int | None:
    """Find where a reference list without a heading begins: numbered entries with years near the end."""
    half = len(parts) // 2
    for number, part in enumerate(parts[half:], half):
        if re.match(r"^[\[(]?1[\].)]", part.text):
            lines = [line for p in parts[number:] for line in p.lines]
            starts = _counted(lines)
            dated = sum(
                bool(re.search(r"\b(?:19|20)\d\d\b", " ".join(line.text for line in lines[a:b])))
                for a, b in pairwise(starts)
            )
            if len(starts) >= 5 and dated > 0.6 * len(starts):
                return number
    return None


def _counted(lines: Sequence[Line]) -> list[int]:
    wanted = 1
    starts: list[int] = []
    for number, line in enumerate(lines):
        match = re.match(r"^[\[(]?(\d{1,3})(?:[\].)]+|\s)", line.text)
        if match and (int(match[1]) == wanted or (starts and 0 < int(match[1]) - wanted <= 2)):
            starts.append(number)
            wanted = int(match[1]) + 1
    return starts


def _hanging(lines: Sequence[tuple[Line, int]]) -> list[int]:
    """Find lines that stand further left than the others of their column (lines near in place share one)."""
    out: list[int] = []
    for number, (line, _) in enumerate(lines):
        near = [x.left for x, _ in lines[max(number - 8, 0) : number + 9] if abs(x.left - line.left) < 40]
        flush = line.left < min(near) + 2
        hangs = max(near) > min(near) + 4
        ended = number == 0 or bool(TERMINAL.search(lines[number - 1][0].text))
        if (flush and hangs) or (not hangs and ended and line.text[:1].isupper()):
            out.append(number)
    return out
