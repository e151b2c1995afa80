-- The statements of the base's own programs, each under a line "-- name: ...", with named parameters.

-- name: document_at_path
SELECT id, paper_id, path, source, sha256, extractor_version, vocabulary, supplement_of, mined_with
FROM documents WHERE path = :path;

-- name: document_of_content
SELECT id, paper_id, path, source, sha256, extractor_version, vocabulary, supplement_of, mined_with
FROM documents WHERE sha256 = :sha256;

-- name: main_text_of_doi
-- A paper of which the base holds the supporting information alone has a main text all the same: where its path says.
SELECT coalesce(d.supplement_of, d.path) AS path FROM documents AS d JOIN papers AS p ON p.id = d.paper_id
WHERE p.doi = :doi ORDER BY d.supplement_of IS NOT NULL, d.id LIMIT 1;

-- name: dois
SELECT doi FROM papers WHERE doi IS NOT NULL;

-- name: paths_of_documents
SELECT path FROM documents ORDER BY path;

-- name: sources_of_documents
SELECT source FROM documents ORDER BY id;

-- name: move_document
UPDATE documents SET path = :path, source = :source WHERE id = :id;

-- name: move_main_text
UPDATE documents SET supplement_of = :path WHERE supplement_of = :old;

-- name: standing_counts
SELECT
  (SELECT count(*) FROM measurements WHERE document_id = :id) AS measurements,
  (SELECT count(*) FROM rejections WHERE document_id = :id) AS rejections;

-- name: paper_of_doi
SELECT paper_id FROM documents WHERE doi = :doi AND id IS NOT :id ORDER BY supplement_of IS NOT NULL, id LIMIT 1;

-- name: paper_of_title
-- A paper that has another DOI than this document is another paper, whatever its title.
SELECT d.paper_id FROM documents AS d
WHERE d.title_key = :title_key AND d.id IS NOT :id
  AND NOT EXISTS (
    SELECT 1 FROM documents AS other
    WHERE other.paper_id = d.paper_id AND other.id IS NOT :id AND other.doi IS NOT NULL AND other.doi <> :doi
  )
ORDER BY d.id LIMIT 1;

-- name: paper_of_main_text
-- That of the main text itself, else of what else supplements it.
SELECT paper_id FROM documents WHERE (path = :path OR supplement_of = :path) AND id IS NOT :id
ORDER BY path <> :path, id LIMIT 1;

-- name: paper_of_supplements
-- One that has no main text yet.
SELECT d.paper_id FROM documents AS d
WHERE d.supplement_of = :path
  AND NOT EXISTS (
    SELECT 1 FROM documents AS other
    WHERE other.paper_id = d.paper_id AND other.id IS NOT :id AND other.supplement_of IS NULL
  )
ORDER BY d.id LIMIT 1;

-- name: paper_has_others
SELECT 1 FROM documents WHERE paper_id = :paper_id AND id IS NOT :id LIMIT 1;

-- name: new_paper
INSERT INTO papers DEFAULT VALUES;

-- name: refresh_paper
-- What a paper is called is what its documents say: the main text first, then those that state a DOI.  A supplement
-- names its paper only by a DOI that no other paper has.
UPDATE papers SET
  doi = (
    SELECT d.doi FROM documents AS d
    WHERE d.paper_id = papers.id AND d.doi IS NOT NULL
      AND (d.supplement_of IS NULL
           OR NOT EXISTS (SELECT 1 FROM papers AS other WHERE other.doi = d.doi AND other.id <> papers.id))
    ORDER BY d.supplement_of IS NOT NULL, d.id LIMIT 1
  ),
  title = coalesce((SELECT title FROM documents WHERE paper_id = papers.id AND title <> '' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), ''),
  year = (SELECT year FROM documents WHERE paper_id = papers.id AND year IS NOT NULL ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1),
  journal = coalesce((SELECT journal FROM documents WHERE paper_id = papers.id AND journal <> '' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), ''),
  authors = coalesce((SELECT authors FROM documents WHERE paper_id = papers.id AND authors <> '[]' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), '[]'),
  licence = coalesce((SELECT licence FROM documents WHERE paper_id = papers.id AND licence <> '' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), '')
