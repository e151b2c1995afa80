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

PRAGMA user_version = 8;
