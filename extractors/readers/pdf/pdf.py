"""PDF to a Document."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.deadline import seconds_left
from extractors.readers.blocks import Block, continues, dehyphenated
from extractors.readers.document import document_from
from extractors.readers.front import front_matter, references
from extractors.readers.licences import named_licence
from extractors.traced import Traced, join
from schema.errors import UnreadableDocument
from schema.records import Document

LIMIT_BYTES = 300_000_000
LIMIT_SECONDS = 60  # where the document has no limit of its own
LIMIT_MEMORY = 950_000_000  # bytes of address space
_ROOT = Path(__file__).parents[3]
_RUN_IN = re.compile(
    r"^\W*(abstract|summary|keywords|author contributions?|funding|acknowledge?ments?|conflicts? of interests?|"
    r"competing interests?|declaration of competing interests?|data availability(?: statement)?|"
    r"supplementary (?:materials?|information)|supporting information|abbreviations)\s?(?:[:.—–|]|\s-\s)\s*(?=\S)",
    re.IGNORECASE,
)
_OF_ONE_PARAGRAPH = ("keywords", "key words")  # what follows them is the text, headed or not
_PREFIX = re.compile(  # a word broken after one of these has no hyphen of its own
    r"(?:over|under|out|inter|intra|super|sub|electro|micro|nano|poly|trans|semi|non|anti|pre|up|back|with|through|"
    r"photo|thermo|hydro|meso|macro|multi|ultra|infra|counter|fore|after|down|pro|per|para|iso|hetero|homo|aero|bio)"
)
_LEADING = re.compile(r"(?:long|short|low|high|well|self|full|half)")
_ADDRESS = re.compile(r"(?:\b10\.\d{4,9}/|https?://|www\.)\S*$")
_ADDRESS_END = re.compile(r"(?!https?:|www\.|doi|\w+\.[a-z]{2,3}/)\S*[\d/-]\S*")
_CITED_AS = (
    re.compile(r"^([A-Z][A-Za-z&. -]{3,60}?),? (?:19|20)\d\d, \d"),
    re.compile(r"^([A-Z][A-Za-z&. -]{3,60}?),? \d{1,4} \((?:19|20)\d\d\)"),
    re.compile(r"^Cite this: ([A-Z][A-Za-z&. ]{3,60}?),? (?:19|20)\d\d"),
    re.compile(r"^([A-Z][A-Za-z& ]{3,60}?) \| (?:www|https?|doi|Vol)"),
)
_PUBLISHED = re.compile(r"\b[Pp]ublished(?: online| on)?\b[^.;]{0,30}?((?:19|20)\d\d)\b")
_NAME_PART = r"(?:[A-ZÀ-Þ][\w'’.-]*|de|van|von|der|la|del)"
_NAME = re.compile(rf"^{_NAME_PART}(?: {_NAME_PART}){{1,4}}$")


def read_pdf(path: str | Path) -> Document:
    """Read a PDF with a text layer.

    Columns are read one after the other; running heads, page numbers and lettering inside figures stand in
    ``original`` but in no passage; raised characters are written ``^{...}``, cells divided by ``|``.

    Returns
    -------
    Document
        ``original`` is the text of the pages in reading order, divided by form feeds; ``pages`` says where each
        begins, so that the place in a page's text is the offset less that.

    Raises
    ------
    UnreadableDocument
        No PDF, damaged, encrypted, scanned, too large, or too slow to read.
    """
    path = Path(path)
    laid = _read_apart(path)
    original = laid["text"]
    blocks = _blocks(laid["parts"], original)
    return document_from(
        blocks,
        original,
        source=path.name,
        format="pdf",
        front=_front(laid, blocks),
        references=references(blocks),
        pages=laid["pages"],
    )


def _read_apart(path: Path) -> dict[str, Any]:
    """Lay the pages out in a process of its own (see ``printed``)."""
    _check_is_pdf(path)
    paths = [str(_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)}
    # -P: a folder named extractors where the user stands is not ours
    command = [sys.executable, "-P", "-m", "extractors.readers.pdf.printed", str(path.resolve()), str(LIMIT_MEMORY)]
    still, seconds = subprocess.DEVNULL, seconds_left(LIMIT_SECONDS)
    try:
        done = subprocess.run(command, env=environment, stdin=still, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        seconds_left(LIMIT_SECONDS)
        raise UnreadableDocument(
            path.name, f"takes longer than {LIMIT_SECONDS} s to read; split it, or print it to a new PDF"
        ) from error
    if done.returncode or not done.stdout:
        raise UnreadableDocument(path.name, _failure(done.stderr.decode("utf-8", "replace")))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "unreadable" in answer:
        raise UnreadableDocument(path.name, answer["unreadable"])
    laid: dict[str, Any] = answer["laid"]
    return laid


def _failure(said: str) -> str:
    """Tell why the process ended: by the limit on memory, by pdfium (without a word), or by a mistake of ours."""
    last = said.strip().rsplit("\n", 1)[-1]
    if "Traceback" in said and "MemoryError" not in said:
        return f"its pages could not be laid out ({last}); please report this, with the file"
    return f"is damaged, or takes more than {LIMIT_MEMORY / 1e9:.1f} GB of memory to read; print it to a new PDF"


def _check_is_pdf(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(max(size - 65_536, 0))
            tail = file.read()
    except OSError as error:
        raise UnreadableDocument(
            path.name, f"cannot be opened ({error.strerror}); check the path and its permissions"
        ) from error
    if not head:
        raise UnreadableDocument(path.name, "is empty; download it again")
    if b"%PDF-" not in head:
        looks = "an HTML page" if re.match(rb"\s*<(?:!doctype|html)", head, re.IGNORECASE) else "something else"
        raise UnreadableDocument(path.name, f"is named .pdf but is {looks}; download the PDF itself")
    if b"%%EOF" not in tail:
        raise UnreadableDocument(path.name, "is cut short (its last part is missing); download it again")
    if size > LIMIT_BYTES:
        limit = f"{size / 1e6:.0f} MB is more than the {LIMIT_BYTES / 1e6:.0f} MB of one PDF"
        raise UnreadableDocument(path.name, f"{limit}; split it into papers")


@dataclass
class _Flow:
    """Where the running text stands: headings above it, the paragraph that may go on."""

    words: _Words
    blocks: list[Block] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    paragraph: Block | None = None

    @property
    def section(self) -> str:
        return " > ".join(text for _, text in self.path)

    def head(self, heading: Traced, level: int) -> None:
        name = " ".join(re.sub(r"\^\{[^}]*\}", "", heading.text).strip("■▪●□ :.").split())
        self.path = [*(p for p in self.path if p[0] < level), (level, name)]
        self.paragraph = None
        self.blocks.append(Block("heading", [heading], self.section))

    def text(self, lines: list[Traced], follows: bool) -> None:
        before = self.paragraph
        if before and (follows or continues(" ".join(p.text for p in before.parts[-2:]), lines[0].text)):
            before.parts.extend(self.joined([before.parts.pop(), *lines]))
            return
        self.paragraph = self.labelled(lines)

    def table(self, rows: list[Traced], follows: bool) -> None:
        """Add a table, or the rows that go on with the last one, less its head where that is printed again."""
        before = next((b for b in reversed(self.blocks) if b.kind == "table"), None)
        if not follows or not before:
            self.blocks.append(Block("table", rows, self.section))
            return
        while self.blocks[-1] is not before:
            self.blocks.pop()  # "Table 2 (continued)"
        before.parts.extend(rows[1:] if rows and rows[0].text == before.parts[0].text else rows)

    def labelled(self, lines: list[Traced]) -> Block:
        """Add a paragraph; a label that it begins with (``Funding: ...``) is the heading of this paragraph only."""
        above = self.path
        label = _RUN_IN.match(lines[0].text)
        if label:
            self.head(lines[0][label.start(1) : label.end(1)], 1)
            lines = [lines[0][label.end() : len(lines[0].text)], *lines[1:]]
        block = Block("paragraph", self.joined(lines), self.section)
        self.blocks.append(block)
        if label or (self.path and self.path[-1][1].lower() in _OF_ONE_PARAGRAPH):
            self.path = [p for p in above if p[1].lower() not in _OF_ONE_PARAGRAPH]
        return block

    def joined(self, lines: Sequence[Traced]) -> list[Traced]:
        """Join words, addresses, raised markers broken at a line's end; a compound of the paper keeps its hyphen."""
        out: list[Traced] = []
        for line in lines:
            a = re.search(r"([A-Za-z]+)-$", out[-1].text) if out else None
            b = re.match(r"[A-Za-z]+", line.text)
            compound = bool(a and b and self.words.is_compound(a[1].lower(), b[0].lower()))
            address = out and _ADDRESS.search(out[-1].text) and _ADDRESS_END.fullmatch(line.text)
            tight = out and (line.text.startswith("^{") or out[-1].text.endswith(("(", "[", "@", "|", "·")))
            if compound or address or tight:
                out[-1] = join([out[-1], line], "")
            else:
                out.append(line)
        return dehyphenated(out)


