"""A base as a folder that can be handed on: the file, its views as tables, what it is, what it rests on.

Belongs here: making such a folder (``making``), what of it may be public (``licences``, ``withholding``), its files
(``tables``, ``datapackage``, ``crate``), and checking one (``verifying``).
"""

from kb.snapshot.making import Snapshot, snapshot
from kb.snapshot.verifying import Fault, verify

__all__ = ["Fault", "Snapshot", "snapshot", "verify"]
