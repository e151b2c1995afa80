-- How sure it is that all of a record is right; a document gets it when it is next mined.
ALTER TABLE measurements ADD COLUMN confidence_strict REAL CHECK (confidence_strict BETWEEN 0 AND 1);

PRAGMA user_version = 3;
