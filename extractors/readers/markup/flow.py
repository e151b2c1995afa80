"""The inside of a paragraph, a heading or a cell to running text in the notation that ``inline.clean`` resolves."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from extractors.readers.markup.citing import CLOSE, OPEN, grouped, printed_numbers
from extractors.readers.markup.mathml import render_math, takes_power
from extractors.readers.markup.tree import Element
from extractors.traced import Piece, Traced

# One for one, so that offsets stay: white space, hyphens that look like others, and what citing.py marks with.
_SAME = str.maketrans(
    {"\n": " ", "\r": " ", "\t": " ", "\f": " ", "\v": " ", "‐": "-", "‑": "-"}
    | {chr(code): " " for code in range(0xE000, 0xE004)}
)
_SPACES = re.compile(r" {2,}")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_SIGN = re.compile(r"<sup>\s*([-−–+])(?:\s+|\s*</sup>\s*<sup>\s*)(?=\d)")  # one exponent in two elements
_SPACED_SIGN = re.compile(r"(?<!\d)(?<!\d\s)(?<=[\s(>~≈])([−])\s(?=\d)")  # "was − 76 mV", but not "5 − 10"
_ISOTOPE = re.compile(r"(?<![A-Za-z\d.)\]>])<sup>(\d{1,3})</sup>(?=[A-Z])")
_POWER = re.compile(r"<sup>(\d{1,3})</sup>")
_TEX = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.DOTALL)
_TEX_FENCE = re.compile(r"\\[()\[\]]")
_TEX_EXPONENT = re.compile(r"\^\{\s*([-−+])\s+(\d+)\s*\}")


@dataclass(frozen=True)
class Dialect:
    """How one vocabulary writes what stands inside a paragraph.

    Attributes
    ----------
    role : of an element: "raised", "lowered", "space", "spaced" (a line of its own), "dropped", "float" (told after
        the paragraph), "formula" (alternatives of one formula), "display" (the same on its own line), "math", "tex",
        or "" for one that is looked through
    cited : numbers of the references an element links to; None where it is no citation
    anchor : ids of the figures or tables an element points at
    linked : whether all citations are links, so that a raised number without one is a power
    """

    role: Callable[[Element], str]
    cited: Callable[[Element], list[str] | None]
    anchor: Callable[[Element], Iterable[str]] = lambda element: ()
    linked: bool = False


@dataclass
class Flow:
    """Takes elements and gives their text.

    Attributes
    ----------
    line_break : what stands for the end of a line
    floats : figures, tables and notes met inside, to be told afterwards
    anchors : ids of the figures and tables that were pointed at
    """

    dialect: Dialect
    line_break: str = " "
    floats: list[Element] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _offsets: array[int] = field(default_factory=lambda: array("L"))
    _end: int = 0
    _shifted: bool = False

    def put(self, text: str, at: int) -> None:
        """Put characters in that do not stand there; they take the offset ``at``."""
        self._texts.append(text)
        self._offsets.extend([at] * len(text))
        self._end = max(self._end, at + 1)

    def take(self, traced: Traced) -> None:
        """Take characters of the original."""
        self._texts.append(traced.text.translate(_SAME))
        self._offsets.extend(traced.offsets[:-1])
        self._end = traced.offsets[-1]

    def tail(self) -> str:
        """Give the last characters taken."""
        return "".join(self._texts[-3:])[-8:]

    def shift(self, element: Element, tag: str, render: Callable[[Element], object]) -> None:
        """Take an element raised ("sup") or lowered ("sub"); what is shifted inside one that is stays on its line."""
        if self._shifted:
            render(element)
            return
        self._shifted = True
        self.put(f"<{tag}>", element.start)
        render(element)
        self.put(f"</{tag}>", element.end - 1)
        self._shifted = False

    def inside(self, element: Element) -> Flow:
        """Take what stands inside an element."""
        for number, node in enumerate(element.children):
            if not self.is_layout(element.children, number):
                self.node(node)
        return self

    def is_layout(self, nodes: Sequence[Element | Traced], number: int) -> bool:
        """Recognise a line break that a printer put between two elements, where the second belongs to the first."""
        node = nodes[number]
        if (
            not isinstance(node, Traced)
            or "\n" not in node.text
            or node.text.strip()
            or not 0 < number < len(nodes) - 1
        ):
            return False
        after = nodes[number + 1]
        return isinstance(after, Element) and self.dialect.role(after) in ("raised", "lowered", "dropped")

    def node(self, node: Element | Traced) -> None:
        """Take one child, be it text or an element."""
        if isinstance(node, Traced):
            self.take(node)
            return
        self.anchors.extend(self.dialect.anchor(node))
        numbers = self.dialect.cited(node)
        if numbers is not None:
            self._cite(node, numbers)
            return
        role = self.dialect.role(node)
        if role == "dropped":
            return
        if role == "float":
            self.floats.append(node)
        elif role in ("raised", "lowered"):
            self.shift(node, "sup" if role == "raised" else "sub", self.inside)
        elif role == "space":
            self.put(self.line_break, node.start)
        elif role == "spaced":
            self.put(self.line_break, node.start)
            self.inside(node)
            self.put(self.line_break, node.end - 1)
        elif role == "formula":
            self._formula(node)
        elif role == "display":
            self.put(" ", node.start)
            self._formula(node)
            self.put(" ", node.end - 1)
        elif role == "math":
            render_math(self, node)
        elif role == "tex":
            self._tex(node)
        else:
            self.inside(node)

    def done(self) -> Traced:
        """Give the text: invisible characters gone, citations grouped, isotopes told from citations."""
        self._offsets.append(self._end)
        traced = Traced("".join(self._texts), self._offsets)
        traced = traced.rewrite(_INVISIBLE, lambda m: []).rewrite(_SPACES, lambda m: [" "])
        traced = traced.rewrite(_SIGN, lambda m: ["<sup>", 1]).rewrite(_SPACED_SIGN, lambda m: [1])
        traced = traced.rewrite(_ISOTOPE, lambda m: [1])
        if self.dialect.linked:
            traced = _with_powers(traced)
        return grouped(traced).strip()

    def _cite(self, element: Element, numbers: list[str]) -> None:
        printed = printed_numbers(element.words())
        if printed is None:  # a name, a year: it stays, the number behind it
            self.inside(element)
        elif not numbers or len(printed) > len(numbers):
            numbers = printed  # "1–3" that links to the first only
        if numbers:
            self.put(f"{OPEN}{','.join(numbers)}{CLOSE}", element.start)

    def _formula(self, element: Element) -> None:
        """Take one of a formula's alternatives: MathML, else LaTeX, else whatever text there is."""
        chosen = element.first("math") or element.first("tex-math", "textual-form")
        if chosen is None:
            self.inside(element)
            return
        before = self.dialect.role(chosen)
        if before == "math":
            render_math(self, chosen)
        elif before == "tex":
            self._tex(chosen)
        else:
            self.inside(chosen)

    def _tex(self, element: Element) -> None:
        for node in element.children:
            if isinstance(node, Traced):
                inner = _TEX.search(node.text)
                tex = node[inner.start(1) : inner.end(1)] if inner else node
                tex = tex.strip().rewrite(_TEX_FENCE, lambda m: [])
                self.take(tex.rewrite(_TEX_EXPONENT, lambda m: ["^{", 1, 2, "}"]))


def _with_powers(traced: Traced) -> Traced:
    """Set raised numbers that no unit stands before in brackets, lest they be taken for citations."""
    text = traced.text

    def pieces(match: re.Match[str]) -> list[Piece]:
        return [0] if takes_power(text[max(match.start() - 8, 0) : match.start()]) else ["^(", 1, ")"]

    return traced.rewrite(_POWER, pieces)


def text_of(element: Element, dialect: Dialect, line_break: str = " ") -> Traced:
    """Give the running text of an element."""
    return Flow(dialect, line_break).inside(element).done()
