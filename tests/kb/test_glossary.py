"""The glossary: docs/glossary.md is what the vocabulary says, and each packaged metric says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.glossary import glossary
from schema.vocabulary import vocabulary

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_the_page_is_that_of_the_vocabulary() -> None:
    assert PAGE.read_text("utf-8") == glossary(), "kb metrics --format markdown > docs/glossary.md writes it anew"


@pytest.mark.parametrize("name", vocabulary().metrics)
def test_a_packaged_metric_says_what_it_is(name: str) -> None:
    assert vocabulary().metrics[name].meaning


def test_only_the_efficiency_has_a_protocol_floor() -> None:
    (part,) = [entry for entry in glossary().split("\n### ") if "- protocol floor" in entry]
    assert part.startswith("`coulombic_efficiency`")
    assert "66.7 at 2" in part


def test_a_metric_of_ones_own_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "metrics.toml").write_text(
        '[tortuosity]\nunit = "1"\nsymbol = "tau"\nbetter = "lower"\nplausible = [1, 100]\nsynonyms = ["tortuosity"]\n'
    )
    monkeypatch.setenv("KB_VOCABULARY", str(tmp_path))
    assert "### `tortuosity`\n\n- unit: a number\n- better: lower\n- plausible: 1 to 100 (judgement)" in glossary()
