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

PRAGMA user_version = 4;
