"""Which candidate is best, on arrays and plain records.

Belongs here: the maths of ranking, effects against a control, models of the electrode; ``core/`` is their C part.
Knows no SQL and opens no file: candidates come in, ranked candidates go out.
"""
