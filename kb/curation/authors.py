"""Who decides: a name as git writes it, from an option, the environment, or git's settings (git need not be there)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path

from schema.errors import BadSetting

_AUTHOR = re.compile(r"[^<>\s][^<>\n]*?( <[^<>\s]+>)?")
_REMEDY = "give it with --author 'Ada Byron <ada@example.org>', or set KB_AUTHOR"


def author_of(given: str | None = None, folder: Path | None = None) -> str:
    """Say who decides.

    Parameters
    ----------
    given : as the operator says it; else ``KB_AUTHOR``, else user.name and user.email of git's settings
    folder : where a repository's own settings are looked for, and above; the current one where None

    Raises
    ------
    BadSetting
        Where nobody says so, or it is no name.

    Examples
    --------
    >>> author_of("Ada Byron <ada@example.org>")
    'Ada Byron <ada@example.org>'
    """
    told = given or os.environ.get("KB_AUTHOR") or _of_git(folder or Path.cwd())
    if not told:
        raise BadSetting(f"who decides is not known; {_REMEDY}")
    author = " ".join(told.split())
    if not _AUTHOR.fullmatch(author):
        raise BadSetting(f"{told!r} is no name with an address; {_REMEDY}")
    return author


def _of_git(folder: Path) -> str:
    told: dict[str, str] = {}
    for path in _settings(folder):
        for key, value in _user(path).items():
            told.setdefault(key, value)
    name, email = told.get("name", ""), told.get("email", "")
    return f"{name} <{email}>" if name and email else name


def _settings(folder: Path) -> Iterator[Path]:
    """Give git's files of settings, the nearest first."""
    for above in (folder, *folder.parents):
        if (above / ".git" / "config").is_file():
            yield above / ".git" / "config"
            break
    if told := os.environ.get("GIT_CONFIG_GLOBAL"):
        yield Path(told)
        return
    home = Path.home()
    yield home / ".gitconfig"
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git" / "config"


def _user(path: Path) -> Mapping[str, str]:
    """Read the section [user]; nothing where the file is not there or is not git's."""
    if not path.is_file():
        return {}
    read = ConfigParser(strict=False, allow_no_value=True, interpolation=None, inline_comment_prefixes=("#", ";"))
    try:
        # git indents as it likes; to a ConfigParser that continues a line.
        read.read_string("\n".join(line.strip() for line in path.read_text("utf-8").splitlines()))
    except (ConfigError, OSError, UnicodeDecodeError):
        return {}  # a file of another program: the next place is asked, and at last the operator
    section = read["user"] if read.has_section("user") else {}
    return {key: section[key].strip('" ') for key in ("name", "email") if section.get(key)}
