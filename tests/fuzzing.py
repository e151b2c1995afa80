"""Hostile documents and filters, seeded: sound ones with bytes altered, pieces moved and nasty things put in.

``python tests/fuzzing.py MINUTES [SEED]`` goes on until the time is over, prints what it found and leaves each find in
a folder; ``tests/test_fuzzing.py`` does some hundred cases.  What is wanted: a document is mined, or refused with an
``UnreadableDocument``; a filter is answered, or refused with a ``KBError``; neither takes long.
"""

from __future__ import annotations

import functools
import io
import random
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from extractors.deadline import time_limit
from extractors.pipeline import mine_file
from kb.query import find
from kb.store import ingest_document, open_base
from schema.errors import KBError, TooSlow, UnreadableDocument

ROOT = Path(__file__).parent.parent
SECONDS = 60  # for some kilobytes, on a machine that has other things to do
PIECE = 3000  # [bytes] of a corpus text: as much as tells something

JATS = """<?xml version="1.0"?><article><front><article-meta><article-id pub-id-type="doi">10.1000/f.1</article-id>
<title-group><article-title>A layer on copper</article-title></title-group><pub-date><year>2020</year></pub-date>
</article-meta></front><body><sec><title>Results</title><p>The PVDF-coated Cu keeps a CE of 98.3% over 260 cycles at
1 mA cm<sup>−2</sup> <xref ref-type="bibr" rid="b1">[1]</xref>.</p><table-wrap><label>Table 1</label><caption><p>Cells
</p></caption><table><thead><tr><th>electrode</th><th colspan="2">CE (%)</th></tr></thead><tbody><tr><td rowspan="2">
PVDF@Cu</td><td>98.3</td><td>97.1</td></tr><tr><td>96</td><td>95</td></tr></tbody></table></table-wrap><p><mml:math
xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msup><mml:mn>10</mml:mn><mml:mn>4</mml:mn></mml:msup></mml:math>
S cm-1</p></sec></body><back><ref-list><ref id="b1"><label>1</label><mixed-citation>A. Author, 2019</mixed-citation>
</ref></ref-list></back></article>"""
HTML = """<!DOCTYPE html><html><head><title>A layer on copper</title><meta name="citation_doi" content="10.1000/f.2">
<meta name="citation_title" content="A layer on copper"></head><body><article><h1>A layer on copper</h1><h2>Results</h2>
<p>The PVDF-coated Cu keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm<sup>&minus;2</sup>.</p><table>
<caption>Table 1. Cells</caption><tr><th>electrode</th><th colspan="2">overpotential (mV)</th></tr><tr><td rowspan="2">
PVDF@Cu</td><td>32</td><td>40</td></tr><tr><td>93</td><td>50</td></tr></table><ul><li>1.2 &times; 10<sup>-4</sup> S
cm<sup>-1</sup></li></ul><h2>References</h2><ol><li>A. Author, J. Journal 2019, 3, 14.</li></ol></article></body>"""

NASTY = (
    "\0", "\ufeff", "\ud800", "\u202e", "\u200b" * 40, "\u0301" * 200, "\r", "\x1b[2J", "\U0010ffff", "９８.３％",
    "9" * 400, "1e999999", "-1e-999999", "10^99999999", "10⁹⁹⁹⁹⁹⁹", "0x10", "1" + ",000" * 100, "1.2.3.4.5.6.7.8.9",
    "± " * 80, "1 ± 2 ± 3", "%" * 90, "mA " * 200, "1/0 h", "98.3–" * 60, "(" * 600, "[" * 600, "{" * 300, "((1))" * 90,
    "|" * 500, "| 1 " * 200 + "\n|---|\n", "#" * 300 + " a", "> " * 300, "* " * 300, "`" * 301, "\n" * 400, "$" * 99,
    "Li" * 400, "Li0.5" * 100, "Li99999999999O", "H" * 300, "(Li(Li(Li(Li(Li)2)2)2)2)2", "PVDF@" * 200, "a-" * 500,
    "<table>" * 60, "<td colspan=999999999>", '<td rowspan="99999999">', "<td colspan=-1>", "<b>" * 400, "</p>" * 200,
    "<!--", "]]>", "<![CDATA[", "&#0;", "&#x110000;", "&#xD800;", "&amp;" * 200, "&a;",
    "<?xml?>", '<x a="' + "y" * 900,
    "<math><msup>" * 50, "<xref rid='b1'>", "<ref id='b1'>", "doi:10.1000/" + "x" * 900, "[1-999999999]",
    "[1,2,3-" * 90, "Table 1", "Figure 1", "References\n", "\nREFERENCES\n1. ", "endobj", "stream\n",
    "/Length 999999999",
    "/Kids [3 0 R]",
    "/Parent 1 0 R", "/MediaBox [0 0 1e30 1e30]", "/MediaBox [0 0 0 0]", "/Count -1", "xref\n0 999999999", "1 0 obj",
)  # fmt: skip


@functools.cache
def sound_pdf() -> bytes:
    """A page with a sentence and a table, uncompressed, so that what is altered means something."""
    from reportlab.lib.pagesizes import A5
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    page = Canvas(stream, pagesize=A5, pageCompression=0, invariant=1)
    page.drawString(40, 500, "A layer on copper")
    for line, text in enumerate(
        ("The PVDF-coated Cu keeps a Coulombic efficiency of 98.3%", "over 260 cycles at 1 mA.")
    ):
        page.drawString(40, 470 - 14 * line, text)
    for row, cells in enumerate((("electrode", "CE (%)"), ("PVDF@Cu", "98.3"), ("bare Cu", "91.2"))):
        for column, text in enumerate(cells):
            page.drawString(40 + 90 * column, 400 - 16 * row, text)
    page.showPage()
    page.save()
    return stream.getvalue()


