"""The errors an operator can cause; each is also a builtin, carries its facts and names the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known names are near a word, as a clause to end a message with.

    Examples
    --------
    >>> did_you_mean("coulombic_eficiency", ["coulombic_efficiency", "overpotential"])
    "; did you mean 'coulombic_efficiency'?"
    >>> did_you_mean("zzz", ["overpotential"])
    ''
    """
    near = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


def at_place(text: str, position: int) -> str:
    """Show a place in a text: two lines to end a message with, the second a caret under the place.

    Examples
    --------
    >>> print("here" + at_place("a ? b", 2))
    here
      a ? b
        ^
    """
    return f"\n  {text}\n  {' ' * position}^"


class KBError(Exception):
    """Base of every error this project raises on purpose."""


class UnknownMetric(KBError, LookupError):
    """A metric name that is not in ``metrics.toml``; ``place`` shows where it was asked for."""

    def __init__(self, name: str, known: Iterable[str] = (), place: str = "") -> None:
        self.name = name
        super().__init__(f"unknown metric {name!r}{did_you_mean(name, known) or '; kb metrics lists them'}{place}")


class UnknownMiner(KBError, LookupError):
    """A miner's name that there is none of."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        known = list(known)
        super().__init__(f"unknown miner {name!r}{did_you_mean(name, known) or '; name one of ' + ', '.join(known)}")


class BadExtension(KBError, RuntimeError):
    """A reader or miner of another package that cannot be used; ``name`` is the suffix or name it goes by."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"extension {name!r}: {reason}")


class UnknownCandidate(KBError, LookupError):
    """A coating that a base has no sample of."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        known = list(known)
        remedy = "kb find lists the samples" if known else "it has no sample yet, so ingest papers first"
        near = did_you_mean(name, known) or f"; {remedy} (or leave the name out, and --set what you know)"
        super().__init__(f"no sample in the base is {name!r}{near}")


class AmbiguousCandidate(KBError, LookupError):
    """A name that several samples of a base have; ``choices`` tells them apart."""

    def __init__(self, name: str, choices: Iterable[str]) -> None:
        self.name, self.choices = name, tuple(choices)
        super().__init__(f"{name!r} is several samples; name one with --paper: {'; '.join(self.choices)}")


class UnitMismatch(KBError, ValueError):
    """A unit that cannot be read, or has the wrong dimension for what it is compared with."""

    def __init__(self, message: str, unit: str = "", expected: str = "") -> None:
        self.unit, self.expected = unit, expected
        super().__init__(message)


class BadVocabulary(KBError, ValueError):
    """A vocabulary file that cannot be read; the message names file, entry and key."""


class UnreadableDocument(KBError, OSError):
    """A document that cannot be read as text; ``reason`` says why, the message names the remedy."""

    def __init__(self, source: str, reason: str) -> None:
        self.source, self.reason = source, reason
        super().__init__(f"{source}: {reason}")


class TooSlow(UnreadableDocument, TimeoutError):
    """A document that takes longer to read and mine than it may; ``seconds`` is the limit."""

    def __init__(self, source: str, seconds: float) -> None:
        self.seconds = seconds
        limit = f"takes longer than {seconds:g} s to read and mine"
        super().__init__(source, f"{limit}; split it, or give it more with --time-limit SECONDS")


class BadBase(KBError, OSError):
    """A file that is not a knowledge base, or one from another schema version."""


class BrokenEvidence(KBError, ValueError):
    """A base with measurements whose place in the document does not show their number; ``broken`` lists all."""

    MOST = 20

    def __init__(self, broken: list[str]) -> None:
        self.broken = tuple(broken)
        more = f"\n  and {len(broken) - self.MOST} more" if len(broken) > self.MOST else ""
        told = "".join(f"\n  {one}" for one in broken[: self.MOST]) + more
        measurements = "1 measurement" if len(broken) == 1 else f"{len(broken)} measurements"
        super().__init__(f"the evidence of {measurements} is broken; mine these documents again with kb ingest:{told}")


class BadSnapshot(KBError, OSError):
    """A folder that is no snapshot."""


class BaseHeld(BadBase, TimeoutError):
    """A base that another process ingests into; ``holder`` says who, ``seconds`` how long was waited."""

    def __init__(self, path: str, holder: str, seconds: float) -> None:
        self.path, self.holder, self.seconds = path, holder, seconds
        told = f"{path} is held by {holder}, which ingests; waited {seconds:g} s"
        super().__init__(f"{told}: run it again when that is done, or wait longer with --wait SECONDS")


class BadScheduler(KBError, ConnectionError):
    """A Dask scheduler that does not answer, or that cannot be asked."""


class BadParquet(KBError, OSError):
    """Parquet that does not hold mined documents, or not those of this program and vocabulary."""


class BadDOI(KBError, ValueError):
    """A text that is no DOI."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"{text!r} is no DOI; give one as it is printed, such as 10.1002/adma.201605531")


