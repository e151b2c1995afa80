-- What was fitted, so that it can be drawn from, and to which priors; one of an older version has neither, and is not used.
ALTER TABLE calibrations ADD COLUMN posterior TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(posterior));
ALTER TABLE calibrations ADD COLUMN priors TEXT NOT NULL DEFAULT '';

-- What people gave of a paper with kb bibliography import.
CREATE TABLE given_metadata (
  paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
  doi TEXT UNIQUE,
  title TEXT,
  year INTEGER,
  journal TEXT,
  authors TEXT CHECK (authors IS NULL OR json_valid(authors)),
  source TEXT NOT NULL,
  given_at TEXT NOT NULL
) STRICT;

PRAGMA user_version = 6;
