-- Numbers that are imported from tables.  A CHECK is changed in the text of the schema, as SQLite's documentation of ALTER
-- TABLE tells it: no row changes, and to lay the table anew would take every index and reference along.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''stated'', ''cited''))', '''stated'', ''cited'', ''imported''))')
WHERE type = 'table' AND name = 'measurements';
PRAGMA writable_schema = RESET;

-- Fits of the simulator to the lives of the base.
CREATE TABLE calibrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  seed INTEGER NOT NULL,
  factors TEXT NOT NULL CHECK (json_valid(factors)),
  scores TEXT NOT NULL CHECK (json_valid(scores)),
  measurements TEXT NOT NULL CHECK (json_valid(measurements)),
  beats INTEGER NOT NULL CHECK (beats IN (0, 1))
) STRICT;

PRAGMA user_version = 5;
