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

PRAGMA user_version = 7;
