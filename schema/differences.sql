-- What differs between two bases, attached as "before" and "after", each part under a line "-- name: ...";
-- kb/differences.py runs them in their order, and facts_before a second time for "after".

-- name: pair_documents
-- One file in both; else what stands at the same path; else what has the same name and is of the same paper.
CREATE TEMP TABLE documents_of_both (
  before_id INTEGER NOT NULL UNIQUE, after_id INTEGER NOT NULL UNIQUE, same_text INTEGER NOT NULL
);
INSERT INTO documents_of_both
SELECT b.id, a.id, 1 FROM before.documents AS b JOIN after.documents AS a ON a.sha256 = b.sha256;
INSERT OR IGNORE INTO documents_of_both
SELECT b.id, a.id, 0 FROM before.documents AS b JOIN after.documents AS a ON a.path = b.path
WHERE b.id NOT IN (SELECT before_id FROM documents_of_both) AND a.id NOT IN (SELECT after_id FROM documents_of_both);
INSERT OR IGNORE INTO documents_of_both
SELECT b.id, a.id, 0
FROM before.documents AS b
JOIN after.documents AS a ON a.source = b.source
JOIN before.papers AS bp ON bp.id = b.paper_id
JOIN after.papers AS ap ON ap.id = a.paper_id AND ap.doi = bp.doi
WHERE b.id NOT IN (SELECT before_id FROM documents_of_both) AND a.id NOT IN (SELECT after_id FROM documents_of_both)
ORDER BY b.id, a.id;

-- name: pair_facts
-- What says the same is the same fact; else what is read at the same place of the same text, of the same metric first.
CREATE TEMP TABLE facts_of_both (before_id INTEGER PRIMARY KEY, after_id INTEGER NOT NULL UNIQUE);
INSERT INTO facts_of_both
SELECT b.id, a.id
FROM documents_of_both AS d
JOIN before.measurements AS b ON b.document_id = d.before_id
JOIN after.measurements AS a ON a.document_id = d.after_id AND a.fingerprint = b.fingerprint;
CREATE TEMP TABLE facts_left (
  side INTEGER NOT NULL, id INTEGER NOT NULL, document INTEGER NOT NULL, start_offset INTEGER NOT NULL,
  end_offset INTEGER NOT NULL, metric TEXT NOT NULL, ordinal INTEGER NOT NULL
);
INSERT INTO facts_left
SELECT 0, m.id, d.before_id, v.start_offset, v.end_offset, m.metric, m.ordinal
FROM documents_of_both AS d
JOIN before.measurements AS m ON m.document_id = d.before_id
JOIN before.evidence AS v ON v.measurement_id = m.id
WHERE d.same_text AND m.id NOT IN (SELECT before_id FROM facts_of_both);
INSERT INTO facts_left
SELECT 1, m.id, d.before_id, v.start_offset, v.end_offset, m.metric, m.ordinal
FROM documents_of_both AS d
JOIN after.measurements AS m ON m.document_id = d.after_id
JOIN after.evidence AS v ON v.measurement_id = m.id
WHERE d.same_text AND m.id NOT IN (SELECT after_id FROM facts_of_both);
INSERT INTO facts_of_both
WITH placed AS (
  SELECT *, row_number() OVER (PARTITION BY side, document, start_offset, end_offset, metric ORDER BY ordinal) AS place
  FROM facts_left
)
SELECT b.id, a.id FROM placed AS b JOIN placed AS a USING (document, start_offset, end_offset, metric, place)
WHERE b.side = 0 AND a.side = 1;
INSERT INTO facts_of_both
WITH placed AS (
  SELECT *, row_number() OVER (PARTITION BY side, document, start_offset, end_offset ORDER BY ordinal) AS place
  FROM facts_left
  WHERE (side = 0 AND id NOT IN (SELECT before_id FROM facts_of_both))
    OR (side = 1 AND id NOT IN (SELECT after_id FROM facts_of_both))
)
SELECT b.id, a.id FROM placed AS b JOIN placed AS a USING (document, start_offset, end_offset, place)
WHERE b.side = 0 AND a.side = 1;

-- name: facts_before
-- What is compared, in its groups; a flag that names another measurement names it by an id of its own base.
CREATE TEMP VIEW facts_before AS
SELECT v.id AS id, coalesce(v.doi, nullif(v.title, ''), v.source) AS paper, v.source AS source,
  json_object(
    'metric', json_array(v.metric),
    'value', json_array(v.value, v.value_max, v.qualifier, v.unit),
    'sample', json_array(v.subject, json(v.components), v.substrate, v.strategy, v.process,
      json(iif(v.is_control, 'true', 'false'))),
    'conditions', json_array(v.current_density_mA_cm2, v.areal_capacity_mAh_cm2, v.cycles, v.cycle_first, v.cycle_last,
      v.at_cycle, v.c_rate, v.temperature_C, v.time_h, v.np_ratio, v.electrolyte, v.electrolyte_class, v.cell),
    'credit', json_array(v.provenance, v.cited_ref),
    'confidence', json_array(v.confidence, v.confidence_strict),
    'flags', json(iif(v.flags = '[]', '[]', (
      SELECT json_group_array(value) FROM json_each(v.flags) WHERE value NOT GLOB 'conflicts_with:*')))
  ) AS said
FROM before.measurement_view AS v;

-- name: facts_changed
SELECT 'changed' AS change, b.paper AS paper, b.source AS source, b.id AS before_id, a.id AS after_id,
  b.said AS was, a.said AS now
FROM facts_of_both AS f JOIN facts_before AS b ON b.id = f.before_id JOIN facts_after AS a ON a.id = f.after_id
WHERE b.said <> a.said;

-- name: facts_gone
SELECT 'gone' AS change, paper, source, id AS before_id, NULL AS after_id, said AS was, NULL AS now
FROM facts_before WHERE id NOT IN (SELECT before_id FROM facts_of_both);

-- name: facts_added
SELECT 'added' AS change, paper, source, NULL AS before_id, id AS after_id, NULL AS was, said AS now
FROM facts_after WHERE id NOT IN (SELECT after_id FROM facts_of_both);

-- name: pair_of_fact
SELECT before_id, after_id FROM facts_of_both WHERE before_id = :before_id OR after_id = :after_id;