WHERE id = :id;

-- name: new_document
INSERT INTO documents (paper_id, path, source, format, sha256, doi, title, title_key, year, journal, authors, licence,
  extractor_version, vocabulary, original, supplement_of, mined_with)
VALUES (:paper_id, :path, :source, :format, :sha256, :doi, :title, :title_key, :year, :journal, :authors, :licence,
  :extractor_version, :vocabulary, :original, :supplement_of, :mined_with);

-- name: change_document
UPDATE documents SET paper_id = :paper_id, source = :source, format = :format, sha256 = :sha256, doi = :doi,
  title = :title, title_key = :title_key, year = :year, journal = :journal, authors = :authors, licence = :licence,
  extractor_version = :extractor_version, vocabulary = :vocabulary, original = :original,
  supplement_of = :supplement_of, mined_with = :mined_with
WHERE id = :id;

-- name: drop_document
DELETE FROM documents WHERE id = :id;

-- name: measurement_ids
SELECT fingerprint AS mark, id FROM measurements WHERE document_id = :id;

-- name: passage_marks
SELECT kind, text, id FROM passages WHERE document_id = :id ORDER BY ordinal;

-- name: citation_marks
SELECT marker, text, id FROM citations WHERE document_id = :id ORDER BY ordinal;

-- name: last_number
SELECT seq FROM sqlite_sequence WHERE name = :name;

-- name: experiments_of_document
SELECT DISTINCT experiment_id FROM measurements WHERE document_id = :id;

-- name: drop_measurements
DELETE FROM measurements WHERE document_id = :id;

-- name: drop_coatings
DELETE FROM coatings WHERE document_id = :id;

-- name: materials_of_traits
SELECT DISTINCT t.material_id FROM traits AS t JOIN coatings AS c ON c.id = t.coating_id
WHERE c.document_id = :id AND t.material_id IS NOT NULL;

-- name: new_coating
INSERT INTO coatings (document_id, ordinal, name, components, cited_ref)
VALUES (:document_id, :ordinal, :name, :components, :cited_ref);

-- name: material
SELECT id, name, material_class, formula, composition, elements FROM materials WHERE name = :name;

-- name: drop_passages
DELETE FROM passages WHERE document_id = :id;

-- name: drop_citations
DELETE FROM citations WHERE document_id = :id;

-- name: drop_rejections
DELETE FROM rejections WHERE document_id = :id;

-- name: drop_repairs
DELETE FROM repairs WHERE document_id = :id;

-- name: put_material
INSERT INTO materials (name, material_class, formula, composition, elements)
VALUES (:name, :material_class, :formula, :composition, :elements)
ON CONFLICT (name) DO UPDATE SET material_class = excluded.material_class, formula = excluded.formula,
  composition = excluded.composition, elements = excluded.elements;

-- name: system_id
SELECT id FROM systems WHERE key = :key;

-- name: new_system
INSERT INTO systems (key, label, substrate, strategy, process) VALUES (:key, :label, :substrate, :strategy, :process);

-- name: new_system_component
INSERT OR IGNORE INTO system_components (system_id, material_id, role) VALUES (:system_id, :material_id, :role);

-- name: experiment_id
SELECT id FROM experiments WHERE key = :key;

-- name: new_experiment
INSERT INTO experiments (key, paper_id, system_id, is_control, cited_ref, current_density_mA_cm2, areal_capacity_mAh_cm2,
  cycles, cycle_first, cycle_last, at_cycle, c_rate, temperature_C, time_h, np_ratio, electrolyte, electrolyte_class, cell)
