-- Full text, samples that are found by an index, names that mean one thing.
CREATE VIRTUAL TABLE passages_text USING fts5 (
  text,
  content = 'passages', content_rowid = 'id', tokenize = 'porter unicode61'
);
INSERT INTO passages_text (passages_text) VALUES ('rebuild');
CREATE TRIGGER passages_text_of_new AFTER INSERT ON passages BEGIN
  INSERT INTO passages_text (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER passages_text_of_dropped AFTER DELETE ON passages BEGIN
  INSERT INTO passages_text (passages_text, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER passages_text_of_changed AFTER UPDATE OF text ON passages BEGIN
  INSERT INTO passages_text (passages_text, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO passages_text (rowid, text) VALUES (new.id, new.text);
END;

CREATE TABLE merges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('material', 'paper')),
  kept TEXT NOT NULL,
  merged TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  made_at TEXT NOT NULL,
  undone_at TEXT,
  UNIQUE (kind, merged)
) STRICT;
CREATE INDEX merges_by_kept ON merges (kind, kept);

ALTER TABLE measurements ADD COLUMN sample TEXT NOT NULL DEFAULT '';
UPDATE measurements SET sample = (
  SELECT e.paper_id || '|'
    || CASE measurements.provenance
         WHEN 'cited' THEN coalesce('[' || e.cited_ref || ']', measurements.document_id || ' ' || v.passage_id, '') ELSE '' END
    || '|' || coalesce(
      (SELECT group_concat(name, ' + ') FROM (
        SELECT DISTINCT value AS name FROM json_each(measurements.components) ORDER BY value)),
      lower(measurements.subject))
  FROM experiments AS e
  LEFT JOIN evidence AS v ON v.measurement_id = measurements.id
  WHERE e.id = measurements.experiment_id
);
DROP INDEX measurements_by_metric;
CREATE INDEX measurements_by_metric ON measurements (metric, value, qualifier, value_max, experiment_id);
CREATE INDEX measurements_by_sample ON measurements (sample, metric);
CREATE INDEX measurements_flagged ON measurements (id) WHERE flags <> '[]';
CREATE INDEX experiments_by_current ON experiments (current_density_mA_cm2, areal_capacity_mAh_cm2)
  WHERE current_density_mA_cm2 IS NOT NULL;
CREATE INDEX experiments_by_temperature ON experiments (temperature_C) WHERE temperature_C IS NOT NULL;
CREATE INDEX experiments_by_electrolyte ON experiments (electrolyte_class) WHERE electrolyte_class IS NOT NULL;
CREATE INDEX systems_by_strategy ON systems (strategy);

PRAGMA user_version = 4;
