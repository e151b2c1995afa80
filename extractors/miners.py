"""The miners by name, those of other packages included; a language model is set up in ``extractors.llm``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from extractors import extensions
from extractors.deadline import DEFAULT_SECONDS
from extractors.pipeline import mine, of_paper
from schema.errors import UnknownMiner
from schema.records import Document, Mined


@dataclass(frozen=True)
class NamedMiner:
    """A function that mines, with the name a base notes it by (see ``extractors.pipeline.Miner``).

    Attributes
    ----------
    seconds : what one document may take
    """

    name: str
    work: Callable[[Document, Document | None], Mined]
    seconds: float = DEFAULT_SECONDS

    def __call__(self, document: Document, main: Document | None = None) -> Mined:
        """Mine a document, given the main text that it supplements."""
        return self.work(document, main)


def miner_of(name: str) -> NamedMiner:
    """Give a miner by its name.

    Raises
    ------
    UnknownMiner
        Where there is none of that name.
    MissingPackage
        Where it needs ChemDataExtractor, and that is not installed.

    Examples
    --------
    >>> miner_of("rule")
    Traceback (most recent call last):
    ...
    schema.errors.UnknownMiner: unknown miner 'rule'; did you mean 'rules'?
    """
    if name in extensions.declared(extensions.MINERS) and name not in MINERS:
        return NamedMiner(name, partial(extensions.mine_with, name))
    if name not in MINERS:
        raise UnknownMiner(name, [*MINERS, *extensions.declared(extensions.MINERS)])
    if name != "rules":
        from extractors.chemdata import require

        require()
    return MINERS[name]


def _mine_with_chemdata(document: Document, main: Document | None) -> Mined:
    from extractors import chemdata

    return chemdata.mine(document if main is None else of_paper(document, main))


def _mine_with_both(document: Document, main: Document | None) -> Mined:
    """Mine by the rules, and flag each measurement by what ChemDataExtractor reads in its place."""
    from extractors import chemdata
    from extractors.agreement import compared

    mined = mine(document, main)
    second, _ = chemdata.find_measurements(document)
    return replace(mined, measurements=tuple(compared(mined.measurements, second)))


MINERS = {
    miner.name: miner
    for miner in (
        NamedMiner("rules", mine),
        NamedMiner("chemdata", _mine_with_chemdata),
        NamedMiner("both", _mine_with_both),
    )
}
