-- Statements of the base's own programs: what the audits look at, find and keep, and how people go through it.
-- Each under a line "-- name: ...", with named parameters.

-- name: rows_to_audit
-- What the rules of kb/audit look at: every measurement, one paper after the other, in the order of the indexes, so that
-- nothing is sorted.
SELECT
  m.id, d.paper_id, m.document_id, d.source, d.path, d.supplement_of, m.metric, m.value, m.value_max, m.qualifier, m.unit,
  m.value_reported, m.unit_reported, m.subject, m.components, m.sample, e.is_control, e.current_density_mA_cm2,
  e.areal_capacity_mAh_cm2, e.cycles, e.cycle_first, e.cycle_last, e.at_cycle, e.c_rate, e.temperature_C, e.time_h,
  e.np_ratio, e.electrolyte_class, e.cell, v.text AS evidence
FROM documents AS d INDEXED BY documents_by_paper
CROSS JOIN measurements AS m ON m.document_id = d.id
CROSS JOIN experiments AS e ON e.id = m.experiment_id
CROSS JOIN evidence AS v ON v.measurement_id = m.id
ORDER BY d.paper_id;

-- name: rows_of_papers_to_audit
SELECT
  m.id, d.paper_id, m.document_id, d.source, d.path, d.supplement_of, m.metric, m.value, m.value_max, m.qualifier, m.unit,
  m.value_reported, m.unit_reported, m.subject, m.components, m.sample, e.is_control, e.current_density_mA_cm2,
  e.areal_capacity_mAh_cm2, e.cycles, e.cycle_first, e.cycle_last, e.at_cycle, e.c_rate, e.temperature_C, e.time_h,
  e.np_ratio, e.electrolyte_class, e.cell, v.text AS evidence
FROM json_each(:papers) AS asked
CROSS JOIN documents AS d ON d.paper_id = asked.value
CROSS JOIN measurements AS m ON m.document_id = d.id
CROSS JOIN experiments AS e ON e.id = m.experiment_id
CROSS JOIN evidence AS v ON v.measurement_id = m.id;

-- name: values_to_tell
SELECT m.id, e.paper_id, m.metric, m.value, m.value_max, m.qualifier, m.unit, e.cell, e.electrolyte_class,
  e.current_density_mA_cm2
FROM json_each(:ids) AS asked
CROSS JOIN measurements AS m ON m.id = asked.value
CROSS JOIN experiments AS e ON e.id = m.experiment_id;

-- name: compared
SELECT paper_id, facts FROM compared;

-- name: ids_of_papers
SELECT id FROM papers;

-- name: drop_compared
DELETE FROM compared WHERE paper_id IN (SELECT value FROM json_each(:papers));

-- name: forget_compared
DELETE FROM compared;

-- name: new_compared
INSERT INTO compared (paper_id, facts) VALUES (:paper, :facts);

-- name: places_to_audit
SELECT m.id, m.document_id, d.paper_id, d.source, v.start_offset, v.end_offset, m.value_reported
FROM measurements AS m JOIN documents AS d ON d.id = m.document_id JOIN evidence AS v ON v.measurement_id = m.id
ORDER BY m.document_id, m.id;

-- name: original
SELECT original FROM documents WHERE id = :id;

-- name: stale_papers
-- Papers that have changed, or were checked by other rules, since they were checked.
SELECT id FROM papers WHERE id NOT IN (SELECT paper_id FROM audited WHERE rules = :rules) ORDER BY id;

-- name: left_since_compared
SELECT paper_id FROM compared WHERE paper_id NOT IN (SELECT id FROM papers) LIMIT 1;

-- name: stale_paper
DELETE FROM audited WHERE paper_id = :id;

-- name: drop_findings_of_paper
DELETE FROM findings WHERE paper_id = :id;

-- name: paper_count
SELECT count(*) FROM papers;

-- name: audited
INSERT OR REPLACE INTO audited (paper_id, rules) SELECT value, :rules FROM json_each(:papers);

-- name: all_audited
INSERT OR REPLACE INTO audited (paper_id, rules) SELECT id, :rules FROM papers;

-- name: drop_findings
DELETE FROM findings;

-- name: drop_stale_findings
-- What is looked for in texts is looked for by kb check alone, and stands until then where its measurement does.
DELETE FROM findings WHERE paper_id IN (SELECT value FROM json_each(:papers)) AND (
  rule NOT IN (SELECT value FROM json_each(:places))
  OR NOT EXISTS (SELECT 1 FROM finding_measurements AS about WHERE about.finding_id = findings.id));

-- name: findings_of_rules
SELECT f.id, about.measurement_id FROM findings AS f CROSS JOIN finding_measurements AS about ON about.finding_id = f.id
WHERE f.rule IN (SELECT value FROM json_each(:rules));

-- name: drop_findings_of_ids
DELETE FROM findings WHERE id IN (SELECT value FROM json_each(:ids));

-- name: last_finding
SELECT coalesce(max(id), 0) FROM findings;

-- name: new_finding
INSERT INTO findings (id, rule, severity, paper_id, said, repair, ratio) VALUES (:id, :rule, :severity, :paper, :said, :repair, :ratio);

-- name: new_finding_measurement
INSERT INTO finding_measurements (finding_id, ordinal, measurement_id) VALUES (:finding, :ordinal, :measurement);

-- name: findings
SELECT f.id, f.rule, f.severity, f.paper_id, f.said, f.repair, f.ratio,
  (SELECT json_group_array(measurement_id) FROM (
    SELECT measurement_id FROM finding_measurements WHERE finding_id = f.id ORDER BY ordinal
  )) AS measurements
FROM findings AS f;

