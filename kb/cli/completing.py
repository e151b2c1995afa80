"""The TAB key: ``kb completion``, and what each argument and option may go on with, told by its name or metavar.

click finds out where on the line TAB was pressed and writes what makes a shell ask.  Ours are the words, and two things
that its scripts get wrong for them: bash takes words apart at ``:``, ``=`` and ``@`` and has to be given what stands
after, in quotes where that needs some; fish takes a comma for the end of a word.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
)

from kb.cli.doors import examples

VARIABLE = "_KB_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
MOST = 200  # texts of a base that are offered at a time
_STUDY = re.compile(r"^by\s*=", re.MULTILINE)
_PLAIN = re.compile(r"[\w@%+=:,./~-]*")

Items = list[CompletionItem[str]]
Completer = Callable[[click.Context, str], Items]


@click.command(
    epilog=examples(
        "kb completion bash > ~/.local/share/bash-completion/completions/kb",
        "kb completion zsh > ~/.zfunc/_kb  # where 'fpath+=~/.zfunc' stands before compinit in ~/.zshrc",
        "kb completion fish > ~/.config/fish/completions/kb.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes the TAB key of a SHELL complete kb: put it where the shell looks, then open a new one.

    \b
    For the shell that is open:
      bash  eval "$(kb completion bash)"
      zsh   eval "$(kb completion zsh)"      (after compinit)
      fish  kb completion fish | source

    It completes commands, options and their choices, files, metrics, conditions, filters as they are typed (in quotes),
    named queries (@...), study files, and the DOIs and samples of the base that --db or KB_DB names.
    """
    found = get_completion_class(shell)
    assert found is not None  # click knows all of SHELLS
    click.echo(found(ctx.find_root().command, {}, "kb", VARIABLE).source())


