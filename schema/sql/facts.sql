-- Statements of the base's own programs: measurements and what stands beside them, as they are asked for.
-- Each under a line "-- name: ...", with named parameters.

-- name: export_records
SELECT
  m.id, d.source, d.doi, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.value_reported, m.unit_reported,
  m.subject, m.components, s.substrate, s.strategy, e.is_control, e.current_density_mA_cm2, e.areal_capacity_mAh_cm2,
  e.cycles, e.cycle_first, e.cycle_last, e.at_cycle, e.c_rate, e.temperature_C, e.time_h, e.np_ratio, e.electrolyte,
  e.electrolyte_class, e.cell, m.conditions_far, m.provenance, e.cited_ref, v.text AS evidence_text,
  v.start_offset, v.end_offset, v.section, v.page, m.confidence, m.flags, m.status, m.mined,
  (SELECT json_group_array(mark) FROM (
    SELECT f.rule || ':' || f.severity AS mark FROM finding_measurements AS about
    JOIN findings AS f ON f.id = about.finding_id WHERE about.measurement_id = m.id GROUP BY mark ORDER BY min(f.id)
  )) AS findings
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN systems AS s ON s.id = e.system_id
JOIN documents AS d ON d.id = m.document_id
JOIN evidence AS v ON v.measurement_id = m.id
WHERE m.confidence >= :least
ORDER BY d.source, d.path, m.ordinal;

-- name: unsure_count
-- Measurements below a confidence; of some metrics only where they are given.
SELECT count(*) FROM measurements
WHERE confidence < :least AND (:metrics IS NULL OR metric IN (SELECT value FROM json_each(:metrics)));

-- name: candidate_rows
-- What is only stated as background (a theoretical limit) is nobody's result, so no candidate's either.
SELECT id, paper_id, document_id, system_id, passage_id, source, doi, title, year, metric, value, value_max, qualifier,
  value_reported, unit, subject,
  components, substrate, strategy, process, is_control, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, at_cycle,
  electrolyte_class, cell, provenance, cited_ref, confidence, flags, evidence, status, control_id
FROM measurement_view
WHERE metric IN (SELECT value FROM json_each(:metrics)) AND provenance <> 'stated' AND confidence >= :least
ORDER BY source, id;

-- name: systems
-- is_sample: 0 where it is only ever a control.
SELECT id, key, label,
  EXISTS (SELECT 1 FROM experiments WHERE system_id = systems.id AND is_control = 0) AS is_sample
FROM systems ORDER BY id;

-- name: systems_of_subject
-- By the name that a paper gives its sample; there is no index, for it is asked only where no components are meant.
SELECT DISTINCT e.system_id FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id
WHERE m.subject = :subject COLLATE NOCASE;

-- name: rows_of_systems_papers
-- All that the papers of some systems measured, on whatever sample.
SELECT * FROM measurement_view
WHERE paper_id IN (SELECT paper_id FROM experiments WHERE system_id IN (SELECT value FROM json_each(:systems)))
  AND provenance <> 'stated'
ORDER BY id;

-- name: measurements_of_labels
-- What was measured on systems of some labels.
SELECT m.id, s.label, p.doi, d.source
FROM systems AS s
JOIN experiments AS e ON e.system_id = s.id
JOIN measurements AS m ON m.experiment_id = e.id
JOIN documents AS d ON d.id = m.document_id
JOIN papers AS p ON p.id = e.paper_id
WHERE s.label IN (SELECT value FROM json_each(:labels))
ORDER BY m.id;

-- name: classes_of_materials
SELECT name, material_class FROM materials WHERE name IN (SELECT value FROM json_each(:names));

-- name: comparable_rows
-- As candidate_rows, with all there is beside a value.
SELECT * FROM measurement_view
WHERE metric IN (SELECT value FROM json_each(:metrics)) AND provenance <> 'stated' AND confidence >= :least
ORDER BY source, id;

-- name: reservoirs
-- What is plated before a test of the efficiency begins, as far as papers say.
SELECT paper_id, cited_ref, value, evidence FROM measurement_view
WHERE metric = :metric AND provenance <> 'stated' AND value_max IS NULL AND qualifier IN ('=', '~') AND value > 0
ORDER BY id;

-- name: values_of_sample
-- What a paper measured on a sample.
SELECT value, value_max, qualifier, unit FROM measurement_view
WHERE metric = :metric AND paper_id = :paper_id AND components = :components AND is_control = 0
  AND provenance <> 'stated' AND value > 0
ORDER BY id;

-- name: values_of_materials
-- What any paper says of pure materials.
SELECT json_extract(components, '$[0]') AS material, value FROM measurement_view
WHERE metric = :metric AND json_array_length(components) = 1 AND value > 0 AND value_max IS NULL
  AND json_extract(components, '$[0]') IN (SELECT value FROM json_each(:materials))
ORDER BY id;