-- name: findings_of_measurement
SELECT f.id, f.rule, f.severity, f.paper_id, f.said, f.repair, f.ratio,
  (SELECT json_group_array(measurement_id) FROM (
    SELECT measurement_id FROM finding_measurements WHERE finding_id = f.id ORDER BY ordinal
  )) AS measurements
FROM findings AS f
WHERE f.id IN (SELECT finding_id FROM finding_measurements WHERE measurement_id = :id);

-- name: papers_called
-- By DOI, by number, by the name of a file, by a part of the title.
SELECT id FROM papers WHERE doi = lower(:name) OR '#' || id = :name
  OR :name <> '' AND instr(lower(title), lower(:name)) > 0
UNION
SELECT paper_id FROM documents WHERE source = :name OR path = :name;

-- name: sources_of_papers
SELECT paper_id, source FROM documents ORDER BY paper_id, id;

-- name: review_findings
-- The gravest first, then in the order of the rules; a finding is decided where somebody decided on a fact it is about.
SELECT f.id FROM findings AS f
JOIN papers AS p ON p.id = f.paper_id
LEFT JOIN json_each(:severities) AS grave ON grave.value = f.severity
LEFT JOIN json_each(:rules) AS rule ON rule.value = f.rule
WHERE (:decided OR NOT EXISTS (
    SELECT 1 FROM finding_measurements AS about JOIN measurements AS m ON m.id = about.measurement_id
    WHERE about.finding_id = f.id AND m.status <> 'mined'))
  AND (:words = '[]' OR NOT EXISTS (
    SELECT 1 FROM json_each(:words) AS word WHERE NOT instr(lower(
      f.severity || ' ' || replace(f.rule, '_', ' ') || ' ' || f.said || ' ' || p.title || ' ' || coalesce(p.doi, '')
      || ' ' || (SELECT group_concat(m.subject || ' ' || replace(m.metric, '_', ' '), ' ')
                 FROM finding_measurements AS about JOIN measurements AS m ON m.id = about.measurement_id
                 WHERE about.finding_id = f.id)), word.value)))
ORDER BY grave.key, rule.key IS NULL, rule.key, f.paper_id, f.id;

-- name: review_findings_page
SELECT k.value AS id, f.rule, f.severity, f.paper_id, f.said, f.repair, f.ratio, p.doi, p.title, p.year,
  (SELECT json_group_array(measurement_id) FROM (
    SELECT measurement_id FROM finding_measurements WHERE finding_id = f.id ORDER BY ordinal)) AS measurements,
  EXISTS (SELECT 1 FROM finding_measurements AS about JOIN measurements AS y ON y.id = about.measurement_id
    WHERE about.finding_id = f.id AND y.status <> 'mined') AS decided,
  d.source, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.subject
FROM json_each(:ids) AS k
LEFT JOIN findings AS f ON f.id = k.value
LEFT JOIN papers AS p ON p.id = f.paper_id
LEFT JOIN measurements AS m
  ON m.id = (SELECT measurement_id FROM finding_measurements WHERE finding_id = f.id ORDER BY ordinal LIMIT 1)
LEFT JOIN documents AS d ON d.id = m.document_id
ORDER BY k.key;

-- name: review_progress
SELECT (SELECT count(*) FROM curated WHERE status <> 'removed') AS decided,
  (SELECT count(*) FROM decisions) AS decisions,
  (SELECT count(*) FROM papers WHERE removed = 1) AS removed,
  (SELECT count(*) FROM papers) AS papers, (SELECT count(*) FROM audited) AS audited;

-- name: review_open
SELECT f.severity, count(*) AS number FROM findings AS f
WHERE NOT EXISTS (
  SELECT 1 FROM finding_measurements AS about JOIN measurements AS m ON m.id = about.measurement_id
  WHERE about.finding_id = f.id AND m.status <> 'mined')
GROUP BY f.severity;

-- name: review_controls
SELECT m.id FROM measurements AS mine
JOIN experiments AS own ON own.id = mine.experiment_id
JOIN experiments AS e ON e.paper_id = own.paper_id AND e.is_control = 1
JOIN measurements AS m ON m.experiment_id = e.id AND m.id <> mine.id AND m.unit = mine.unit
WHERE mine.id = :id AND m.metric IN (SELECT value FROM json_each(:metrics)) ORDER BY m.id;

-- name: review_decisions
SELECT d.rowid AS id FROM decisions AS d
WHERE :words = '[]' OR NOT EXISTS (
  SELECT 1 FROM json_each(:words) AS word WHERE NOT instr(lower(
    d.action || ' ' || d.author || ' ' || d.reason || ' ' || d.paper || ' ' || d.change || ' ' || coalesce(d.place, '')),
    word.value))
ORDER BY d.made_at DESC, d.id DESC;

-- name: review_decisions_page
SELECT k.value AS key, d.id, d.made_at, d.author, d.action, d.reason, d.paper, d.evidence, d.place, d.change, d.undoes,
  d.follows
FROM json_each(:ids) AS k LEFT JOIN decisions AS d ON d.rowid = k.value ORDER BY k.key;

-- name: review_removed
SELECT id FROM papers
WHERE removed = 1 AND (:words = '[]' OR NOT EXISTS (
  SELECT 1 FROM json_each(:words) AS word WHERE NOT instr(lower(title || ' ' || coalesce(doi, '')), word.value)))
ORDER BY id;

-- name: review_removed_page
SELECT k.value AS id, p.doi, p.title, p.year,
  (SELECT count(*) FROM curated AS q JOIN documents AS d ON d.id = q.document_id
   WHERE d.paper_id = p.id AND q.status = 'removed') AS facts
FROM json_each(:ids) AS k LEFT JOIN papers AS p ON p.id = k.value ORDER BY k.key;
