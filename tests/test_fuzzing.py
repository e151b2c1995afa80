"""Hostile documents and filters: mined or refused in one line, in time, and the base they go into stays sound.

``KB_FUZZ`` is how many seeded ones are tried; ``make fuzz`` goes on for an hour.  ``PLANTED`` are those that are known
to hurt readers in general, and what was found.
"""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.store import open_base
from schema.errors import TooSlow, UnreadableDocument

from .fuzzing import (
    HTML,
    JATS,
    WORDS,
    hostile_document,
    hostile_filter,
    sound_documents,
    sound_pdf,
    try_document,
    try_filter,
)

CASES = int(os.environ.get("KB_FUZZ", "120"))
SENTENCE = b"The PVDF-coated Cu keeps a Coulombic efficiency of 98.3% over 260 cycles at 1 mA cm-2.\n"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "kb.sqlite"


@pytest.fixture(scope="module")
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    db = open_base(path, read_only=False)
    yield db
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert not db.execute("PRAGMA foreign_key_check").fetchall()
    db.close()


@pytest.fixture(scope="module")
def reader(writer: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    db = open_base(path)
    yield db
    db.close()


@pytest.mark.parametrize("block", range(4))
def test_altered_documents(writer: sqlite3.Connection, tmp_path: Path, block: int) -> None:
    for seed in range(block, CASES, 4):
        ending, content = hostile_document(seed)
        file = tmp_path / f"{seed}{ending}"
        file.write_bytes(content)
        try_document(writer, file)


def test_the_documents_they_are_made_of_are_sound(writer: sqlite3.Connection, tmp_path: Path) -> None:
    for number, (ending, content) in enumerate(sound_documents()):
        file = tmp_path / f"{number}{ending}"
        file.write_bytes(content)
        try_document(writer, file)
    assert writer.execute("SELECT count(DISTINCT format) FROM documents").fetchone()[0] >= 5


def test_filters_of_words_in_any_order(reader: sqlite3.Connection) -> None:
    for seed in range(5 * CASES):
        try_filter(reader, hostile_filter(seed))


@settings(max_examples=CASES)
@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4))).map(" ".join)))
def test_filters_of_any_signs(reader: sqlite3.Connection, text: str) -> None:
    try_filter(reader, text)


def pdf(body: str, root: int = 1) -> bytes:
    return f"%PDF-1.7\n{body}\ntrailer << /Root {root} 0 R /Size 99 >>\nstartxref\n0\n%%EOF\n".encode()


