"""The body of an XML article to blocks, for any vocabulary that nests sections, paragraphs, figures and tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from extractors.readers.blocks import Block
from extractors.readers.inline import clean
from extractors.readers.markup.flow import Dialect, Flow, text_of
from extractors.readers.markup.grid import LINE_BREAK, rows_of
from extractors.readers.markup.tree import Element
from extractors.sections import tells_nothing
from extractors.traced import Traced

# A paragraph that a figure cut in two, as the printed page has it and some files keep it.
_ENDED = re.compile(r"[.!?:;…](?:['”’\")\]]|<sup>[^<]*</sup>|\s)*$")
_GOES_ON = re.compile(r"(?:[a-zµ<≈~±−–]|\((?![a-z\divx]{1,3}\))|\d+(?:\.\d+)?\s?[^\s.\d)])")
_APPENDED = re.compile(r"^(?:Appendix|Annex)\W*\w{0,3}\W+(?=supplement|supporting)", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """What a vocabulary calls the parts of a body."""

    sections: frozenset[str]
    titles: frozenset[str]
    paragraphs: frozenset[str]
    lists: frozenset[str]
    items: frozenset[str]
    figures: frozenset[str]
    tables: frozenset[str]
    grids: frozenset[str]
    notes: frozenset[str]  # footnotes
    formulas: frozenset[str]
    skipped: frozenset[str]
    silent: Callable[[Element], str]  # the heading of a part that tells nothing (acknowledgements); "" for others


@dataclass
class Body:
    """Walks a body and collects blocks.

    Attributes
    ----------
    elsewhere : figures and tables kept apart in the file, by id; each is told after the paragraph that first names it
    """

    names: Names
    dialect: Dialect
    blocks: list[Block] = field(default_factory=list)
    elsewhere: dict[str, Element] = field(default_factory=dict)

    def walk(self, element: Element, path: tuple[str, ...] = ()) -> None:
        """Tell what stands inside an element, under a path of headings."""
        for part in element:
            self.part(part, path)

    def part(self, part: Element, path: tuple[str, ...]) -> None:
        """Tell one element of a body."""
        names, tag = self.names, part.tag
        if tag in names.skipped or tag in names.titles or tag == "label":
            return
        silent = names.silent(part)
        if silent or tag in names.sections:
            self.walk(part, self.heading(part, path, silent))
        elif tag in names.paragraphs:
            self.paragraph(part, path)
        elif tag in names.lists:
            self.items(part, path)
        elif tag in names.figures or tag in names.tables:
            self.float(part, path)
        elif tag in names.formulas:
            self.add("paragraph", [self._formula(part)], path)
        else:
            self.walk(part, path)

    def heading(self, section: Element, path: tuple[str, ...], silent: str = "") -> tuple[str, ...]:
        """Tell a section's heading and give the path of what stands in it."""
        title = next((child for child in section if child.tag in self.names.titles), None)
        label = section.child("label")
        parts = [text_of(e, self.dialect) for e in (label, title) if e is not None]
        parts = [part for part in parts if part.text]
        name = _APPENDED.sub("", " ".join(clean(part)[0].text for part in parts))
        if silent and not tells_nothing(" > ".join((*path, name))):
            path = (*path, silent)
        if name:
            path = (*path, name)
            self.add("heading", parts, path)
        return path

    def paragraph(self, element: Element, path: tuple[str, ...]) -> None:
        """Tell a paragraph: a list inside cuts it, figures and notes inside follow it."""
        flow = Flow(self.dialect)
        floats: list[Element] = []
        for number, node in enumerate(element.children):
            if flow.is_layout(element.children, number):
                continue
            if isinstance(node, Element) and node.tag in (self.names.lists | self.names.paragraphs):
                self._end(flow, path, floats)
                self.part(node, path)
                flow = Flow(self.dialect)
            else:
                flow.node(node)
        self._end(flow, path, floats)
        for part in floats:
            self.float(part, path)

    def _end(self, flow: Flow, path: tuple[str, ...], floats: list[Element]) -> None:
        self.add("paragraph", [flow.done()], path)
        floats.extend(flow.floats)
        floats.extend(self.elsewhere.pop(name) for name in flow.anchors if name in self.elsewhere)

    def _formula(self, element: Element) -> Traced:
        flow = Flow(self.dialect)
        flow.node(element)
        return flow.done()

    def items(self, element: Element, path: tuple[str, ...]) -> None:
        """Tell a list, an item a block."""
        for item in element:
            if item.tag not in self.names.items:
                self.part(item, path)
                continue
            flow = Flow(self.dialect)
            nested: list[Element] = []
            for node in item.children:
                if not isinstance(node, Element):
                    flow.take(node)
                elif node.tag in self.names.lists:
                    nested.append(node)
                elif node.tag != "label":
                    flow.put(" ", node.start)
                    flow.node(node)
            self.add("list", [flow.done()], path)
            for part in (*nested, *flow.floats):
                self.part(part, path)

    def float(self, element: Element, path: tuple[str, ...]) -> None:
        """Tell a figure, a table or a footnote."""
        if element.tag in self.names.notes:
            self.add("paragraph", [text_of(element, self.dialect)], path)
            return
        if element.tag not in self.names.figures | self.names.tables:
            self.part(element, path)
            return
        inner = [e for e in element if e.tag in self.names.figures | self.names.tables]
        self.add("caption", list(self._caption(element)), path)
        if inner:  # a group of figures
            for part in inner:
                self.float(part, path)
            return
        for grid in element.every(*self.names.grids, outside=self.names.grids):
            rows = rows_of(grid, lambda cell: text_of(cell, self.dialect, LINE_BREAK))
            if rows:
                self.blocks.append(Block("table", rows, " > ".join(path)))
        for note in self._footnotes(element):
            self.add("caption", [text_of(note, self.dialect)], path)

    def _caption(self, element: Element) -> Iterator[Traced]:
        label, caption = element.child("label"), element.child("caption")
        if label is not None:
            yield text_of(label, self.dialect)
        if caption is not None:
            yield text_of(caption, self.dialect)

    def _footnotes(self, element: Element) -> Iterator[Element]:
        for part in element:
            if part.tag in ("table-wrap-foot", "legend", "table-footnote"):
                if part.tag in self.names.notes:
                    yield part
                    continue
                inner = [e for e in part if e.tag in self.names.notes | self.names.paragraphs]
                yield from inner or [part]

    def add(self, kind: str, parts: list[Traced], path: tuple[str, ...]) -> None:
        """Add a block, if there is anything in it."""
        kept = [part for part in parts if part.text]
        section = " > ".join(path)
        before = next((b for b in reversed(self.blocks) if b.kind not in ("caption", "table")), None)
        if not kept:
            return
        if kind == "paragraph" and before and before.kind == kind and before.section == section:
            cut = not _ENDED.search(before.parts[-1].text) and _GOES_ON.match(kept[0].text)
            if cut:
                before.parts.extend(kept)
                return
        self.blocks.append(Block(kind, kept, section))
