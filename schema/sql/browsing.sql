-- Statements of the base's own programs: what screens and figures show.
-- Each under a line "-- name: ...", with named parameters.

-- name: counts
SELECT (SELECT count(*) FROM papers) AS papers, (SELECT count(*) FROM documents) AS documents,
  (SELECT count(*) FROM systems) AS systems, (SELECT count(*) FROM measurements) AS measurements,
  (SELECT count(*) FROM rejections) AS rejections;

-- name: coverage
-- Experiments and metrics come from an index alone; what a paper only cites or states is not its report.
SELECT s.strategy, m.metric, count(DISTINCT e.paper_id) AS papers, count(*) AS measurements
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN systems AS s ON s.id = e.system_id
WHERE e.is_control = 0 AND e.cited_ref IS NULL
GROUP BY s.strategy, m.metric;

-- name: newest_documents
SELECT d.id AS document_id, d.paper_id, d.source, coalesce(nullif(p.title, ''), d.title) AS title, p.doi, p.year,
  (SELECT count(*) FROM measurements WHERE document_id = d.id) AS measurements,
  (SELECT max(r.started_at) FROM run_documents AS rd JOIN runs AS r ON r.id = rd.run_id
   WHERE rd.document_id = d.id AND rd.outcome <> 'unchanged') AS ingested_at
FROM documents AS d JOIN papers AS p ON p.id = d.paper_id
ORDER BY d.id DESC LIMIT :limit;

-- name: candidates_of_keys
-- A key is paper << 32 | system (kb/listing.py).
SELECT k.value AS key, p.id AS paper_id, s.id AS system_id, s.label AS system, s.substrate, s.strategy, s.process, p.doi,
  p.title, p.year,
  (SELECT d.source FROM documents AS d WHERE d.paper_id = p.id ORDER BY d.supplement_of IS NOT NULL, d.id LIMIT 1) AS source,
  (SELECT count(*) FROM experiments AS e JOIN measurements AS m ON m.experiment_id = e.id
   WHERE e.paper_id = p.id AND e.system_id = s.id) AS measurements
FROM json_each(:keys) AS k JOIN papers AS p ON p.id = k.value >> 32 JOIN systems AS s ON s.id = k.value & 4294967295
ORDER BY k.key;

-- name: gravest_findings
SELECT f.severity, f.rule, f.said, f.paper_id,
  (SELECT measurement_id FROM finding_measurements WHERE finding_id = f.id ORDER BY ordinal LIMIT 1) AS measurement_id
FROM findings AS f
ORDER BY CASE f.severity WHEN 'red' THEN 0 WHEN 'amber' THEN 1 ELSE 2 END, f.id LIMIT :limit;

-- name: values_of_papers
SELECT m.id, e.paper_id, m.document_id, e.system_id, m.experiment_id, v.passage_id, d.source, m.metric, m.value,
  m.value_max, m.qualifier, m.unit, m.subject, m.components, s.substrate, e.is_control, e.current_density_mA_cm2,
  e.areal_capacity_mAh_cm2, e.cycles, e.at_cycle, e.cell, m.provenance, e.cited_ref, m.confidence, m.flags,
  m.control_id
FROM json_each(:papers) AS p
JOIN experiments AS e ON e.paper_id = p.value
JOIN measurements AS m ON m.experiment_id = e.id
JOIN systems AS s ON s.id = e.system_id
JOIN documents AS d ON d.id = m.document_id
JOIN evidence AS v ON v.measurement_id = m.id
WHERE m.metric IN (SELECT value FROM json_each(:metrics)) AND m.provenance <> 'stated'
ORDER BY m.id;

-- name: extent_of_metric
SELECT (SELECT min(value) FROM measurements WHERE metric = :metric),
  (SELECT max(coalesce(value_max, value)) FROM measurements WHERE metric = :metric);

-- name: count_by_metric
SELECT metric, count(*) AS number FROM measurements GROUP BY metric ORDER BY number DESC, metric;

-- name: measurements_of_candidate
-- With the controls of the paper.
SELECT * FROM measurement_view WHERE paper_id = :paper AND (system_id = :system OR is_control = 1)
ORDER BY cited_ref IS NOT NULL, experiment_id, metric, id;

