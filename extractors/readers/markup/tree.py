"""A tree of elements whose texts know their places in the file: what the XML and HTML parsers grow."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.traced import Traced
from schema.errors import UnreadableDocument

MAX_ELEMENTS = 250_000  # the longest articles, with every formula in MathML, have 60,000
MAX_DEPTH = 128  # publishers' pages come to 60; what walks the tree calls itself as deep
MAX_TEXT = 6_000_000  # characters; a thesis of 1,000 pages has 3,000,000
_MAX_VALUE = 4_000  # characters kept of an attribute


@dataclass(slots=True)
class Element:
    """An element by its local name, with its place in the file.

    Attributes
    ----------
    tag : local name, without a namespace prefix
    attributes : by local name
    start, end : offsets of the whole element in the original
    children : elements and texts in their order
    """

    tag: str
    attributes: dict[str, str]
    start: int
    end: int
    children: list[Element | Traced] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Give the child elements."""
        return (child for child in self.children if isinstance(child, Element))

    def get(self, name: str) -> str:
        """Give an attribute, "" where there is none."""
        return self.attributes.get(name, "")

    def child(self, *tags: str) -> Element | None:
        """Give the first child of one of these names."""
        return next((child for child in self if child.tag in tags), None)

    def every(self, *tags: str, outside: frozenset[str] = frozenset()) -> Iterator[Element]:
        """Give the descendants of these names (of any, without names) in document order.

        Parameters
        ----------
        outside : names into which the search does not go
        """
        stack = [iter(self)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
                continue
            if not tags or element.tag in tags:
                yield element
            if element.tag not in outside:
                stack.append(iter(element))

    def first(self, *tags: str, outside: frozenset[str] = frozenset()) -> Element | None:
        """Give the first descendant of one of these names."""
        return next(self.every(*tags, outside=outside), None)

    def words(self) -> str:
        """Give all characters inside, white space made single."""
        out: list[str] = []
        stack: list[Iterator[Element | Traced]] = [iter(self.children)]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
            elif isinstance(node, Traced):
                out.append(node.text)
            else:
                stack.append(iter(node.children))
        return " ".join("".join(out).split())


class Grower:
    """Grows one tree from a parser's events, within limits that keep memory bounded."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.root = Element("", {}, 0, 0)
        self.stack = [self.root]
        self._texts: list[str] = []
        self._offsets: array[int] = array("L")
        self._end = 0
        self._elements = self._length = 0

    def open(self, tag: str, attributes: dict[str, str], start: int) -> None:
        """Begin an element."""
        self._flush()
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            self._refuse(f"has more than {MAX_ELEMENTS:,} elements; split it into papers")
        if len(self.stack) > MAX_DEPTH:
            self._refuse(
                f"nests elements more than {MAX_DEPTH} deep, which no article does; save it anew or give its PDF"
            )
        element = Element(tag, {name: value[:_MAX_VALUE] for name, value in attributes.items()}, start, start)
        self.stack[-1].children.append(element)
        self.stack.append(element)

    def close(self, end: int) -> None:
        """End the innermost open element."""
        self._flush()
        self.stack.pop().end = end

    def text(self, text: str, start: int, end: int) -> None:
        """Add characters that stand at ``start`` to ``end``; of a reference (``&#x2212;``) all stand at its start."""
        self._length += len(text)
        if self._length > MAX_TEXT:
            self._refuse(f"holds more than {MAX_TEXT:,} characters of text; split it into papers")
        self._texts.append(text)
        self._offsets.extend(range(start, end) if len(text) == end - start else [start] * len(text))
        self._end = end

    def _flush(self) -> None:
        if self._texts:
            self._offsets.append(self._end)
            self.stack[-1].children.append(Traced("".join(self._texts), self._offsets))
            self._texts, self._offsets = [], array("L")

    def _refuse(self, reason: str) -> None:
        raise UnreadableDocument(self.source, reason)
