"""Answers kept by what was asked: the same question to the same model is never sent twice."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from schema.errors import BadSetting, TooSlow


def cache_folder() -> Path:
    """Give the folder of the cache: ``KB_CACHE``, else the user's cache folder of the system."""
    if named := os.environ.get("KB_CACHE"):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("lithium-anode-kb")


class Answers:
    """Answers in files, one each, named by a digest of all that was asked.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     kept = Answers(Path(folder))
    ...     kept.put(("model", "question"), "answer")
    ...     kept.get(("model", "question")), kept.get(("other", "question"))
    ('answer', None)
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or cache_folder()) / "llm"

    def _path(self, asked: tuple[str, ...]) -> Path:
        digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        return self.folder / digest[:2] / f"{digest}.txt"

    def get(self, asked: tuple[str, ...]) -> str | None:
        """Give the answer that is kept, or None."""
        try:
            return self._path(asked).read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except TooSlow:
            raise
        except OSError as error:
            raise self._unusable(error) from error

    def put(self, asked: tuple[str, ...], answer: str) -> None:
        """Keep an answer; the file takes its place only when it is whole.

        Raises
        ------
        BadSetting
            Where the folder cannot be written.
        """
        path = self._path(asked)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(answer.encode("utf-8", "replace"))
            try:
                Path(part.name).replace(path)
            finally:
                Path(part.name).unlink(missing_ok=True)
        except TooSlow:
            raise
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> BadSetting:
        return BadSetting(f"the cache {self.folder} cannot be used ({error.strerror}); name another folder in KB_CACHE")
