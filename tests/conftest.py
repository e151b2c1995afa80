"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# The first example of a property pays for what is loaded late (pint, the lexicon): no deadline for one example.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
