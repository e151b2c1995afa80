"""What speaks against what stands in a base: rules over its rows, and their findings.

Belongs here: a module a rule or a small family of rules, pure (rows in, findings out); ``rules`` runs them.
``keeping`` alone knows the base: it reads the rows and keeps the findings.  No rule changes or deletes anything.
"""

from typing import TYPE_CHECKING, Any

from kb.audit.findings import RULES, SEVERITIES, Finding

if TYPE_CHECKING:
    from kb.audit.keeping import Audit, broken_evidence

__all__ = ["RULES", "SEVERITIES", "Audit", "Finding", "broken_evidence"]


def __getattr__(name: str) -> Any:
    if name in ("Audit", "broken_evidence"):
        from kb.audit import keeping  # here, because filters know the names of the rules and need no more

        return getattr(keeping, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
