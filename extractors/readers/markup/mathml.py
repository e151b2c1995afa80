"""MathML to running text: exponents raised, indices lowered, fractions with a slash."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from extractors.readers.markup.tree import Element
from extractors.traced import Traced

_SILENT = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"})
_RELATION = frozenset("=≈~∼≃≤≥<>±×→⟶∝")
_UNSEEN = re.compile("[\u2061-\u2064]")
_TAKES_POWER = re.compile(
    r"(?:[\s\d·/(µμumknc](?:m|s|g|h|A|V|L|K|J|S|C)|\s(?:kg|mg|Ah|Pa)|Ω|mol|min|Å|\b10|\b[cmnµμ]m)\s?$"
)


class Run(Protocol):
    """What takes the characters; a ``flow.Flow``."""

    def put(self, text: str, at: int) -> None: ...

    def take(self, traced: Traced) -> None: ...

    def tail(self) -> str: ...

    def shift(self, element: Element, tag: str, render: Callable[[Element], object]) -> None: ...


def render_math(run: Run, element: Element) -> None:
    """Write one MathML element, its alternatives (annotations) left out."""
    tag, parts = element.tag, list(element)
    if tag in _SILENT:
        return
    if tag in ("mi", "mn", "mo", "mtext", "ms"):
        _token(run, element)
    elif tag == "mspace" or tag == "mtr":
        run.put(" ", element.start)
        _all(run, parts)
    elif tag == "semantics":
        _all(run, parts[:1])
    elif tag == "mfrac" and len(parts) == 2:
        _bracketed(run, parts[0])
        run.put("/", parts[1].start)
        _bracketed(run, parts[1])
    elif tag in ("msqrt", "mroot"):
        run.put("√(", element.start)
        _all(run, parts[:1] if tag == "mroot" else parts)
        run.put(")", element.end - 1)
    elif tag in ("msup", "msub", "msubsup") and len(parts) >= 2:
        render_math(run, parts[0])
        if tag != "msup":
            _script(run, parts[1], raised=False)
        if tag != "msub":
            _script(run, parts[-1], raised=True)
    elif tag in ("mover", "munder", "munderover", "mmultiscripts"):
        _all(run, parts[:1])  # accents and limits are no part of a number
    elif tag == "mfenced":
        run.put(element.attributes.get("open", "("), element.start)
        for number, part in enumerate(parts):
            if number:
                run.put(", ", part.start)
            render_math(run, part)
        run.put(element.attributes.get("close", ")"), element.end - 1)
    else:
        _all(run, parts)


def takes_power(before: str) -> bool:
    """Say whether a text ends in what is raised to a power: a unit, or ten.

    Examples
    --------
    >>> takes_power("1 mA cm"), takes_power("× 10"), takes_power(" fit (R"), takes_power("anodes.")
    (True, True, False, False)
    """
    return bool(_TAKES_POWER.search(before))


def _all(run: Run, parts: Sequence[Element]) -> None:
    for part in parts:
        render_math(run, part)


def _token(run: Run, element: Element) -> None:
    for node in element.children:
        if not isinstance(node, Traced):
            continue
        token = node if element.tag == "mtext" and "\n" not in node.text else node.strip()
        token = token.rewrite(_UNSEEN, lambda m: [])
        relation = element.tag == "mo" and token.text in _RELATION
        if relation:
            run.put(" ", element.start)
        run.take(token)
        if relation:
            run.put(" ", element.end - 1)


def _bracketed(run: Run, element: Element) -> None:
    several = element.tag in ("mrow", "mstyle") and len(list(element)) > 1
    if several:
        run.put("(", element.start)
    render_math(run, element)
    if several:
        run.put(")", element.end - 1)


def _script(run: Run, element: Element, raised: bool) -> None:
    """Raise an exponent; a plain number on what is no unit would be taken for a citation, so it gets brackets."""
    bare = raised and re.fullmatch(r"\d+", element.words()) and not takes_power(run.tail())
    if bare:
        run.put("^(", element.start)
        render_math(run, element)
        run.put(")", element.end - 1)
        return
    run.shift(element, "sup" if raised else "sub", lambda part: render_math(run, part))