def zipped(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("paper.txt", content)
    return stream.getvalue()


def bomb() -> bytes:
    """A page whose text grows a thousandfold when it is unpacked."""
    packed = zlib.compress(b"BT /F1 9 Tf (98.3 %) Tj ET\n" * 1_000_000, 9)
    stream = b"4 0 obj << /Length %d /Filter /FlateDecode >> stream\n" % len(packed) + packed + b"\nendstream endobj\n"
    page = b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >> endobj\n"
    head = (
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
    )
    return b"%PDF-1.7\n" + head + page + stream + b"trailer << /Root 1 0 R >>\n%%EOF\n"


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
CATALOG = "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
PLANTED = {
    "zeros.txt": b"PVDF-coated Cu keeps a CE of 0" + b",000" * 60 + b" % and 00,000,000 mV over 260 cycles.",
    "empty brackets.html": HTML.replace("CE (%)", "").replace("overpotential (mV)", "cycle life ()").encode(),
    "zip.txt": zipped(SENTENCE),
    "zip.pdf": zipped(SENTENCE * 1000),
    "gzip.xml": gzip.compress(JATS.encode()),
    "gzip bomb.html": gzip.compress(bytes(50_000_000)),
    "laughs.xml": f'<!DOCTYPE a [<!ENTITY a0 "ha">{LAUGHS}]><article><body><p>&a9;</p></body></article>'.encode(),
    "outer.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><body><p>&x;</p></body></article>',
    "deep.xml": b"<article>" * 100_000,
    "deep.html": b"<div>" * 100_000 + SENTENCE,
    "deep quotes.md": b"> " * 50_000 + SENTENCE,
    "deep brackets.txt": b"(" * 50_000 + SENTENCE + b")" * 50_000,
    "attributes.html": b"<p " + b"a=b " * 200_000 + b">" + SENTENCE,
    "wide cell.html": HTML.replace('colspan="2"', 'colspan="999999999"').encode(),
    "tall cell.xml": JATS.replace('rowspan="2"', 'rowspan="999999999"').encode(),
    "huge number.txt": SENTENCE.replace(b"98.3", b"9" * 100_000),
    "huge exponent.txt": SENTENCE.replace(b"98.3", b"1e999999999").replace(b"260", b"10^999999999"),
    "huge range.txt": SENTENCE.replace(b"cycles", b"cycles [1-999999999999]"),
    "nul.txt": SENTENCE.replace(b" ", b"\0"),
    "one nul.md": SENTENCE + b"\0",
    "surrogate.txt": SENTENCE + "\ud800".encode("utf-8", "surrogatepass"),
    "surrogate.xml": JATS.replace("98.3", "&#xD800;98.3").encode(),
    "surrogate.html": HTML.replace("98.3", "&#xD800;98.3&#0;&#x110000;").encode(),
    "escapes.txt": b"\x1b]0;owned\x07\x1b[2J" + SENTENCE,
    "long line.txt": SENTENCE.strip() * 700,
    "long word.txt": b"Li" * 50_000 + b" " + SENTENCE,
    "dots.txt": b"." * 100_000 + SENTENCE,
    "digits.txt": b"1 " * 20_000 + SENTENCE,
    "marks.md": b"|" * 50_000 + b"\n" + b"|-" * 20_000 + b"\n" + SENTENCE,
    "backticks.md": b"`" * 99_999 + b"\n" + SENTENCE,
    "accents.txt": ("e" + "\u0301" * 100_000).encode() + SENTENCE,
    "right to left.txt": "\u202e".encode() + SENTENCE,
    "marks only.txt": b"\xef\xbb\xbf",
    "cyclic pages.pdf": pdf(CATALOG + "2 0 obj << /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >> endobj"),
    "cyclic parents.pdf": pdf(
        CATALOG + "2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >> endobj\n"
        "3 0 obj << /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources 3 0 R >> endobj\n"
        "4 0 obj << /Length 4 0 R /Filter 4 0 R >> stream\nendstream endobj"
    ),
    "cyclic root.pdf": pdf("1 0 obj 1 0 R endobj"),
    "many pages.pdf": pdf(CATALOG + "2 0 obj << /Type /Pages /Kids [3 0 R] /Count 999999999 >> endobj\n"
                          "3 0 obj << /Type /Page /Parent 2 0 R >> endobj"),
    "vast page.pdf": sound_pdf().replace(b"/MediaBox [", b"/MediaBox [ -1e30 -1e30 1e30 1e30 ] /X ["),
    "deep objects.pdf": pdf("1 0 obj " + "[" * 100_000 + "]" * 100_000 + " endobj"),
    "bomb.pdf": bomb(),
    "cut.pdf": sound_pdf()[: len(sound_pdf()) // 2],
    "cut early.pdf": sound_pdf()[:20],
    "no end.pdf": sound_pdf().replace(b"%%EOF", b"").replace(b"startxref", b"startxrex"),
}  # fmt: skip
REFUSED = {"zip.txt", "zip.pdf", "gzip.xml", "laughs.xml", "outer.xml", "deep.xml", "deep.html", "nul.txt",
           "cyclic root.pdf", "surrogate.txt", "surrogate.xml", "cut early.pdf", "cyclic pages.pdf"}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_planted_documents(writer: sqlite3.Connection, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(PLANTED[name])
    before = writer.execute("SELECT count(*) FROM documents").fetchone()[0]
    try_document(writer, file)
    if name in REFUSED:
        assert writer.execute("SELECT count(*) FROM documents").fetchone()[0] == before, "it was mined"


def test_a_find_is_told(writer: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial itself: an error nobody foresaw, and one that is late, come through; a refusal does not."""
    from . import fuzzing

    for error, comes in ((UnreadableDocument("a", "b"), False), (TooSlow("a", 1), True), (IndexError("x"), True)):

        def fails(path: Path, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(fuzzing, "mine_file", fails)
        if comes:
            with pytest.raises(type(error)):
                fuzzing.try_document(writer, tmp_path / "a.txt")
        else:
            fuzzing.try_document(writer, tmp_path / "a.txt")
