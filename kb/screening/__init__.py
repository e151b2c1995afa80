"""Which candidate is best, on arrays and plain records.

Belongs here: the maths of ranking, effects against a control, models of the electrode, the cycling simulator; ``core/``
is their C part.  Knows no SQL and opens no file: candidates come in, ranked candidates go out.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.screening.cycling import Lives, Protocol, simulate_cells

__all__ = ["Lives", "Protocol", "simulate_cells"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kb.screening import cycling  # here, because ranking needs no NumPy

    return getattr(cycling, name)
