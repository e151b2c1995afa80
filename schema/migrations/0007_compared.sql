-- What the audits compared between papers; empty until the next check, which looks at everything anew.
CREATE TABLE compared (
  paper_id INTEGER PRIMARY KEY,
  facts BLOB NOT NULL CHECK (length(facts) % 24 = 0)
) STRICT;

PRAGMA user_version = 7;
