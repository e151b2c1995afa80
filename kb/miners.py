"""The choice of a miner on the command line: its options, and what each needs before it can begin."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from schema.errors import MissingExtra, UnreadableDocument

if TYPE_CHECKING:
    from extractors.llm.endpoint import LanguageModel
    from extractors.pipeline import Miner

MINERS = ("rules", "chemdata", "both", "llm")
REQUESTS = 200  # to a language model, unless the operator says otherwise
CHARACTERS_A_TOKEN = 4  # in English, about
F = TypeVar("F", bound=Callable[..., Any])


class MinerName(click.Choice[str]):
    """A miner's name on the command line: one of ``MINERS``, or one that an installed package declares."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the name, or end with those that there are."""
        from extractors import extensions

        declared = extensions.declared(extensions.MINERS)
        return value if value in declared else click.Choice((*self.choices, *declared)).convert(value, param, ctx)


def miner_options(function: F) -> F:
    """Add ``--miner`` and what belongs to a language model."""
    options = (
        click.option(
            "--miner", envvar="KB_MINER", type=MinerName(MINERS), default=MINERS[0], show_default=True,
            help="What mines: our rules; ChemDataExtractor; both, our records flagged by whether it agrees; or a "
            "language model at KB_LLM_URL, each of whose numbers must stand there; or one that an installed package "
            "declares.  KB_MINER sets another default.",
        ),
        click.option(
            "--llm-max-requests", type=click.IntRange(min=1), default=REQUESTS, show_default=True, metavar="N",
            help="Requests to the language model at most.",
        ),
        click.option(
            "--dry-run", is_flag=True, help="Only say what mining would cost in requests to the language model."
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@contextmanager
def chosen_miner(name: str, most: int) -> Iterator[Miner | None]:
    """Give the miner of a name, ready to work; None for the rules.

    Parameters
    ----------
    most : requests that a language model may be sent

    Raises
    ------
    MissingExtra, MissingPackage, BadSetting
        Where it is not installed, or not set up.
    """
    if name == "rules":
        yield None
        return
    if name != "llm":
        from extractors.miners import miner_of

        yield miner_of(name)
        return
    _check_installed()
    from extractors.llm.endpoint import Endpoint, LanguageModel
    from extractors.llm.miner import ModelMiner

    with LanguageModel(Endpoint.from_environment(), most) as model:
        yield ModelMiner(model)


def _check_installed() -> None:
    if not all(find_spec(name) for name in ("httpx", "platformdirs", "pydantic")):
        raise MissingExtra("--miner llm", "llm")


def print_plan(miner: str, files: Sequence[tuple[Path, Path | None]], most: int) -> int:
    """Print what mining some files would cost; nothing is sent.

    Parameters
    ----------
    files : each with the main text that it supplements, if any

    Returns
    -------
    int
        How many of them cannot be read; of each the reason is printed.
    """
    if miner != "llm":
        raise click.UsageError("--dry-run counts the requests to a language model; add --miner llm")
    _check_installed()
    from extractors.llm.endpoint import Endpoint, LanguageModel

    if not os.environ.get("KB_LLM_URL"):
        return _print_plan(files, most, None)
    with LanguageModel(Endpoint.from_environment(), most) as model:
        return _print_plan(files, most, model)


def _print_plan(files: Sequence[tuple[Path, Path | None]], most: int, model: LanguageModel | None) -> int:
    from extractors.llm.miner import plan
    from extractors.readers import read

    requests = characters = failed = 0
    for file, main in files:
        try:
            told = plan(read(file), read(main) if main else None, model)
        except UnreadableDocument as error:
            click.echo(f"kb: {error}", err=True)
            failed += 1
            continue
        asked = f"passages with numbers: {told.questions}, answered before: {told.answered}"
        click.echo(f"{file.name}: {_cost(told.requests, told.characters)} ({asked})")
        requests, characters = requests + told.requests, characters + told.characters
    if len(files) > 1:
        click.echo(f"{len(files)} documents: {_cost(requests, characters)}")
    if requests > most:
        click.echo(
            f"kb: more than --llm-max-requests {most}: mining would stop there, and go on when run again", err=True
        )
    return failed


def _cost(requests: int, characters: int) -> str:
    return f"requests: {requests}, tokens to send: about {float(f'{characters / CHARACTERS_A_TOKEN:.2g}'):.0f}"
