"""The miners that a document can be given to, by name."""

from __future__ import annotations

from dataclasses import replace

from extractors.pipeline import EXTRACTOR_VERSION, Miner, mine, of_paper
from schema.errors import UnknownMiner
from schema.records import Document, Mined


def miner_of(name: str) -> Miner:
    """Give a miner by its name.

    Raises
    ------
    UnknownMiner
        Where there is none of that name.
    MissingPackage
        Where it needs ChemDataExtractor, and that is not installed.

    Examples
    --------
    >>> miner_of("our")
    Traceback (most recent call last):
    ...
    schema.errors.UnknownMiner: unknown miner 'our'; did you mean 'ours'?
    """
    if name not in MINERS:
        raise UnknownMiner(name, MINERS)
    if name != "ours":
        from extractors.chemdata import require

        require()
    return MINERS[name]


def version_of(name: str) -> str:
    """Give the extractor version of what a miner makes: another one of the same document is made anew.

    Examples
    --------
    >>> version_of("ours"), version_of("both")
    ('0.1.0', '0.1.0+both')
    """
    return EXTRACTOR_VERSION if name == "ours" else f"{EXTRACTOR_VERSION}+{name}"


def _mine_with_chemdata(document: Document, main: Document | None = None) -> Mined:
    from extractors import chemdata

    return chemdata.mine(document if main is None else of_paper(document, main))


def _mine_with_both(document: Document, main: Document | None = None) -> Mined:
    """Mine with ours, and flag each measurement by what ChemDataExtractor reads in its place."""
    from extractors import chemdata
    from extractors.agreement import compared

    mined = mine(document, main)
    second, _ = chemdata.find_measurements(document)
    return replace(mined, measurements=tuple(compared(mined.measurements, second)))


MINERS: dict[str, Miner] = {"ours": mine, "chemdata": _mine_with_chemdata, "both": _mine_with_both}
