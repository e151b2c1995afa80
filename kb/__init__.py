"""The base and what is done with it: store, query, screening, export, the command line.

Belongs here: what needs an ingested base.  ``extractors`` is loaded only where documents are mined.
``kb.KnowledgeBase`` is the Python API; it is loaded at its first use, so that ``import kb`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

__all__ = ["KnowledgeBase"]


def __getattr__(name: str) -> Any:
    if name == "KnowledgeBase":
        from kb.base import KnowledgeBase

        return KnowledgeBase
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
