"""Stand-ins are there while a package is imported, and only for what is absent."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from extractors.standins import standing_in


def test_a_package_can_be_imported_that_needs_an_absent_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needs_absent.py").write_text(
        "import absent_one.deep.down\nfrom absent_one.errors import Refused\n"
        "def browse():\n    try:\n        raise Refused('none')\n    except Refused as e:\n        return str(e)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with standing_in(["absent_one"]):
        module = importlib.import_module("needs_absent")
    assert module.browse() == "none"
    monkeypatch.delitem(sys.modules, "needs_absent")


def test_afterwards_all_is_as_before() -> None:
    before = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), standing_in(["absent_one"]):
        importlib.import_module("absent_one.deep")
        raise ZeroDivisionError
    assert sys.meta_path == before
    assert not [name for name in sys.modules if name.startswith("absent_one")]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("absent_one")


def test_what_is_installed_is_taken_and_others_stay_absent() -> None:
    with standing_in(["json", "absent_one"]):
        assert importlib.import_module("json") is json
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("absent_two")
