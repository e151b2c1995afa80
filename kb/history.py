"""What was asked before: the last statements, one JSON text a line in a file of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

from kb.named import own_folder

KEPT = 500
NAME = "history.jsonl"


class History:
    """Statements, the last one last; a file that cannot be read or written costs the memory of them, nothing else.

    Parameters
    ----------
    path : the file; beside the user's own named questions where None

    Attributes
    ----------
    texts : the statements
    trouble : why they are not kept; "" where they are

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> asked = History(Path(folder.name, "history.jsonl"))
    >>> for text in ("SELECT 1", "SELECT 2", "SELECT 1"):
    ...     asked.add(text)
    >>> History(Path(folder.name, "history.jsonl")).texts
    ['SELECT 2', 'SELECT 1']
    >>> folder.cleanup()
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or own_folder() / NAME
        self.texts: list[str] = []
        self.trouble = ""
        try:
            for line in self.path.read_text("utf-8").splitlines()[-KEPT:]:
                self._last(json.loads(line))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError) as error:
            self.trouble = f"what was asked before cannot be read from {self.path.name} ({error})"

    def _last(self, text: object) -> None:
        if not isinstance(text, str):
            raise TypeError("a line is no text")
        if text in self.texts:
            self.texts.remove(text)
        self.texts.append(text)

    def add(self, text: str) -> None:
        """Remember a statement as the last one."""
        self._last(text)
        del self.texts[:-KEPT]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_name(self.path.name + ".part")
            part.write_text("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in self.texts), "utf-8")
            part.replace(self.path)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"statements are not kept: {self.path} cannot be written ({error.strerror})"
