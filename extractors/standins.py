"""Imports of a package that itself imports what is not installed, and not used."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType


class _StandIns(MetaPathFinder, Loader):
    """Finds any module of some packages: one that has a class under every name."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = packages

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self, is_package=True) if name.partition(".")[0] in self.packages else None

    def exec_module(self, module: ModuleType) -> None:
        def member(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (Exception,), {})

        module.__dict__["__getattr__"] = member


@contextmanager
def standing_in(packages: Sequence[str]) -> Iterator[None]:
    """Let modules be imported that import some packages, as if these were installed; warnings are passed over.

    What is installed is taken; what is not is as absent afterwards as before.

    Examples
    --------
    >>> with standing_in(["an_absent_browser"]):
    ...     from an_absent_browser.options import Options
    >>> Options.__name__, "an_absent_browser" in sys.modules
    ('Options', False)
    """
    stand_ins = _StandIns(packages)
    sys.meta_path.append(stand_ins)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the package's own source
            yield
    finally:
        sys.meta_path.remove(stand_ins)
        for name in [n for n, m in sys.modules.items() if getattr(m, "__loader__", None) is stand_ins]:
            del sys.modules[name]
