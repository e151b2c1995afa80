"""Text that remembers where each of its characters stood in the original."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from extractors.gated import Gated

Piece = int | str | tuple[str, int]
Pieces = Callable[[re.Match[str]], Iterable[Piece]]


@dataclass(frozen=True)
class Traced:
    """A text and, for each character, its original offset; the last entry is the end.

    Attributes
    ----------
    offsets : array of unsigned ints, length ``len(text) + 1``
    """

    text: str
    offsets: array[int]

    @classmethod
    def of(cls, original: str, start: int = 0, end: int | None = None) -> Traced:
        """Take a slice of the original.

        Examples
        --------
        >>> Traced.of("a cm−2", 2).offsets.tolist()
        [2, 3, 4, 5, 6]
        """
        end = len(original) if end is None else end
        return cls(original[start:end], array("L", range(start, end + 1)))

    def __getitem__(self, span: slice) -> Traced:
        start, stop, _ = span.indices(len(self.text))
        return Traced(self.text[start:stop], self.offsets[start : max(stop, start) + 1])

    def rewrite(self, pattern: re.Pattern[str] | Gated, pieces: Pieces) -> Traced:
        """Replace each match by its pieces.

        An int keeps that group with its offsets, a str is put in; (str, place) is put in for as many characters
        of this text from ``place`` on, and takes their offsets ("⁻²" becoming "-2").

        Examples
        --------
        >>> t = Traced.of("10^{-3} S").rewrite(re.compile(r"\\^\\{(.*?)\\}"), lambda m: ["^", 1])
        >>> t.text, t.offsets.tolist()
        ('10^-3 S', [0, 1, 2, 4, 5, 7, 8, 9])
        """
        out: list[str] = []
        offsets: array[int] = array("L")
        last = 0
        for match in pattern.finditer(self.text):
            out.append(self.text[last : match.start()])
            offsets.extend(self.offsets[last : match.start()])
            for piece in pieces(match):
                if isinstance(piece, int):
                    a, b = match.span(piece)
                    if a >= 0:
                        out.append(self.text[a:b])
                        offsets.extend(self.offsets[a:b])
                elif isinstance(piece, tuple):
                    out.append(piece[0])
                    offsets.extend(self.offsets[piece[1] : piece[1] + len(piece[0])])
                else:
                    out.append(piece)
                    offsets.extend([self.offsets[match.start()]] * len(piece))
            last = match.end()
        if not last:
            return self
        out.append(self.text[last:])
        offsets.extend(self.offsets[last:])
        return Traced("".join(out), offsets)

    def strip(self) -> Traced:
        """Drop white space at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self[left : max(len(self.text.rstrip()), left)]


def join(parts: Iterable[Traced], separator: str = " ") -> Traced:
    """Join pieces of one original; the separator takes the offset of the end of the piece before it."""
    texts: list[str] = []
    offsets: array[int] = array("L")
    end = 0
    for part in parts:
        if texts:
            texts.append(separator)
            offsets.extend([end] * len(separator))
        texts.append(part.text)
        offsets.extend(part.offsets[:-1])
        end = part.offsets[-1]
    offsets.append(end)
    return Traced("".join(texts), offsets)
