"""Which file is the supporting information of which: told by a name such as ``paper_si.pdf`` beside ``paper.pdf``."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

_NAMED = re.compile(
    r"(?P<main>.+?)[ ._-]+(?!Si\b)(?i:e?si|esm|sup|suppl?|suppmat|suppinfo|supplements?|supplementa(?:l|ry)|supporting|"
    r"mmc|moesm\d+[ ._-]esm)(?i:[ ._-]*(?:info(?:rmation)?|materials?|suppmat|data|file|\d{1,4}))*"
)


def main_name(stem: str) -> str:
    """Give the name of the paper that a file's name, without its suffix, says to supplement; "" where it says nothing.

    Examples
    --------
    >>> [main_name(stem) for stem in ("liu_si", "liu-SI", "liu.si", "liu_ESI", "liu_sup-0001", "liu_supporting_info")]
    ['liu', 'liu', 'liu', 'liu', 'liu', 'liu']
    >>> main_name("nano-Si"), main_name("supplement"), main_name("liu_silicon")
    ('', '', '')
    """
    named = _NAMED.fullmatch(stem)
    return named["main"] if named else ""


def main_text_beside(path: Path, suffixes: Container[str]) -> Path | None:
    """Find the paper that a file supplements in the file's own folder; of several formats the first by name.

    Parameters
    ----------
    suffixes : those of the formats that can be read, in lower case
    """
    name = main_name(path.stem)
    if not name or not path.parent.is_dir():
        return None
    beside = (p for p in path.parent.iterdir() if p.stem == name and p.suffix.lower() in suffixes and p.is_file())
    return min(beside, default=None)
