"""Which candidate is best, on arrays and plain records.

Belongs here: the maths of ranking, effects against a control, models of the electrode, the cycling simulator; ``core/``
is their C part.  Knows no SQL and opens no file: candidates come in, ranked candidates go out.
"""

from kb.screening.cycling import Lives, Protocol, simulate_cells

__all__ = ["Lives", "Protocol", "simulate_cells"]
