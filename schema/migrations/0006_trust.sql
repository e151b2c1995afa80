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

-- What the audits find, derived from the rest: a base has none until its next ingestion, or kb check.
CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('red', 'amber', 'note')),
  paper_id INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
  said TEXT NOT NULL,
  repair TEXT NOT NULL,
  ratio REAL
) STRICT;
CREATE INDEX findings_by_paper ON findings (paper_id);

CREATE TABLE finding_measurements (
  measurement_id INTEGER NOT NULL REFERENCES measurements (id) ON DELETE CASCADE,
  finding_id INTEGER NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (measurement_id, finding_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_measurements_by_finding ON finding_measurements (finding_id, ordinal);

CREATE TABLE audited (
  paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
  rules TEXT NOT NULL
) STRICT;

-- What people decide of facts: the log of decisions, and what of it is in force.
ALTER TABLE papers ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));
ALTER TABLE measurements ADD COLUMN status TEXT NOT NULL DEFAULT 'mined' CHECK (status IN ('mined', 'accepted', 'corrected'));
ALTER TABLE measurements ADD COLUMN control_id INTEGER;
ALTER TABLE measurements ADD COLUMN mined TEXT CHECK (mined IS NULL OR json_valid(mined));

CREATE TABLE decisions (
  id TEXT PRIMARY KEY,
  made_at TEXT NOT NULL,
  author TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('accept', 'reject', 'set', 'link', 'remove', 'undo')),
  reason TEXT NOT NULL,
  paper TEXT NOT NULL,
  evidence TEXT NOT NULL,
  place TEXT CHECK (place IS NULL OR json_valid(place)),
  change TEXT NOT NULL CHECK (json_valid(change)),
  undoes TEXT,
  follows TEXT NOT NULL CHECK (json_valid(follows))
) STRICT;
CREATE INDEX decisions_by_paper ON decisions (paper);
CREATE TRIGGER decisions_never_change BEFORE UPDATE ON decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are only ever added: make another one');
END;
CREATE TRIGGER decisions_never_leave BEFORE DELETE ON decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are only ever added: undo it');
END;

CREATE TABLE curated (
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  fingerprint TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('accepted', 'corrected', 'rejected', 'removed')),
  fact TEXT NOT NULL CHECK (json_valid(fact)),
  decisions TEXT NOT NULL CHECK (json_valid(decisions))
) STRICT;
CREATE INDEX curated_by_document ON curated (document_id);

PRAGMA user_version = 6;
