"""Markdown, also as converters make it from a PDF, to a Document."""

from __future__ import annotations

from extractors.readers.plain.text import read_text_string
from schema.records import Document


def read_markdown_string(text: str, source: str = "text.md") -> Document:
    """Read Markdown that is already in memory (see ``read_text_string``)."""
    return read_text_string(text, source, markdown=True)