class _Words:
    """The words of a paper, to tell a compound (``low-`` ``frequency``) from a broken word (``elec-`` ``trode``)."""

    def __init__(self, original: str) -> None:
        whole = re.sub(r"[a-z]+-\n+[a-z]+", " ", original.lower())
        self._seen = Counter(re.findall(r"[a-z]+(?:-[a-z]+)?", whole))

    def is_compound(self, a: str, b: str) -> bool:
        """Say whether ``a-b`` keeps its hyphen.

        Examples
        --------
        >>> words = _Words("low values at each frequency, of the elec-\\ntrode; electrode")
        >>> words.is_compound("low", "frequency"), words.is_compound("elec", "trode")
        (True, False)
        """
        together, apart = self._seen[a + b], self._seen[f"{a}-{b}"]
        if together or apart:
            return apart >= together
        if _LEADING.fullmatch(a) and len(b) > 3:
            return not b.startswith("light")
        return len(a) > 2 and not _PREFIX.fullmatch(a) and bool(self._seen[a] and self._seen[b])


def _blocks(parts: Sequence[Mapping[str, Any]], original: str) -> list[Block]:
    flow = _Flow(_Words(original))
    for part in parts:
        kind = part["kind"]
        if kind == "table":
            flow.table([_row(row, original, flow) for row in part["rows"]], part["follows"])
            continue
        lines = [Traced.of(original, start, end) for start, end in part["lines"]]
        if kind == "heading":
            flow.head(join(flow.joined(lines)), part["level"])
        elif kind == "paragraph":
            flow.text(lines, part["follows"])
        elif kind == "title":
            if flow.blocks and flow.blocks[-1].kind == "title":
                flow.blocks[-1].parts.extend(lines)
            else:
                flow.blocks.append(Block("title", lines))
        elif kind == "note":
            flow.labelled(lines)
        elif kind in ("caption", "reference"):
            flow.blocks.append(Block(kind, flow.joined(lines), flow.section))
    return flow.blocks