def teach(command: click.Command) -> None:
    """Let each argument and option of a command, and of those below it, complete what it takes."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            teach(below)
    for param in command.params:
        known = (COMPLETERS[name] for name in (*param.opts, param.metavar) if name in COMPLETERS)
        if (completer := next(known, None)) is not None:
            param.type = _Taught(param.type, completer)


class _Taught(click.ParamType):
    """A type that also completes."""

    def __init__(self, of: click.ParamType, completer: Completer) -> None:
        self.name, self.of, self.completer = of.name, of, completer

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self.of.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
        return self.completer(ctx, incomplete)


# What may come --------------------------------------------------------------------------------------------------------


def _filter(ctx: click.Context, begun: str) -> Items:
    """Complete the last word of a filter; the shell has the whole filter as one word, so all of it is given back.

    Where one word fits, what may follow it is told too: a shell takes a single answer for the end of the filter.
    """
    # lark would load it, 30 ms, for classes of characters that our grammar has not; this process only answers a TAB.
    sys.modules.setdefault("regex", None)  # type: ignore[arg-type]
    from kb.completion import complete, following

    found = [(begun[: s.start] + s.word, s.meaning) for s in complete(begun)]
    if len(found) == 1:
        ((whole, meaning),) = found
        found = [(text, meaning if text == whole else "") for text in following(whole)] or found
    return [CompletionItem(text, help=meaning or None, goes_on=True) for text, meaning in found]


def _metric(ctx: click.Context, begun: str) -> Items:
    from schema.vocabulary import vocabulary

    return _items((m.name, f"[{m.unit}]") for m in vocabulary().metrics.values() if m.name.startswith(begun))


def _criterion(ctx: click.Context, begun: str) -> Items:
    """Complete METRIC, then :max or :min."""
    metric, colon, _ = begun.partition(":")
    if not colon:
        return _metric(ctx, begun)
    ways = ((f"{metric}:max", "the more the better"), (f"{metric}:min", "the less the better"))
    return _items(way for way in ways if way[0].startswith(begun))


def _condition(ctx: click.Context, begun: str) -> Items:
    from kb.fields import CONDITIONS

    return _items((name, "") for name in CONDITIONS if name.startswith(begun))


def _column(ctx: click.Context, begun: str) -> Items:
    from kb.fields import COLUMNS, CONDITIONS

    sign = "-" if begun.startswith("-") else ""
    return _items((sign + name, "") for name in (*CONDITIONS, *COLUMNS) if name.startswith(begun.removeprefix("-")))


def _query(ctx: click.Context, begun: str) -> Items:
    from kb.named import SQL, all_named

    known = ((f"@{n.name}", n.meaning) for n in all_named().values() if n.kind == SQL)
    return _items(one for one in known if one[0].startswith(begun))


def _table(ctx: click.Context, begun: str) -> Items:
    from schema.tables import tables

    return _items((t.name, t.kind) for t in tables().values() if t.name.startswith(begun))


def _kind(ctx: click.Context, begun: str) -> Items:
    from kb.plots.kinds import KINDS

    return _items((name, kind.what) for name, kind in KINDS.items() if name.startswith(begun))


def _rule(ctx: click.Context, begun: str) -> Items:
    from kb.audit.findings import RULES

    return _items((rule, meaning) for rule, meaning in RULES.items() if rule.startswith(begun))


def _study(ctx: click.Context, begun: str) -> Items:
    """Complete the studies in a folder; any file where there are none."""
    folder, slash, name = begun.rpartition("/")
    here = sorted(Path(folder + slash).glob("*.toml"))
    found = [path.name for path in here if path.name.startswith(name) and _is_study(path)]
    return _items((folder + slash + one, "study") for one in found) or _file(ctx, begun)


def _is_study(path: Path) -> bool:
    try:
        return bool(_STUDY.search(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError):
        return False  # no study that anybody could name


def _doi(ctx: click.Context, begun: str) -> Items:
    return _items((doi, "") for doi in _texts(ctx, "dois_beginning", begun.lower()))


def _sample(ctx: click.Context, begun: str) -> Items:
    return _items((name, "") for name in _texts(ctx, "samples_beginning", begun))


def _texts(ctx: click.Context, name: str, begun: str) -> list[str]:
    """Ask the base that the command would open; nothing where that cannot be read: TAB is no place for errors."""
    from sqlite3 import DatabaseError

    from kb.connection import open_base
    from schema.errors import KBError
    from schema.statements import statement

    path = Path(ctx.params.get("db") or os.environ.get("KB_DB") or "kb.sqlite")
    try:
        db = open_base(path)
        try:
            found = (row[0] for row in db.execute(statement(name), {"begun": begun, "most": MOST}))
            return [text for text in found if text.isprintable()]  # a new line would end an answer
        finally:
            db.close()
    except (KBError, DatabaseError):
        return []


def _file(ctx: click.Context, begun: str) -> Items:
    return [CompletionItem(begun, type="file")]


def _folder(ctx: click.Context, begun: str) -> Items:
    return [CompletionItem(begun, type="dir")]


def _items(found: Iterable[tuple[str, str]]) -> Items:
    return [CompletionItem(word, help=meaning or None) for word, meaning in found]


# By the option or argument, else by the metavar in its help.
COMPLETERS: dict[str | None, Completer] = {
    "--study": _study, "--sample": _sample, "--mapping": _file, "doi": _doi, "metric": _metric, "kind": _kind,
    "table": _table, "file": _file, "broken": _file, "new": _file, "base": _file, "system": _sample, "before": _file,
    "after": _file, "--paper": _doi,
    "FILTER": _filter, "METRIC": _metric, "METRIC[:max|min[:WEIGHT]]": _criterion, "METRIC[:max|min]": _criterion,
    "CONDITION": _condition, "COLUMN": _column, "SELECT": _query, "RULE": _rule, "DOI": _doi, "CANDIDATE": _sample,
    "[NAME] [KEY=VALUE...]": _sample, "FILE": _file, "PATH...": _file, "[PATH...]": _file, "GOLD": _file,
    "[GOLD...]": _file, "DIR": _folder, "FOLDER": _folder,
}  # fmt: skip


# Shells ---------------------------------------------------------------------------------------------------------------


@add_completion_class
class Bash(BashComplete):
    """Bash, given the line and not its words: those it takes apart at ``:``, ``=`` and ``@``."""

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' line type value
    COMPREPLY=()
    while IFS= read -r line; do
        type=${line%%%%,*} value=${line#*,}
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words before the one that TAB is pressed in, and that one as far as it is typed."""
        *words, last = _words(os.environ["COMP_WORDS"] + "x")  # so that there is a last one after a space too
        last = last[:-1]
        option, equals, value = last.partition("=")
        if equals and option.startswith("--"):
            words, last = [*words, option], value
        return words[1:], last

    def complete(self) -> str:
        """Give what takes the place of what bash takes for the word."""
        _, typed = self.get_completion_args()
        quote, replaced = _open_quote(os.environ["COMP_WORDS"]), os.environ["COMP_CWORD"]
        # Where bash's word is not how ours ends, it is all of ours, with quotes or backslashes in it.
        self._kept = typed[: len(typed) - len(replaced)] if replaced and typed.endswith(replaced) else ""
        if not replaced and typed and not quote:
            self._kept = typed  # just after one of the signs that take words apart
        self._quote = quote
        return super().complete()

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Write a line: the type of the answer, a comma, what is put in."""
        value = str(item.value)
        if item.type == "plain" and value.startswith(self._kept):
            value = _quoted(value[len(self._kept) :], self._quote, bool(item.goes_on))
        return f"{item.type},{value}"


class _WholeWord(ShellComplete):
    """A shell that puts the answer in the place of the whole word, of ``--option=value`` too."""

    def get_completions(self, args: list[str], incomplete: str) -> Items:
        """Give what click does, with the option before it where that is in the word."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if equals and option.startswith("--"):
            for item in found:
                item.value = f"{option}={item.value}"
        return found