@functools.cache
def sound_documents() -> tuple[tuple[str, bytes], ...]:
    """Endings and contents of the documents that hostile ones are made of."""
    corpus = [p for p in sorted((ROOT / "corpus").iterdir()) if p.suffix in (".md", ".txt")]
    texts = [(p.suffix, p.read_bytes()[:PIECE]) for p in corpus[::4]]
    return (*texts, (".xml", JATS.encode()), (".html", HTML.encode()), (".pdf", sound_pdf())) * 2


def altered(content: bytes, at: random.Random) -> bytes:
    """Alter a document in one to six places."""
    out = bytearray(content)
    for _ in range(at.randint(1, 6)):
        place = at.randrange(len(out) + 1)
        length = int(at.expovariate(1 / 40)) + 1
        match at.randrange(7):
            case 0:
                out[place : place + length] = at.randbytes(length)
            case 1:
                del out[place : place + length]
            case 2:
                out[place:place] = out[place : place + length] * at.randint(2, 60)
            case 3:
                other = at.choice(sound_documents())[1]
                start = at.randrange(len(other))
                out[place:place] = other[start : start + 5 * length]
            case 4 if out:
                place = min(place, len(out) - 1)
                out[place] ^= 1 << at.randrange(8)
            case 5 if at.random() < 0.1:
                del out[place:]
            case _:
                out[place:place] = at.choice(NASTY).encode("utf-8", "surrogatepass")
    return bytes(out)


def hostile_document(seed: int) -> tuple[str, bytes]:
    """Give the ending and the content of a document; the same for the same seed."""
    at = random.Random(seed)
    ending, content = at.choice(sound_documents())
    return ending, altered(content, at)


def try_document(db: sqlite3.Connection, path: Path) -> None:
    """Mine a file and put it into a base, as an ingestion does; what is not foreseen is raised."""
    try:
        with time_limit(SECONDS, path.name):
            mined = mine_file(path)
    except TooSlow:
        raise
    except UnreadableDocument as error:
        assert "\n" not in str(error), "one line"
        return
    ingest_document(db, mined, path=path.name, extractor_version="fuzz")


WORDS = (
    "coulombic_efficiency", "overpotential", "cycling_hours", "current_density", "year", "is_control", "components",
    "text", "elements", "doi", "paper.year", "condition.areal_capacity", "value", "metric", "@high", "nothing",
    "temperature_C", ">=", "<", "=", "!=", "AND", "OR", "NOT", "(", ")", "AT", ",", "HAS", "ANY", "ALL", "BETWEEN",
    "IS", "KNOWN", "UNKNOWN", "MATCHES", "MAYBE", "REPORTED", "98", "-1e400", "1e-400", "9" * 30, "0.5 mA/cm^2",
    "10 A/m^2", "3 parsec", '"PVDF"', "'", '"', '"artificial SEI"', '"a" OR "', '"NEAR(a b, 1)"', '"*"', "true",
    "mA^99", "%", "\\", ";", "--", "\x00", "\ud800", "µm", "−5", "é",
)  # fmt: skip


def hostile_filter(seed: int) -> str:
    """Give a filter of words that filters are made of, in whatever order; now and then a deep one."""
    at = random.Random(seed)
    words = [at.choice(WORDS) for _ in range(at.randint(1, 14))]
    if at.random() < 0.3:
        # Sound but for one word.
        words = [
            "coulombic_efficiency",
            ">=",
            "98",
            "AND",
            "NOT",
            "is_control",
            "OR",
            "year",
            "BETWEEN",
            "2000",
            "AND",
            "2020",
        ]
        words[at.randrange(len(words))] = at.choice(WORDS)
    if at.random() < 0.05:
        depth = at.choice((10, 200, 3000))
        words = [*at.choice(("(", "NOT ", "NOT (")) * depth, *words, *")" * at.choice((0, depth))]
    if at.random() < 0.05:
        words = [*words, at.choice(("AND", "OR"))] * at.choice((5, 60))
    return " ".join(words)


def try_filter(db: sqlite3.Connection, text: str) -> None:
    """Ask a filter; what is not foreseen is raised."""
    try:
        with time_limit(SECONDS, "filter"):
            list(find(db, text))
    except TooSlow:
        raise
    except KBError:
        return


def fuzz(minutes: float, seed: int, folder: Path) -> Iterator[str]:
    """Try documents and filters until the time is over; give a line for each find, whose file stays."""
    folder.mkdir(exist_ok=True, parents=True)
    writer, reader = open_base(folder / "kb.sqlite", read_only=False), open_base(folder / "kb.sqlite")
    end, tried = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        seed, tried = seed + 1, tried + 1
        ending, content = hostile_document(seed)
        path = folder / f"{seed}{ending}"
        path.write_bytes(content)
        if told := _failure(lambda path=path: try_document(writer, path)):  # type: ignore[misc]
            yield f"{path}: {told}"
        else:
            path.unlink()
        text = hostile_filter(seed)
        if told := _failure(lambda text=text: try_filter(reader, text)):  # type: ignore[misc]
            yield f"filter {seed} {text[:80]!r}: {told}"
    yield f"{tried} documents and filters, up to seed {seed}"


def _failure(work: Callable[[], None]) -> str:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:200]} ({Path(where.filename).name}:{where.lineno})"
    return ""


if __name__ == "__main__":
    import tempfile

    found = Path(tempfile.mkdtemp(prefix="kb-fuzz-"))
    for line in fuzz(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9), found):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
