"""What the commands share: how each ends, the options they have in common, the base they open."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from schema.errors import KBError

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

DONE, NOTHING_FOUND, MISUSE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

_UNTRUSTED = "kb.untrusted"

F = TypeVar("F", bound=Callable[..., Any])


class Doors(click.Group):
    """A group whose commands end every foreseen mistake in one line on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for; what goes wrong in a foreseen way becomes an exit code."""
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()  # here, where a reader that has gone away is still met in order
        except KBError as error:
            end(str(error), MISUSE)
        except KeyboardInterrupt:
            end("interrupted; nothing was changed", INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:
                _leave_quietly()
            end(f"{error.filename or 'standard output'}: {error.strerror}; see to that, then run it again", MISUSE)
        return answer


def _leave_quietly() -> NoReturn:
    """End as done where the reader of a pipe has gone away (``kb find ... | head``): it has what it wanted."""
    # What is still buffered goes nowhere, so that the interpreter's last flush does not complain either.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise click.exceptions.Exit(DONE)


def say(message: str) -> None:
    """Tell the operator something beside the answer, on standard error."""
    click.echo(f"kb: {message}", err=True)


def say_hidden(number: int, min_confidence: float) -> None:
    """Tell how many records ``--min-confidence`` hides, if any."""
    if number:
        say(f"{number} below confidence {min_confidence:g} hidden; a lower --min-confidence shows them")


def end(message: str, code: int) -> NoReturn:
    """Say why, and end the command with an exit code."""
    say(message)
    raise click.exceptions.Exit(code)


@contextmanager
def opened(db: str, read_only: bool = True) -> Iterator[KnowledgeBase]:
    """Open the base at a path for the time of a command; SQLite's own errors are explained by that path."""
    from kb.base import KnowledgeBase
    from kb.connection import explained

    untrusted = click.get_current_context().meta.get(_UNTRUSTED, False)
    with KnowledgeBase(db, read_only=read_only, untrusted=untrusted) as base, explained(Path(db)):
        if base.backup is not None:
            say(f"{db} was brought to the newest schema; as it was before: {base.backup}")
        yield base


@contextmanager
def written(path: Path) -> Iterator[Any]:
    """Open a file that takes its place only when it is whole: what stood there is not lost to a break-off."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def db_option(function: F) -> F:
    """Add ``--db``, and ``--untrusted``, which :func:`opened` knows of."""
    function = click.option(
        "--untrusted", is_flag=True, envvar="KB_UNTRUSTED", expose_value=False, callback=_note_untrusted,
        help="The base is somebody else's: read the whole file first, whether it is sound.",
    )(function)  # fmt: skip
    return click.option(
        "--db", envvar="KB_DB", default="kb.sqlite", show_default=True, metavar="FILE",
        help="The base; KB_DB sets another default.",
    )(function)  # fmt: skip


def _note_untrusted(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    ctx.meta[_UNTRUSTED] = wanted


def time_limit_option(function: F) -> F:
    """Add ``--time-limit``; None is the default of whatever mines."""
    return click.option(
        "--time-limit", envvar="KB_TIME_LIMIT", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        help="What one document may take; longer ones are left out; KB_TIME_LIMIT sets another default.  "
        "[default: 120]",
    )(function)  # fmt: skip


def min_confidence_option(function: F) -> F:
    """Add ``--min-confidence``; 0 hides none."""
    return click.option(
        "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE",
        help="Hide records whose value is less likely to be right, 0 to 1; nothing is dropped.  [default: hide none]",
    )(function)  # fmt: skip


def format_option(*formats: str) -> Callable[[F], F]:
    """Add ``--format``, which the command gets as ``form``; the first format is the default."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True,
        help="How the answer is written to standard output.",
    )  # fmt: skip


def examples(*lines: str) -> str:
    """Give the epilog of a command's help.

    Examples
    --------
    >>> examples("kb show 17")
    '\\x08\\nExamples:\\n  kb show 17'
    """
    # \b keeps click from joining the lines.
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
