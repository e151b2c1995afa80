"""What people decide of facts: accepted, rejected, corrected, given a control; papers that were retracted.

Belongs here: the log of decisions and what follows from it.  ``evidence`` finds again what a decision is of,
``decisions`` says what is in force, ``correcting`` what may be set, ``applying`` writes it into the tables, ``log`` is
the API (``base.curation``).
"""
