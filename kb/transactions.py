"""Transactions: all or nothing, and the right to write taken at the start."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing; the right to write is taken at the start, so no other writer comes in between.

    Inside another transaction it is a part of it that can fail alone.
    """
    inside = db.in_transaction
    db.execute("SAVEPOINT part" if inside else "BEGIN IMMEDIATE")
    try:
        yield
        db.execute("RELEASE part" if inside else "COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK TO part" if inside else "ROLLBACK")
        raise


@contextmanager
def bulk(db: sqlite3.Connection) -> Iterator[None]:
    """Do much of it or nothing, several times as fast: one transaction, indexes and full text made at its end.

    Only what is written by ``kb/rows.py`` belongs into it: the CHECKs of the tables, which ``kb/facts.py`` has made
    already, are passed over.  In a base that holds measurements it is a transaction like any other, since there the
    indexes would be made of everything anew.
    """
    if db.execute("SELECT EXISTS (SELECT 1 FROM measurements)").fetchone()[0]:
        with transaction(db):
            yield
        return
    db.execute("PRAGMA ignore_check_constraints = ON")
    try:
        with transaction(db):
            later = db.execute(_LATER).fetchall()
            for kind, name, _ in later:
                db.execute(f"DROP {kind} {name}")
            yield
            for _, _, text in later:
                db.execute(text)
            db.execute("INSERT INTO passages_text (passages_text) VALUES ('rebuild')")
    finally:
        db.execute("PRAGMA ignore_check_constraints = OFF")
    import sqlite_utils  # here, because it takes a second

    whole = sqlite_utils.Database(db, execute_plugins=False)
    whole.table("passages_text").optimize()
    whole.analyze()


# Indexes that no ingestion looks anything up by, and what keeps the full text.
_LATER = """SELECT type, name, sql FROM sqlite_master
  WHERE sql IS NOT NULL AND (type = 'trigger' OR type = 'index' AND tbl_name IN (
    'measurements', 'evidence', 'experiments', 'passages', 'traits', 'coating_measurements', 'citations'))
  ORDER BY type, name"""
