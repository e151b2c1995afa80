-- Statements of the base's own programs: decisions of people, and what they are of.
-- Each under a line "-- name: ...", with named parameters.

-- name: new_decision
INSERT OR IGNORE INTO decisions (id, made_at, author, action, reason, paper, evidence, place, change, undoes, follows)
VALUES (:id, :made_at, :author, :action, :reason, :paper, :evidence, :place, :change, :undoes, :follows);

-- name: decisions
SELECT id, made_at, author, action, reason, paper, evidence, place, change, undoes, follows
FROM decisions ORDER BY made_at, id;

-- name: decisions_of_papers
SELECT id, made_at, author, action, reason, paper, evidence, place, change, undoes, follows
FROM decisions WHERE paper IN (SELECT value FROM json_each(:papers)) ORDER BY made_at, id;

-- name: names_of_paper
-- All that a paper may go by in a decision, the best first.
SELECT 'doi:' || doi AS name, 0 AS place FROM documents WHERE paper_id = :id AND doi IS NOT NULL
UNION SELECT 'doi:' || doi, 0 FROM papers WHERE id = :id AND doi IS NOT NULL
UNION SELECT 'title:' || title_key, 1 FROM documents WHERE paper_id = :id AND title_key IS NOT NULL
UNION SELECT 'sha256:' || sha256, 2 FROM documents WHERE paper_id = :id
ORDER BY place, name;

-- name: papers_of_names
SELECT id FROM papers WHERE doi IN (SELECT substr(value, 5) FROM json_each(:names) WHERE value LIKE 'doi:%')
UNION SELECT paper_id FROM documents
WHERE doi IN (SELECT substr(value, 5) FROM json_each(:names) WHERE value LIKE 'doi:%')
UNION SELECT paper_id FROM documents
WHERE title_key IN (SELECT substr(value, 7) FROM json_each(:names) WHERE value LIKE 'title:%')
UNION SELECT paper_id FROM documents
WHERE sha256 IN (SELECT substr(value, 8) FROM json_each(:names) WHERE value LIKE 'sha256:%')
ORDER BY 1;

-- name: facts_of_paper
SELECT m.id, d.source, d.doi, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.value_reported, m.unit_reported,
  m.subject, m.components, s.substrate, s.strategy, s.process, e.is_control, e.current_density_mA_cm2,
  e.areal_capacity_mAh_cm2, e.cycles, e.cycle_first, e.cycle_last, e.at_cycle, e.c_rate, e.temperature_C, e.time_h,
  e.np_ratio, e.electrolyte, e.electrolyte_class, e.cell, m.conditions_far, m.provenance, e.cited_ref,
  v.text AS evidence_text, v.start_offset, v.end_offset, v.section, v.page, m.confidence, m.confidence_strict, m.flags,
  m.document_id, m.ordinal, m.fingerprint, v.passage_id, m.status, m.control_id
FROM documents AS d
JOIN measurements AS m ON m.document_id = d.id
JOIN experiments AS e ON e.id = m.experiment_id
JOIN systems AS s ON s.id = e.system_id
JOIN evidence AS v ON v.measurement_id = m.id
WHERE d.paper_id = :paper
ORDER BY m.document_id, m.ordinal;

-- name: curated_of_paper
SELECT q.id, q.document_id, q.fingerprint, q.status, q.fact, q.decisions, d.source, d.doi, m.control_id
FROM curated AS q JOIN documents AS d ON d.id = q.document_id LEFT JOIN measurements AS m ON m.id = q.id
WHERE d.paper_id = :paper ORDER BY q.id;

-- name: curated
SELECT id, document_id, fingerprint, status, fact, decisions FROM curated WHERE id = :id;

-- name: paper_of_fact
SELECT d.paper_id FROM measurements AS m JOIN documents AS d ON d.id = m.document_id WHERE m.id = :id
UNION SELECT d.paper_id FROM curated AS q JOIN documents AS d ON d.id = q.document_id WHERE q.id = :id;

-- name: originals_of_paper
SELECT id, original FROM documents WHERE paper_id = :paper;

-- name: put_curated
INSERT OR REPLACE INTO curated (id, document_id, fingerprint, status, fact, decisions)
VALUES (:id, :document_id, :fingerprint, :status, :fact, :decisions);

-- name: drop_curated_fact
DELETE FROM curated WHERE id = :id;

-- name: experiment_of_measurement
SELECT experiment_id FROM measurements WHERE id = :id;

-- name: drop_measurement
DELETE FROM measurements WHERE id = :id;

-- name: mark_measurement
UPDATE measurements SET status = :status, control_id = :control_id, mined = :mined WHERE id = :id;

-- name: mark_paper
UPDATE papers SET removed = :removed WHERE id = :id AND removed <> :removed;

-- name: coatings_of_document
SELECT id, name, components, cited_ref FROM coatings WHERE document_id = :id ORDER BY ordinal;

-- name: set_aside
SELECT id, status, fact, decisions FROM curated WHERE status IN (SELECT value FROM json_each(:aside)) ORDER BY id;

-- name: facts_credited_to
-- Second-hand facts of other papers that are credited to a paper.
SELECT DISTINCT m.id FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN citations AS c ON c.document_id = m.document_id AND c.marker = e.cited_ref
JOIN papers AS p ON p.doi = c.doi
WHERE p.id = :paper AND e.paper_id <> p.id ORDER BY m.id;

-- name: ids_of_paper
SELECT m.id FROM measurements AS m JOIN documents AS d ON d.id = m.document_id WHERE d.paper_id = :paper ORDER BY m.id;

-- name: calibrations
SELECT id, made_at, measurements FROM calibrations ORDER BY id;

-- name: same_works
-- Other papers that are the same work: a preprint and its article.
SELECT DISTINCT p.doi FROM merges AS g
JOIN papers AS mine ON mine.id = :paper AND coalesce(mine.doi, '#' || mine.id) IN (g.kept, g.merged)
JOIN papers AS p ON p.id <> mine.id AND coalesce(p.doi, '#' || p.id) IN (g.kept, g.merged)
WHERE g.kind = 'paper' AND g.undone_at IS NULL AND p.doi IS NOT NULL AND p.removed = 0 ORDER BY p.doi;

-- name: labels_of_paper
SELECT title AS label FROM papers WHERE id = :paper AND title <> ''
UNION SELECT doi FROM papers WHERE id = :paper AND doi IS NOT NULL
UNION SELECT source FROM documents WHERE paper_id = :paper;

-- name: decision
SELECT id, made_at, author, action, reason, paper, evidence, place, change, undoes, follows FROM decisions WHERE id = :id;
