"""What cannot be stated of a metric is not missing: what its entry in metrics.toml says decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.base import KnowledgeBase

TEXT = """Results

The elastic modulus of the LiF film is 2.1 GPa. The Li+ transference number of the LiF film is 0.71.
The activation energy of the LiF film is 0.41 eV. The overpotential of the LiF-coated Li is 31 mV.
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("current_density", {"elastic_modulus", "transference_number"}),
        ("condition.temperature", {"activation_energy"}),
        ("time_h", set()),
    ],
)
def test_a_condition_is_not_applicable_where_the_entry_says_so(
    condition: str, expected: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "paper.txt"
    path.write_text(TEXT, "utf-8")
    with KnowledgeBase(tmp_path / "kb.sqlite", read_only=False) as base:
        base.ingest([path])
        assert {row["metric"] for row in base.find(f"{condition} IS NOT APPLICABLE")} == expected
        assert base.count() == 4
