"""The miners by name, as the command line and the base ask for them."""

from __future__ import annotations

from importlib import metadata

import pytest

from extractors.chemdata import library
from extractors.miners import MINERS, miner_of
from extractors.pipeline import mine
from kb import miners
from schema.errors import KBError, MissingPackage, UnknownMiner


def test_the_command_line_offers_every_miner() -> None:
    assert (*MINERS, "llm") == miners.MINERS


def test_the_rules_are_the_pipeline() -> None:
    assert miner_of("rules").work is mine


def test_an_unknown_miner_is_named_with_its_neighbour() -> None:
    with pytest.raises(UnknownMiner, match=r"unknown miner 'chemdate'; did you mean 'chemdata'\?"):
        miner_of("chemdate")


@pytest.mark.parametrize("installed", [None, "2.5.0"])
@pytest.mark.parametrize("name", ["chemdata", "both"])
def test_without_the_package_the_error_names_the_command(
    name: str, installed: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(_: str) -> str:
        if installed is None:
            raise metadata.PackageNotFoundError
        return installed

    monkeypatch.setattr(library, "version", version)
    with pytest.raises(MissingPackage, match=r"^ChemDataExtractor 2\.4\.1 is not installed; .*--group chemdata$") as e:
        miner_of(name)
    assert isinstance(e.value, KBError | ImportError)
    assert miner_of("rules").work is mine
