"""Files to Documents, a folder a format.

Belongs here: whatever turns a file into passages of clean text with their original offsets.  On top stands what all
formats share: blocks, inline markup, front matter, licences, and the Document that they end in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from extractors import extensions
from extractors.readers.encoding import text_of_bytes
from extractors.readers.plain.markdown import read_markdown_string
from extractors.readers.plain.text import read_text_string
from schema.errors import UnreadableDocument
from schema.records import Document

_TEXT = frozenset({".txt", ".text"})
_MARKDOWN = frozenset({".md", ".markdown"})
_XML = frozenset({".xml", ".nxml"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
_PDF = frozenset({".pdf"})
SUFFIXES = _TEXT | _MARKDOWN | _XML | _HTML | _PDF
LIMIT_BYTES = 20_000_000  # a 1,000-page thesis is 3 MB of text; of PDFs see ``pdf.LIMIT_BYTES``


def suffixes() -> frozenset[str]:
    """Give the suffixes of files that can be read, those of other packages' readers included."""
    return SUFFIXES | extensions.declared(extensions.READERS).keys()


def read(path: str | Path) -> Document:
    """Read one file, by its suffix; of XML, by what is in it.

    Raises
    ------
    UnreadableDocument
        Missing, empty, too large, binary, not UTF-8, damaged, or of a format without a reader.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        if suffix in extensions.declared(extensions.READERS):
            return extensions.read_with(suffix, path)
        known = ", ".join(sorted(suffixes()))
        raise UnreadableDocument(
            path.name, f"no reader for {path.suffix or 'files without a suffix'}; give one of {known}"
        )
    try:
        size = path.stat().st_size
        if suffix in _PDF:
            return _read_pdf(path)
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
    return _reader(suffix)(text_of_bytes(data, path.name, suffix in _XML | _HTML), path.name)


def _read_pdf(path: Path) -> Document:
    from extractors.readers.pdf.pdf import read_pdf

    return read_pdf(path)


def _reader(suffix: str) -> Callable[[str, str], Document]:
    if suffix in _MARKDOWN:
        return read_markdown_string
    if suffix in _XML:
        return read_xml
    if suffix in _HTML:
        return read_page
    return read_text_string


def read_xml(text: str, source: str = "text.xml") -> Document:
    """Read XML that is already in memory, JATS or Elsevier's, whichever its elements say.

    Raises
    ------
    UnreadableDocument
        Not well-formed, or XML of another kind.

    Examples
    --------
    >>> read_xml("<TEI/>")
    Traceback (most recent call last):
    ...
    schema.errors.UnreadableDocument: text.xml: XML of a kind without a reader (root <TEI>); give JATS, Elsevier XML, \
HTML, PDF, Markdown or text
    """
    from extractors.readers.html import html
    from extractors.readers.xml import elsevier, jats
    from extractors.readers.xml.xml import parse_xml

    root = parse_xml(text, source)
    if jats.is_jats(root):
        return jats.document_of(root, text, source)
    if elsevier.is_elsevier(root):
        return elsevier.document_of(root, text, source)
    if root.tag == "html":
        return html.read_html(text, source)
    raise UnreadableDocument(
        source,
        f"XML of a kind without a reader (root <{root.tag}>); give JATS, Elsevier XML, HTML, PDF, Markdown or text",
    )


def read_page(text: str, source: str = "page.html") -> Document:
    """Read HTML that is already in memory.

    Raises
    ------
    UnreadableDocument
        No article in it, or a document type of its own.
    """
    from extractors.readers.html.html import read_html

    return read_html(text, source)