def _row(cells: Sequence[Sequence[Sequence[int]]], original: str, flow: _Flow) -> Traced:
    """Make one line of a table's row; a bar inside a cell (``Li|Cu``) becomes a stroke, since bars divide cells."""
    texts: list[Traced] = []
    if len(cells) > 2 and not any(cells[1:]):
        cells = cells[:1]  # a line across the table
    end = next((places[0][0] for places in cells if places), 0)
    for places in cells:
        pieces = [Traced.of(original, a, b) for a, b in places] or [Traced.of(original, end, end)]
        cell = join(flow.joined(pieces)).rewrite(re.compile(r"\|+"), lambda m: ["/"])
        end = cell.offsets[-1]
        texts.append(cell)
    return join([texts[0][:0], *texts, texts[-1][len(texts[-1].text) :]], " | ") if texts else Traced.of(original, 0, 0)


def _front(laid: Mapping[str, Any], blocks: Sequence[Block]) -> dict[str, object]:
    """Read the front matter from the first page, its running heads, and the file's metadata."""
    original, metadata = laid["text"], laid["metadata"]
    out = front_matter(blocks, original)
    title = " ".join(" ".join(b.raw for b in blocks if b.kind == "title").replace("^{", "").replace("}", "").split())
    named = metadata.get("Title", "")
    if title or len(named.split()) >= 4:
        out["title"] = title or named
    first = [(p["kind"], original[s:e]) for p in laid["parts"] if p["page"] <= 2 for s, e in p.get("lines", ())]
    journal = next((m[1] for _, text in first for form in _CITED_AS if (m := form.match(text))), "")
    if journal and "journal" not in out:
        out["journal"] = journal.strip(" ,")
    authors = _authors(laid["parts"], original) or tuple(
        a.strip() for a in re.split(r"[;,]| and ", metadata.get("Author", "")) if _NAME.match(a.strip())
    )
    if authors and "authors" not in out:
        out["authors"] = authors
    year = next((int(m[1]) for _, text in first if (m := _PUBLISHED.search(text))), None)
    if year:
        out["year"] = year
    words = re.search(r"\bCC[ -](?:BY(?:-(?:NC|ND|SA)){0,2})\b(?: \d\.\d)?", original)
    licence = named_licence(re.sub(r"(?<=[/.-])\n", "", original)) or out.get("licence") or (words and words[0])
    if licence:
        out["licence"] = licence
    made = re.match(r"D:((?:19|20)\d\d)", metadata.get("CreationDate", ""))
    if made and "year" not in out:
        out["year"] = int(made[1])
    return out


def _authors(parts: Sequence[Mapping[str, Any]], original: str) -> tuple[str, ...]:
    """Read the names that stand under the title."""
    kinds = [p["kind"] for p in parts[:60]]
    if "title" not in kinds:
        return ()
    at = len(kinds) - kinds[::-1].index("title")
    for part in parts[at : at + 3]:
        text = " ".join(original[s:e] for s, e in part.get("lines", ()))
        plain = re.sub(r"\^\{[^}]*\}|[*†‡§¶#∗]|\b\d\b", " ", text)
        names = [" ".join(n.split()) for n in re.split(r"[,;]|\band\b|&", plain)]
        names = [n for n in names if n and not re.fullmatch(r"[a-z]", n)]
        if names and sum(bool(_NAME.match(n)) for n in names) >= 0.7 * len(names):
            return tuple(n for n in names if _NAME.match(n))
    return ()
