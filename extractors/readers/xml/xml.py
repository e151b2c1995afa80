"""XML to a tree of elements, with nothing of a DTD read and no entity expanded."""

from __future__ import annotations

from html.entities import html5
from typing import NoReturn
from xml.parsers import expat

from extractors.readers.markup.tree import Element, Grower
from schema.errors import UnreadableDocument

_CUT = frozenset(
    {
        expat.errors.codes[name]
        for name in (
            expat.errors.XML_ERROR_NO_ELEMENTS,
            expat.errors.XML_ERROR_UNCLOSED_TOKEN,
            expat.errors.XML_ERROR_PARTIAL_CHAR,
            expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        )
    }
)


def parse_xml(text: str, source: str) -> Element:
    """Parse a whole XML text, whatever encoding its declaration names.

    Returns
    -------
    The root element; names are local names.

    Raises
    ------
    UnreadableDocument
        Not well-formed, cut off, with an internal DTD subset, or beyond the limits of ``tree``.

    Examples
    --------
    >>> root = parse_xml("<p>1 mA cm<sup>&#x2212;2</sup></p>", "a.xml")
    >>> root.words(), root.child("sup").children[0].offsets.tolist()
    ('1 mA cm−2', [15, 23, 24])
    """
    return _Parsing(text, source).root


class _Parsing:
    """One run of expat over one text; bytes are counted back to characters as the events come."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source = text, source
        self.data = text.encode("utf-8")
        self.grower = Grower(source)
        self._byte = self._place = 0
        self._plain = len(self.data) == len(text)
        parser = self.parser = expat.ParserCreate("utf-8")  # named here, it overrules the declaration
        parser.buffer_text = False
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = self._named
        try:
            parser.Parse(self.data, True)
        except expat.ExpatError as error:
            self._broken(error)
        self.root = next(iter(self.grower.root))

    def _at(self) -> int:
        byte = self.parser.CurrentByteIndex
        if self._plain:
            return byte
        self._place += len(self.data[self._byte : byte].decode("utf-8"))
        self._byte = byte
        return self._place

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            raise UnreadableDocument(
                self.source,
                "declares a DTD of its own (<!DOCTYPE ... [ ... ]>), which is not read: entities in it can be bombs "
                "or name other files; delete the part in brackets, or give the paper's HTML or PDF",
            )

    def _entity(self, name: str, *_: object) -> NoReturn:
        raise UnreadableDocument(self.source, f"declares an entity ({name}), which is not read; delete the declaration")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self.grower.open(_local(name), {_local(key): value for key, value in attributes.items()}, self._at())

    def _close(self, name: str) -> None:
        self.grower.close(self.text.find(">", self._at()) + 1)

    def _text(self, text: str) -> None:
        start = self._at()
        if self.text.startswith(text, start):
            self.grower.text(text, start, start + len(text))
        elif self.text[start] == "&":
            self.grower.text(text, start, self.text.index(";", start) + 1)
        else:  # "\r\n", and "\r" alone, are given as "\n"
            self.grower.text(text, start, start + 1 + self.text.startswith("\r\n", start))

    def _named(self, name: str, is_parameter: bool) -> None:
        """Read a name that the DTD, which is not fetched, would have declared: ``&alpha;``."""
        start = self._at()
        text = html5.get(f"{name};", "")
        if text and not is_parameter:
            self.grower.text(text, start, start + len(name) + 2)

    def _broken(self, error: expat.ExpatError) -> NoReturn:
        line, column = error.lineno, error.offset + 1
        inside = [element.tag for element in self.grower.stack[1:]]
        where = f"line {line}, column {column}" + (f", inside <{inside[-1]}>" if inside else "")
        if error.code in _CUT:
            raise UnreadableDocument(self.source, f"is XML that ends too early ({where}); fetch it again") from error
        what = expat.ErrorString(error.code)
        raise UnreadableDocument(
            self.source, f"is not well-formed XML ({where}: {what}); fetch it again or give its HTML or PDF"
        ) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