class UnknownPaper(KBError, LookupError):
    """A DOI that no paper of a base has."""

    def __init__(self, doi: str, known: Iterable[str] = ()) -> None:
        self.doi = doi
        near = did_you_mean(doi, known) or "; ingest the paper first (kb find lists the DOIs of those that are in it)"
        super().__init__(f"no paper in the base has the DOI {doi}{near}")


class FilterSyntaxError(KBError, ValueError):
    """A filter that does not parse; the message shows the place with a caret."""

    def __init__(self, text: str, position: int, message: str) -> None:
        self.text, self.position = text, position
        super().__init__(message + at_place(text, position))


class UnknownName(KBError, LookupError):
    """A field name in a filter that is neither a metric nor a field."""


class UnknownQuery(KBError, LookupError):
    """A name that no question goes by."""

    def __init__(self, name: str, known: Iterable[str] = (), place: str = "") -> None:
        self.name = name
        super().__init__(f"nothing is saved as {name!r}{did_you_mean(name, known) or '; kb queries lists them'}{place}")


class BadQueryName(KBError, ValueError):
    """A name that no question can be saved under."""


class UnknownMerge(KBError, LookupError):
    """A merge of names that there is none of."""


class ReadOnly(KBError, PermissionError):
    """SQL that would write, on a base opened for reading."""


class BadSQL(KBError, ValueError):
    """SQL that SQLite does not take; the message carries SQLite's reason."""


class BadOutput(KBError, OSError):
    """A file that cannot be written as asked."""


class UnknownPlot(KBError, LookupError):
    """A kind of figure that there is none of."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        known = list(known)
        near = did_you_mean(name, known) or f"; there are {', '.join(known)}"
        super().__init__(f"no figure is called {name!r}{near}")


class BadPlot(KBError, ValueError):
    """A figure that is asked for with an option it does not take, or without one it needs."""


class NothingToDraw(KBError, ValueError):
    """A figure without a point; the message says what is missing, and which command shows it."""


class BadCriterion(KBError, ValueError):
    """A ranking criterion that cannot be read; the message shows how one is written."""


class BadStudy(KBError, ValueError):
    """A study file that cannot be read, or a study that cannot be made; the message names the key."""


class OutOfRange(KBError, ValueError):
    """A number outside what a model or a criterion accepts."""


class UnknownParameter(KBError, KeyError, ValueError):
    """A parameter of a simulation that is missing or unknown, or an option that is none of its choices."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would put it into quotation marks


class WrongArray(KBError, TypeError, ValueError):
    """An array of the wrong type or shape; the message names it."""


class BadSetting(KBError, ValueError):
    """A variable of the environment that is missing or cannot be used; the message names it and shows one."""


class MissingExtra(KBError, ImportError):
    """A part of the program whose optional requirements are not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs more than is installed; install it: pip install 'lithium-anode-kb[{extra}]'")


class ModelUnavailable(KBError, RuntimeError):
    """A language model that cannot be had: nobody answers, or with an error that asking again does not mend."""


class RequestsSpent(KBError, RuntimeError):
    """A language model that was asked as often as it may be; ``most`` is the limit."""

    def __init__(self, most: int) -> None:
        self.most = most
        told = f"the budget is spent (--llm-max-requests {most})"
        super().__init__(f"{told}; the answers so far are kept: run it again to go on, or give it more")


class BadTable(KBError, ValueError):
    """A table or bibliography that cannot be imported; the message names rows and columns."""


class BadGold(KBError, ValueError):
    """A gold file, or a file of records to be scored, that cannot be read; the message names file and line."""


class BadAddress(KBError, OSError):
    """An address that nothing can be served at; the message says why, and what can be done."""


class TextNotFree(KBError, PermissionError):
    """Texts that would be served to others though their licences are not known to let them; ``sources`` names them."""

    SHOWN = 3

    def __init__(self, host: str, sources: Iterable[str]) -> None:
        self.host, self.sources = host, tuple(sources)
        more = f" and {len(self.sources) - self.SHOWN} more" if len(self.sources) > self.SHOWN else ""
        told = "; ".join(self.sources[: self.SHOWN]) + more
        remedy = "serve a copy without them: kb snapshot DIR --public, then --db DIR/kb.sqlite; or, where all who"
        super().__init__(
            f"{host} can be reached by others, and not every text may be passed on ({told}); {remedy} can reach it may "
            "read them, add --public-texts"
        )


class MissingPackage(KBError, ImportError):
    """An optional package that is not installed; ``remedy`` is the command that installs it."""

    def __init__(self, package: str, remedy: str) -> None:
        self.package, self.remedy = package, remedy
        super().__init__(f"{package} is not installed; in the project's folder: {remedy}")


class BadDecision(KBError, ValueError):
    """A decision on a fact that cannot be made or read; the message says why, and what can."""


class UnknownFact(KBError, LookupError):
    """A measurement's id that a base has none of."""

    def __init__(self, id: int) -> None:
        self.id = id
        super().__init__(f"no measurement #{id}; kb find lists them")
