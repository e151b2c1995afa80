"""The colours of the stylesheet, light and dark, have the contrast that WCAG 2.2 AA asks of text: 4.5 to 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "kb" / "web" / "static" / "kb.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
TEXTS = ("ink", "quiet", "link", "visited", "red", "amber", "note")
PAIRS = [(text, ground) for text in TEXTS for ground in ("ground", "raised")]
PAIRS += [("bar-ink", "bar"), ("number-ink", "number"), ("word-ink", "word")]
LEAST, LEAST_OF_A_FOCUS = 4.5, 3.0


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1: WCAG 2.2, definition."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= LEAST


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_focus_stands_out(scheme: dict[str, str]) -> None:
    assert contrast(scheme["focus"], scheme["ground"]) >= LEAST_OF_A_FOCUS


def test_all_colours_are_named() -> None:
    used = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", used)) <= {"#ffffff"}  # paper behind a figure