@add_completion_class
class Zsh(_WholeWord, ZshComplete):
    """Zsh."""


@add_completion_class
class Fish(_WholeWord, FishComplete):
    """Fish, whose words may have commas in them."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split -m1 ","')


def _words(line: str) -> list[str]:
    """Take a line apart as a shell does; an open quote ends where the line does.

    Examples
    --------
    >>> _words("kb find 'a > 1 AND")
    ['kb', 'find', 'a > 1 AND']
    """
    parser = shlex.shlex(line, posix=True)
    parser.whitespace_split, parser.commenters = True, ""
    return list(_tokens(parser))


def _tokens(parser: shlex.shlex) -> Iterator[str]:
    try:
        yield from parser
    except ValueError:  # the quote is still open, or the line ends with a backslash
        yield parser.token


def _open_quote(line: str) -> str:
    """Give the quote that is open at the end of a line, "" where none is.

    Examples
    --------
    >>> _open_quote("kb find 'a = \\"b"), _open_quote("kb find 'a' "), _open_quote('kb find "a')
    ("'", '', '"')
    """
    parts = re.sub(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^'"\\]""", "", line, flags=re.DOTALL)
    return parts[:1].replace("\\", "")


def _quoted(value: str, quote: str, goes_on: bool) -> str:
    """Write a text for bash, within the quote that is open, else within quotes where it needs some.

    Examples
    --------
    >>> _quoted("a b", "'", False), _quoted("a b", "", False), _quoted("a b", "", True), _quoted("ab", "", False)
    ('a b', "'a b'", "'a b", 'ab')
    """
    if quote == '"':
        return re.sub(r'(["\\$`])', r"\\\1", value)
    escaped = value.replace("'", "'\\''")
    if quote or (_PLAIN.fullmatch(value) and not goes_on):
        return escaped
    return f"'{escaped}" if goes_on else f"'{escaped}'"
