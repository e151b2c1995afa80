"""How it looks: the two themes, and the ASCII that stands in where a terminal shows nothing else."""

from __future__ import annotations

import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

DARK = Theme(
    "kb-dark", primary="#5fa8d3", secondary="#8d99ae", accent="#e9b44c", warning="#e9b44c", error="#e06c75",
    success="#7fb069", foreground="#dfe3e8", background="#14181d", surface="#1a1f26", panel="#242b34", dark=True,
    variables={"block-cursor-text-style": "bold", "footer-background": "#1a1f26", "footer-key-foreground": "#e9b44c"},
)  # fmt: skip
LIGHT = Theme(
    "kb-light", primary="#1f6f9f", secondary="#5c6773", accent="#a86a00", warning="#a86a00", error="#b3313e",
    success="#3f7a2a", foreground="#1d232a", background="#fbfaf7", surface="#f3f1ec", panel="#e6e3db", dark=False,
    variables={"block-cursor-text-style": "bold", "footer-background": "#f3f1ec", "footer-key-foreground": "#a86a00"},
)  # fmt: skip

# What is drawn, and what papers write, in one character of ASCII; anything else by its parts, else "?".
ASCII = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄╸╺╶╴▔▁", "-"), **dict.fromkeys("│┃║▏▕▎┆▌▐", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╋╞╡╪╤╧", "+"),
        "█": "#", "▓": "#", "▒": "=", "░": ".", "▀": "'", "▄": "_", "▂": ".", "▃": ":", "▅": "=", "▆": "+", "▇": "#",
        "▊": "#", "▋": "#", "▉": "#", "▍": "|",
        "●": "*", "○": "o", "◆": "*", "◇": "o", "■": "#", "□": "o", "▲": "^", "▼": "v", "▶": ">", "◀": "<", "•": "*",
        "→": ">", "←": "<", "↑": "^", "↓": "v", "…": "~", "·": ".", "✓": "v", "✗": "x", "–": "-", "—": "-", "−": "-",
        "×": "x", "µ": "u", "μ": "u", "Ω": "O", "°": "o", "²": "2", "³": "3", "⁻": "-", "“": '"', "”": '"', "‘": "'",
        "’": "'", "≤": "<", "≥": ">", "≈": "~", "±": "+", "\u00a0": " ", "\u202f": " ",
        "α": "a", "β": "b", "γ": "g", "σ": "s",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """Write a text in ASCII, as wide as it is.

    Examples
    --------
    >>> in_ascii("│ 1 mA/cm² → 5 µm"), in_ascii("Müller ☃")
    ('| 1 mA/cm2 > 5 um', 'Muller ?')
    """
    if text.isascii():
        return text
    return (
        "".join(c if c.isascii() else (unicodedata.normalize("NFKD", c)[0]) for c in text.translate(ASCII))
        .encode("ascii", "replace")
        .decode("ascii")
    )


class InASCII(LineFilter):
    """Everything that is drawn, in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Write each segment in ASCII."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