-- name: parts_of_system
SELECT mt.name, mt.material_class, mt.formula, mt.composition, part.role
FROM system_components AS part JOIN materials AS mt ON mt.id = part.material_id
WHERE part.system_id = :system ORDER BY part.role, mt.name;

-- name: traits_of_candidate
SELECT t.kind, t.name, t.text, sum(t.mentions) AS mentions, min(t.ordinal) AS ordinal FROM traits AS t
WHERE t.kind <> 'substrate' AND t.coating_id IN (
  SELECT made.coating_id FROM experiments AS e JOIN measurements AS m ON m.experiment_id = e.id
  JOIN coating_measurements AS made ON made.measurement_id = m.id
  WHERE e.paper_id = :paper AND e.system_id = :system)
GROUP BY t.kind, t.name ORDER BY t.kind, ordinal, t.name;

-- name: paper
SELECT id, doi, title, year, journal, authors, licence FROM papers WHERE id = :id;

-- name: documents_of_paper
SELECT d.id, d.source, d.format, d.supplement_of,
  (SELECT count(*) FROM measurements WHERE document_id = d.id) AS measurements
FROM documents AS d WHERE d.paper_id = :id ORDER BY d.supplement_of IS NOT NULL, d.id;

-- name: passages_of_document
SELECT id, kind, section, page, start_offset, end_offset, text FROM passages WHERE document_id = :id ORDER BY ordinal;

-- name: original_of_document
SELECT original FROM documents WHERE id = :id;

-- name: numbers_of_document
SELECT m.id, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.value_reported, m.subject, m.flags, m.confidence,
  e.paper_id, e.system_id, e.is_control, v.passage_id, v.start_offset, v.end_offset,
  substr(d.original, v.start_offset + 1, v.end_offset - v.start_offset) AS shown,
  coalesce(substr(d.original, p.start_offset + 1, v.start_offset - p.start_offset), '') AS before
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN documents AS d ON d.id = m.document_id
JOIN evidence AS v ON v.measurement_id = m.id
LEFT JOIN passages AS p ON p.id = v.passage_id
WHERE m.document_id = :id ORDER BY v.start_offset, m.id;

-- name: rejections_of_document
-- The passage is the one that holds its place in the original; offsets of table cells may lie in none.
SELECT r.text, r.reason, r.start_offset, r.end_offset, p.id AS passage_id,
  substr(d.original, r.start_offset + 1, r.end_offset - r.start_offset) AS shown,
  coalesce(substr(d.original, p.start_offset + 1, r.start_offset - p.start_offset), '') AS before
FROM rejections AS r
JOIN documents AS d ON d.id = r.document_id
LEFT JOIN passages AS p ON p.document_id = r.document_id
  AND p.start_offset <= r.start_offset AND p.end_offset >= r.end_offset
WHERE r.document_id = :id GROUP BY r.id ORDER BY r.start_offset;

-- name: citations_of_document
SELECT marker, text, doi FROM citations WHERE document_id = :id ORDER BY ordinal;

-- name: named_like
SELECT * FROM (
  SELECT coalesce(nullif(p.title, ''), p.doi, d.source) AS name,
    'paper' || coalesce(' of ' || p.year, '') || ', ' || d.source AS told, p.id AS paper_id, NULL AS system_id
  FROM documents AS d JOIN papers AS p ON p.id = d.paper_id
  WHERE p.title LIKE :pattern ESCAPE '\' OR p.doi LIKE :pattern ESCAPE '\' OR d.source LIKE :pattern ESCAPE '\'
  GROUP BY p.id LIMIT :limit)
UNION ALL
SELECT * FROM (
  SELECT s.label, 'candidate of ' || coalesce(nullif(p.title, ''), p.doi, 'paper ' || p.id), p.id, s.id
  FROM systems AS s JOIN experiments AS e ON e.system_id = s.id JOIN papers AS p ON p.id = e.paper_id
  WHERE s.label LIKE :pattern ESCAPE '\' AND e.is_control = 0 GROUP BY p.id, s.id LIMIT :limit);

-- name: count_of_metrics
SELECT count(*) FROM measurements WHERE metric IN (SELECT value FROM json_each(:metrics));