VALUES (:key, :paper_id, :system_id, :is_control, :cited_ref, :current_density_mA_cm2, :areal_capacity_mAh_cm2,
  :cycles, :cycle_first, :cycle_last, :at_cycle, :c_rate, :temperature_C, :time_h, :np_ratio, :electrolyte,
  :electrolyte_class, :cell);

-- name: system_of_experiment
SELECT system_id FROM experiments WHERE id = :id;

-- name: drop_orphan_experiment
DELETE FROM experiments WHERE id = :id AND NOT EXISTS (SELECT 1 FROM measurements WHERE experiment_id = :id);

-- name: materials_of_system
SELECT material_id FROM system_components WHERE system_id = :id;

-- name: drop_orphan_system
DELETE FROM systems WHERE id = :id AND NOT EXISTS (SELECT 1 FROM experiments WHERE system_id = :id);

-- name: drop_orphan_material
DELETE FROM materials WHERE id = :id AND NOT EXISTS (SELECT 1 FROM system_components WHERE material_id = :id)
  AND NOT EXISTS (SELECT 1 FROM traits WHERE material_id = :id);

-- name: drop_orphan_paper
DELETE FROM papers WHERE id = :id AND NOT EXISTS (SELECT 1 FROM documents WHERE paper_id = :id);

-- name: new_run
INSERT INTO runs (started_at, extractor_version, vocabulary) VALUES (:started_at, :extractor_version, :vocabulary);

-- name: finish_run
UPDATE runs SET finished_at = :finished_at WHERE id = :id;

-- name: log_document
INSERT OR REPLACE INTO run_documents (run_id, path, source, document_id, outcome, measurements, rejections, message)
VALUES (:run_id, :path, :source, :document_id, :outcome, :measurements, :rejections, :message);

-- name: export_records
SELECT
  m.id, d.source, d.doi, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.value_reported, m.unit_reported,
  m.subject, m.components, s.substrate, s.strategy, e.is_control, e.current_density_mA_cm2, e.areal_capacity_mAh_cm2,
  e.cycles, e.cycle_first, e.cycle_last, e.at_cycle, e.c_rate, e.temperature_C, e.time_h, e.np_ratio, e.electrolyte,
  e.electrolyte_class, e.cell, m.conditions_far, m.provenance, e.cited_ref, v.text AS evidence_text,
  v.start_offset, v.end_offset, v.section, v.page, m.confidence, m.flags
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
  unit, subject,
  components, substrate, strategy, process, is_control, current_density_mA_cm2, areal_capacity_mAh_cm2, cycles, at_cycle,
  electrolyte_class, cell, provenance, cited_ref, confidence, flags, evidence
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
INSERT INTO calibrations (made_at, fingerprint, seed, factors, scores, measurements, beats)
VALUES (:made_at, :fingerprint, :seed, :factors, :scores, :measurements, :beats);

-- name: last_calibration
SELECT made_at, fingerprint, seed, factors, scores, measurements, beats FROM calibrations ORDER BY id DESC LIMIT 1;

-- name: base_fingerprint
-- What a base says, whatever the numbers of its rows.
SELECT d.sha256, m.fingerprint, m.confidence FROM measurements AS m JOIN documents AS d ON d.id = m.document_id
ORDER BY d.sha256, m.fingerprint;

-- name: graph_nodes
SELECT id, kind, label, attributes FROM graph_nodes;

-- name: graph_edges
SELECT source, target, kind, attributes FROM graph_edges;

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
  SELECT rowid AS id, rank AS place FROM passages_text WHERE passages_text MATCH :query
  ORDER BY rank LIMIT :limit OFFSET :offset
)
SELECT p.id AS passage_id, p.document_id, d.source, paper.doi, p.section, p.page, p.kind, p.text,
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
SELECT count(*) FROM passages_text WHERE passages_text MATCH :query;