-- name: second_hand
-- Facts that are credited to a reference, with the work that did the experiment as far as the reference list tells it.
SELECT m.id AS id, m.document_id AS document_id, coalesce(c.doi, nullif(lower(c.title), '')) AS work,
  EXISTS (SELECT 1 FROM papers AS p WHERE p.doi = c.doi) AS is_at_hand
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN citations AS c ON c.document_id = m.document_id AND c.marker = e.cited_ref
WHERE m.provenance = 'cited' AND coalesce(c.doi, nullif(lower(c.title), '')) IS NOT NULL
ORDER BY m.document_id, m.id;

-- name: papers_to_describe
SELECT id, doi, title, year, journal, authors FROM papers ORDER BY id;

-- name: describe_paper
UPDATE papers SET doi = :doi, title = :title, year = :year, journal = :journal, authors = :authors WHERE id = :id;

-- name: new_calibration
INSERT INTO calibrations (made_at, fingerprint, seed, factors, scores, measurements, beats, posterior, priors)
VALUES (:made_at, :fingerprint, :seed, :factors, :scores, :measurements, :beats, :posterior, :priors);

-- name: last_calibration
SELECT made_at, fingerprint, seed, factors, scores, measurements, beats, posterior, priors FROM calibrations
ORDER BY id DESC LIMIT 1;

-- name: base_fingerprint
-- What a base says, whatever the numbers of its rows: the facts, and what was decided of them.
SELECT d.sha256, m.fingerprint || coalesce(' ' || q.decisions, '') AS fact, m.confidence
FROM measurements AS m JOIN documents AS d ON d.id = m.document_id LEFT JOIN curated AS q ON q.id = m.id
ORDER BY d.sha256, m.fingerprint;

-- name: measurement
SELECT * FROM measurement_view WHERE id = :id;

-- name: measurements_of_ids
SELECT * FROM measurement_view WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: place_of_measurement
SELECT d.path, d.format, d.sha256, d.extractor_version, d.supplement_of, coalesce(p.text, '') AS passage,
  substr(d.original, v.start_offset + 1, v.end_offset - v.start_offset) AS shown,
  coalesce(substr(d.original, p.start_offset + 1, v.start_offset - p.start_offset), '') AS before,
  coalesce((SELECT c.text FROM citations AS c WHERE c.document_id = m.document_id AND c.marker = e.cited_ref
            ORDER BY c.ordinal LIMIT 1), '') AS cited
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN documents AS d ON d.id = m.document_id
JOIN evidence AS v ON v.measurement_id = m.id
LEFT JOIN passages AS p ON p.id = v.passage_id
WHERE m.id = :id;

-- name: other_formats
-- The other files of a paper; supporting information says other things than its paper.
SELECT other.id, other.source, other.format FROM documents AS mine
JOIN documents AS other ON other.paper_id = mine.paper_id AND other.id <> mine.id
WHERE mine.id = :document AND mine.supplement_of IS NULL AND other.supplement_of IS NULL ORDER BY other.id;

-- name: metric_in_document
SELECT m.id, m.metric, m.value, m.value_max, m.unit, m.components, e.is_control
FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id
WHERE m.document_id = :document AND m.metric = :metric ORDER BY m.id;

-- name: repairs_of_passage
SELECT start_offset AS start, end_offset AS "end", before_text AS before, after_text AS after, rule
FROM repairs WHERE passage_id = :id ORDER BY start_offset;

-- The best are chosen before anything is read of them or marked in them.
-- name: search
WITH best AS MATERIALIZED (
  SELECT rowid AS id, rank AS place FROM passages_text
  WHERE passages_text MATCH :query AND (:removed OR rowid NOT IN (
    SELECT aside.id FROM papers AS left_out JOIN documents AS d ON d.paper_id = left_out.id
    JOIN passages AS aside ON aside.document_id = d.id WHERE left_out.removed = 1))
  ORDER BY rank LIMIT :limit OFFSET :offset
)
SELECT p.id AS passage_id, p.document_id, d.source, paper.doi, paper.removed, p.section, p.page, p.kind, p.text,
  highlight(passages_text, 0, :begin, :end) AS marked,
  (SELECT group_concat(measurement_id) FROM evidence WHERE passage_id = p.id) AS ids
FROM best
CROSS JOIN passages_text ON passages_text.rowid = best.id
JOIN passages AS p ON p.id = best.id
JOIN documents AS d ON d.id = p.document_id
JOIN papers AS paper ON paper.id = d.paper_id
WHERE passages_text MATCH :query
ORDER BY best.place;

-- name: search_count
-- removed: those of papers that were removed alone, else those of all others.
SELECT count(*) FROM passages_text
WHERE passages_text MATCH :query AND :removed = (rowid IN (
  SELECT aside.id FROM papers AS left_out JOIN documents AS d ON d.paper_id = left_out.id
  JOIN passages AS aside ON aside.document_id = d.id WHERE left_out.removed = 1));
