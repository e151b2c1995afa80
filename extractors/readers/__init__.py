"""Files to Documents, one module a format.

Belongs here: whatever turns a file into passages of clean text with their original offsets.
"""

from __future__ import annotations

from pathlib import Path

from extractors.readers.markdown import read_markdown_string
from extractors.readers.text import read_text_string
from schema.errors import UnreadableDocument
from schema.records import Document

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
LIMIT_BYTES = 20_000_000  # a 1,000-page thesis is 3 MB of text


def read(path: str | Path) -> Document:
    """Read one file.

    Raises
    ------
    UnreadableDocument
        Missing, empty, too large, binary, not UTF-8, or of a format without a reader.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableDocument(
            path.name, f"no reader for {path.suffix or 'files without a suffix'}; give one of {known}"
        )
    try:
        size = path.stat().st_size
        if size > LIMIT_BYTES:
            limit = f"{size / 1e6:.0f} MB is more than the {LIMIT_BYTES / 1e6:.0f} MB of one document"
            raise UnreadableDocument(path.name, f"{limit}; split it into papers")
        data = path.read_bytes()
    except UnreadableDocument:
        raise
    except OSError as error:
        raise UnreadableDocument(
            path.name, f"cannot be opened ({error.strerror}); check the path and its permissions"
        ) from error
    text = _decoded(data, path.name)
    markdown = path.suffix.lower() in {".md", ".markdown"}
    return read_markdown_string(text, path.name) if markdown else read_text_string(text, path.name)


def _decoded(data: bytes, source: str) -> str:
    if not data.strip():
        raise UnreadableDocument(source, "is empty; give the paper's text")
    if b"\0" in data[:65536]:
        raise UnreadableDocument(source, "is a binary file, not text; give the paper's text or Markdown")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        remedy = "save it as UTF-8, for example: iconv -f latin1 -t utf-8"
        raise UnreadableDocument(
            source, f"is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}); {remedy}"
        ) from error
    control = sum(1 for c in text[:65536] if c < " " and c not in "\t\n\r\f\v")
    if control > len(text[:65536]) * 0.05:
        raise UnreadableDocument(source, "is a binary file, not text; give the paper's text or Markdown")
    return text