-- name: merged_nodes
SELECT 'material:' || gone.id AS merged, 'material:' || kept.id AS kept
FROM merges AS g JOIN materials AS gone ON gone.name = g.merged JOIN materials AS kept ON kept.name = g.kept
WHERE g.kind = 'material' AND g.undone_at IS NULL
UNION ALL
SELECT 'paper:' || gone.id, 'paper:' || kept.id
FROM merges AS g
JOIN papers AS gone ON coalesce(gone.doi, '#' || gone.id) = g.merged
JOIN papers AS kept ON coalesce(kept.doi, '#' || kept.id) = g.kept
WHERE g.kind = 'paper' AND g.undone_at IS NULL;

-- name: passages_with_words
SELECT rowid FROM passages_text WHERE passages_text MATCH :query;

-- name: tests_of_coatings
-- A test is known where metric, cell, current density and areal capacity are.
SELECT DISTINCT c.components, m.metric, e.cell, e.current_density_mA_cm2, e.areal_capacity_mAh_cm2
FROM coatings AS c
JOIN coating_measurements AS made ON made.coating_id = c.id
JOIN measurements AS m ON m.id = made.measurement_id
JOIN experiments AS e ON e.id = m.experiment_id
WHERE c.components <> '[]' AND e.cell IS NOT NULL AND e.current_density_mA_cm2 IS NOT NULL
  AND e.areal_capacity_mAh_cm2 IS NOT NULL;

-- name: mechanisms_of_coatings
SELECT DISTINCT c.components, t.name AS mechanism, d.paper_id
FROM coatings AS c JOIN traits AS t ON t.coating_id = c.id JOIN documents AS d ON d.id = c.document_id
WHERE t.kind = 'mechanism' AND c.components <> '[]' AND (:mechanism IS NULL OR t.name = :mechanism);

-- name: own_results
SELECT m.id, m.metric, m.value, m.unit, m.components, e.paper_id, p.doi, p.title, p.authors
FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id JOIN papers AS p ON p.id = e.paper_id
WHERE m.provenance IN ('measured', 'calculated', 'estimated') AND e.is_control = 0 AND m.components <> '[]'
  AND (:metric IS NULL OR m.metric = :metric)
ORDER BY m.id;

-- name: second_hand_claims
SELECT m.id, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.components, m.subject, e.paper_id, e.cited_ref,
  d.source, c.text AS reference, c.doi, c.title
FROM measurements AS m
JOIN experiments AS e ON e.id = m.experiment_id
JOIN documents AS d ON d.id = m.document_id
LEFT JOIN citations AS c ON c.document_id = m.document_id AND c.marker = e.cited_ref
WHERE m.provenance = 'cited'
GROUP BY m.id ORDER BY m.id;

-- name: results_of_paper
SELECT m.id, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.components
FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id
WHERE e.paper_id = :paper_id AND m.provenance <> 'cited' ORDER BY m.id;

-- name: papers
SELECT id, coalesce(doi, '#' || id) AS key, doi, title, year, authors FROM papers ORDER BY id;

-- name: materials
SELECT mt.id, mt.name, mt.formula, mt.composition, count(part.system_id) AS used
FROM materials AS mt LEFT JOIN system_components AS part ON part.material_id = mt.id GROUP BY mt.id ORDER BY mt.id;

-- name: merges
SELECT id, kind, kept, merged, rule, evidence, made_at, undone_at FROM merges ORDER BY kind, kept, merged;

-- name: merges_made
DELETE FROM merges WHERE undone_at IS NULL;

-- name: new_merge
INSERT INTO merges (kind, kept, merged, rule, evidence, made_at)
VALUES (:kind, :kept, :merged, :rule, :evidence, :made_at)
ON CONFLICT (kind, merged) DO NOTHING;

-- name: undo_merge
UPDATE merges SET undone_at = :undone_at WHERE id = :id AND undone_at IS NULL;

-- name: redo_merge
UPDATE merges SET undone_at = NULL WHERE id = :id AND undone_at IS NOT NULL;
