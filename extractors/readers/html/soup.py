"""HTML, however sloppily written, to a tree of elements; scripts, styles and pictures are left out."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from extractors.readers.markup.tree import Element, Grower


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TAG = re.compile(r"[A-Za-z][^\s>/]*")
_ATTRIBUTE = re.compile(r"[\s/]*(?:([^\s=>/\"'][^\s=>/]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]*))?|(?<=[\s/\"'])[=\"'])")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_KEPT = frozenset(
    {
        "id", "class", "href", "name", "content", "property", "itemprop", "scheme", "colspan", "rowspan", "rel", "role",
        "rid", "onclick", "aria-hidden", "hidden", "style", "data-bib-id", "data-counter", "data-title", "data-test",
        "data-xocs-content-type", "data-xocs-content-id", "data-rid", "open", "close",
    }
)  # fmt: skip
_VOID = _tags("area base br col embed hr img input link meta param source track wbr")
_EMPTIES = _tags("a span mspace mprescripts none")
_UNREAD = ("script", "style", "textarea", "noembed", "xmp", "iframe", "noscript", "template", "svg", "select", "object")
_CLOSERS = {name: re.compile(rf"</{name}\b[^>]*>?", re.IGNORECASE) for name in _UNREAD}
_ENDS_PARAGRAPH = _tags(
    "address article aside blockquote center details dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr main menu nav ol p pre section table ul li dd dt"
)
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# opening tag -> (tags that it ends, tags beyond which it ends none)
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "th": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "thead": (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"})),
    "tbody": (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"})),
    "tfoot": (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "body": (frozenset({"head"}), frozenset()),
}
_CELLS = frozenset({"td", "th", "table", "caption"})


def parse_html(text: str, source: str) -> Element:
    """Parse an HTML text.

    Returns
    -------
    A root without a name that holds everything.

    Raises
    ------
    UnreadableDocument
        Beyond the limits of ``tree``.

    Examples
    --------
    >>> root = parse_html("<p>1 mA cm<sup>&minus;2<p>x &lt; y<br>z", "a.html")
    >>> [e.words() for e in root.every("p")], root.first("sup").children[0].offsets.tolist()
    (['1 mA cm−2', 'x < yz'], [15, 22, 23])
    """
    soup = _Soup(text, source)
    soup.run()
    return soup.grower.root


class _Soup:
    """One walk through one text; every search starts where the last one ended, so its time is linear."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.grower = Grower(source)
        self.strict = text.lstrip("\ufeff \t\r\n").startswith("<?xml")  # there <div/> is a whole element

    def run(self) -> None:
        text, position = self.text, 0
        while position < len(text):
            angle = text.find("<", position)
            if angle < 0:
                angle = len(text)
            self._characters(position, angle)
            if angle == len(text):
                break
            position = self._markup(angle)
        while len(self.grower.stack) > 1:
            self.grower.close(len(text))

    def _markup(self, at: int) -> int:
        """Read what begins at an angle bracket; give the place after it."""
        text = self.text
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            return end + 3 if end >= 0 else len(text)
        if text.startswith(("<!", "<?"), at):
            end = text.find(">", at)
            return end + 1 if end >= 0 else len(text)
        closing = text.startswith("</", at)
        name = _TAG.match(text, at + 1 + closing)
        if not name:
            self.grower.text("<", at, at + 1)
            return at + 1
        tag = name[0].lower().rpartition(":")[2]
        if closing:
            end = text.find(">", name.end())
            end = end + 1 if end >= 0 else len(text)
            self._close(tag, end)
            return end
        return self._open(tag, at, name.end())

    def _open(self, tag: str, at: int, position: int) -> int:
        attributes: dict[str, str] = {}
        while True:
            match = _ATTRIBUTE.match(self.text, position)
            if not match or match.end() == position:
                break
            position = match.end()
            name = (match[1] or "").lower()
            if name in _KEPT and name not in attributes:
                value = match[2] or ""
                attributes[name] = unescape(value[1:-1] if value[:1] in ("'", '"') else value)
        closed = self.text.find(">", position)
        if closed < 0:
            return len(self.text)
        empty = self.text.startswith("/", closed - 1)
        end = closed + 1
        if tag in _CLOSERS:
            closer = None if empty else _CLOSERS[tag].search(self.text, end)
            return end if empty else closer.end() if closer else len(self.text)
        self._imply(tag, at)
        self.grower.open(tag, attributes, at)
        if tag in _VOID or (empty and (self.strict or tag in _EMPTIES)):
            self.grower.close(end)
        return end

    def _imply(self, tag: str, at: int) -> None:
        """End what an opening tag ends unsaid."""
        ends, beyond = _ENDS.get(tag, (frozenset(), frozenset()))
        stack = self.grower.stack
        for depth in range(len(stack) - 1, 0, -1):
            name = stack[depth].tag
            ended = tag in _ENDS_PARAGRAPH and (name in ("p", "head") or (name in _HEADS and tag in _HEADS))
            if name in ends or ended:
                self._to(depth, at)
                if name in ends:
                    return
            elif name in beyond or (name in _CELLS and name not in ends and not ends):
                return

    def _close(self, tag: str, end: int) -> None:
        stack = self.grower.stack
        for depth in range(len(stack) - 1, 0, -1):
            if stack[depth].tag == tag:
                self._to(depth, end)
                return
            if stack[depth].tag in _CELLS and tag not in ("table", "tr", "thead", "tbody", "tfoot", "td", "th", "body"):
                return

    def _to(self, depth: int, end: int) -> None:
        while len(self.grower.stack) > depth:
            self.grower.close(end)

    def _characters(self, start: int, end: int) -> None:
        """Add the characters of a stretch without tags, references resolved."""
        position = start
        for match in _REFERENCE.finditer(self.text, start, end):
            value = _character(match[0])
            if value:
                self._plain(position, match.start())
                self.grower.text(value, match.start(), match.end())
                position = match.end()
        self._plain(position, end)

    def _plain(self, start: int, end: int) -> None:
        if start < end:
            self.grower.text(self.text[start:end], start, end)


def _character(reference: str) -> str:
    return unescape(reference) if reference[1] == "#" else html5.get(reference[1:], "")
