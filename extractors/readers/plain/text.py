"""Plain text, such as a PDF gives, to a Document."""

from __future__ import annotations

from extractors.readers.document import document_from
from extractors.readers.front import front_matter, references
from extractors.readers.plain.lines import split
from schema.records import Document


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
    found = split(text, markdown)
    return document_from(
        found,
        text,
        source=source,
        format="markdown" if markdown else "text",
        front=front_matter(found, text),
        references=references(found),
        glued_citations=not markdown,
    )
