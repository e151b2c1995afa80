-- The statements of the base's own programs, each under a line "-- name: ...", with named parameters.

-- name: document_at_path
SELECT id, paper_id, path, source, sha256, doi, extractor_version, vocabulary, supplement_of, mined_with
FROM documents WHERE path = :path;

-- name: document_of_content
SELECT id, paper_id, path, source, sha256, doi, extractor_version, vocabulary, supplement_of, mined_with
FROM documents WHERE sha256 = :sha256;

-- name: main_text_of_doi
-- A paper of which the base holds the supporting information alone has a main text all the same: where its path says.
SELECT coalesce(d.supplement_of, d.path) AS path FROM documents AS d JOIN papers AS p ON p.id = d.paper_id
WHERE p.doi = :doi ORDER BY d.supplement_of IS NOT NULL, d.id LIMIT 1;

-- name: dois
SELECT doi FROM papers WHERE doi IS NOT NULL;

-- name: dois_beginning
SELECT doi FROM papers WHERE doi >= :begun AND doi < :begun || char(0x10FFFF) ORDER BY doi LIMIT :most;

-- name: samples_beginning
SELECT DISTINCT label FROM systems WHERE substr(label, 1, length(:begun)) = :begun ORDER BY label LIMIT :most;

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
-- That of a document which states it, else one that was given it.
SELECT paper_id FROM (
  SELECT paper_id, supplement_of IS NOT NULL AS place, id FROM documents WHERE doi = :doi AND id IS NOT :id
  UNION ALL SELECT paper_id, 2, 0 FROM given_metadata WHERE doi = :doi
) ORDER BY place, id LIMIT 1;

-- name: paper_of_title
-- A paper that has another DOI than this document is another paper, whatever its title.
SELECT d.paper_id FROM documents AS d
WHERE d.title_key = :title_key AND d.id IS NOT :id
  AND NOT EXISTS (
    SELECT 1 FROM documents AS other
    WHERE other.paper_id = d.paper_id AND other.id IS NOT :id AND other.doi IS NOT NULL AND other.doi <> :doi
  )
  AND NOT EXISTS (SELECT 1 FROM given_metadata AS g WHERE g.paper_id = d.paper_id AND g.doi <> :doi)
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
-- What a paper is called is what people gave (kb bibliography import), else what its documents say: the main text first,
-- then those that state a DOI.  Its DOI is what a document states, else what was given.  A supplement names its paper
-- only by a DOI that no other paper has.
UPDATE papers SET
  doi = coalesce((
    SELECT d.doi FROM documents AS d
    WHERE d.paper_id = papers.id AND d.doi IS NOT NULL
      AND (d.supplement_of IS NULL
           OR NOT EXISTS (SELECT 1 FROM papers AS other WHERE other.doi = d.doi AND other.id <> papers.id))
    ORDER BY d.supplement_of IS NOT NULL, d.id LIMIT 1
  ), (
    SELECT g.doi FROM given_metadata AS g
    WHERE g.paper_id = papers.id
      AND NOT EXISTS (SELECT 1 FROM papers AS other WHERE other.doi = g.doi AND other.id <> papers.id)
  )),
  title = coalesce((SELECT title FROM given_metadata WHERE paper_id = papers.id), (SELECT title FROM documents WHERE paper_id = papers.id AND title <> '' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), ''),
  year = coalesce((SELECT year FROM given_metadata WHERE paper_id = papers.id), (SELECT year FROM documents WHERE paper_id = papers.id AND year IS NOT NULL ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1)),
  journal = coalesce((SELECT journal FROM given_metadata WHERE paper_id = papers.id), (SELECT journal FROM documents WHERE paper_id = papers.id AND journal <> '' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), ''),
  authors = coalesce((SELECT authors FROM given_metadata WHERE paper_id = papers.id), (SELECT authors FROM documents WHERE paper_id = papers.id AND authors <> '[]' ORDER BY supplement_of IS NOT NULL, doi IS NULL, id LIMIT 1), '[]'),
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
-- Those that are set aside keep their ids too.
SELECT fingerprint AS mark, id FROM measurements WHERE document_id = :id
UNION SELECT fingerprint, id FROM curated WHERE document_id = :id;

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

-- name: drop_curated
DELETE FROM curated WHERE document_id = :id;

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

-- name: keep_given_metadata
INSERT INTO given_metadata (paper_id, doi, title, year, journal, authors, source, given_at)
VALUES (:id, :doi, :title, :year, :journal, :authors, :source, :given_at)
ON CONFLICT (paper_id) DO UPDATE SET
  doi = coalesce(excluded.doi, doi), title = coalesce(excluded.title, title), year = coalesce(excluded.year, year),
  journal = coalesce(excluded.journal, journal), authors = coalesce(excluded.authors, authors),
  source = excluded.source, given_at = excluded.given_at;

-- name: carry_given_metadata
-- To the paper that the last document of a paper now goes with, unless that one was given its own.
UPDATE OR IGNORE given_metadata SET paper_id = :paper_id
WHERE paper_id = :old AND NOT EXISTS (SELECT 1 FROM documents WHERE paper_id = :old);

-- name: drop_given_metadata
-- Where the file now states another DOI than it did, or than was given: it is another work.
DELETE FROM given_metadata WHERE paper_id = :paper_id AND (doi <> :doi OR :old_doi <> :doi);

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
JOIN papers AS p ON p.id = d.paper_id AND p.removed = 0
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

-- Steps through the graph: from a node (:node, the row or the name) over one kind of edge, for those who walk in it.
-- Each gives kind and node of the other end, its label, a note; the weightiest first.

-- name: step_material_contained
SELECT 'system' AS kind, s.id AS node, s.label AS label, s.strategy || coalesce(', ' || s.process, '') AS note
FROM system_components AS c JOIN systems AS s ON s.id = c.system_id
WHERE c.material_id = :node AND c.role = 'component' ORDER BY s.label, s.id LIMIT :limit;

-- name: step_material_under
SELECT 'system' AS kind, s.id AS node, s.label AS label, s.strategy || coalesce(', ' || s.process, '') AS note
FROM system_components AS c JOIN systems AS s ON s.id = c.system_id
WHERE c.material_id = :node AND c.role = 'substrate' ORDER BY s.label, s.id LIMIT :limit;

-- name: step_material_formed
SELECT 'coating' AS kind, c.id AS node, c.name AS label, d.source AS note
FROM traits AS t JOIN coatings AS c ON c.id = t.coating_id JOIN documents AS d ON d.id = c.document_id
WHERE t.material_id = :node AND t.kind = 'product' ORDER BY c.name, c.id LIMIT :limit;

-- name: step_material_same
SELECT 'material' AS kind, other.id AS node, other.name AS label, 'another name' AS note
FROM materials AS own JOIN same_names AS n ON n.name = own.name JOIN materials AS other ON other.name = n.same
WHERE own.id = :node ORDER BY other.name LIMIT :limit;

-- name: step_system_made_of
SELECT 'material' AS kind, m.id AS node, m.name AS label, coalesce(m.material_class, '') AS note
FROM system_components AS c JOIN materials AS m ON m.id = c.material_id
WHERE c.system_id = :node AND c.role = 'component' ORDER BY m.name LIMIT :limit;

-- name: step_system_on
SELECT 'material' AS kind, m.id AS node, m.name AS label, coalesce(m.material_class, '') AS note
FROM system_components AS c JOIN materials AS m ON m.id = c.material_id
WHERE c.system_id = :node AND c.role = 'substrate' ORDER BY m.name LIMIT :limit;

-- name: step_system_papers
SELECT 'paper' AS kind, p.id AS node, coalesce(nullif(p.title, ''), p.doi, 'paper ' || p.id) AS label,
  coalesce(p.year, '') AS note
FROM papers AS p WHERE p.id IN (SELECT paper_id FROM experiments WHERE system_id = :node)
ORDER BY p.year DESC, p.id LIMIT :limit;

-- name: step_system_tests
SELECT 'experiment' AS kind, e.id AS node, coalesce(e.cell, 'cell not stated')
    || iif(e.current_density_mA_cm2 IS NULL, '', ', ' || printf('%.10g', e.current_density_mA_cm2) || ' mA/cm²')
    || iif(e.areal_capacity_mAh_cm2 IS NULL, '', ', ' || printf('%.10g', e.areal_capacity_mAh_cm2) || ' mAh/cm²')
    || coalesce(', ' || e.electrolyte_class, '') || iif(e.is_control, ', control', '') AS label,
  count(m.id) || iif(count(m.id) = 1, ' measurement', ' measurements') AS note
FROM experiments AS e JOIN measurements AS m ON m.experiment_id = e.id
WHERE e.system_id = :node GROUP BY e.id ORDER BY count(m.id) DESC, e.id LIMIT :limit;

-- name: step_system_traits
SELECT DISTINCT t.kind AS kind, t.name AS node, t.name AS label, '' AS note
FROM experiments AS e JOIN measurements AS m ON m.experiment_id = e.id
JOIN coating_measurements AS c ON c.measurement_id = m.id JOIN traits AS t ON t.coating_id = c.coating_id
WHERE e.system_id = :node AND t.kind IN ('mechanism', 'process') ORDER BY t.kind, t.name LIMIT :limit;

-- name: step_experiment_measured
SELECT 'measurement' AS kind, id AS node, replace(metric, '_', ' ') || ' ' || iif(qualifier IN ('=', 'range'), '', qualifier || ' ')
    || printf('%.10g', value) || iif(value_max IS NULL, '', ' to ' || printf('%.10g', value_max)) || iif(unit = '1', '', ' ' || unit) AS label,
  subject AS note
FROM measurements WHERE experiment_id = :node ORDER BY metric, id LIMIT :limit;

-- name: step_experiment_system
SELECT 'system' AS kind, s.id AS node, s.label AS label, s.strategy || coalesce(', ' || s.process, '') AS note
FROM experiments AS e JOIN systems AS s ON s.id = e.system_id WHERE e.id = :node LIMIT :limit;

-- name: step_experiment_paper
SELECT 'paper' AS kind, p.id AS node, coalesce(nullif(p.title, ''), p.doi, 'paper ' || p.id) AS label,
  coalesce(p.year, '') AS note
FROM experiments AS e JOIN papers AS p ON p.id = e.paper_id WHERE e.id = :node LIMIT :limit;

-- name: step_paper_systems
SELECT 'system' AS kind, s.id AS node, s.label AS label, s.strategy || coalesce(', ' || s.process, '') AS note
FROM systems AS s WHERE s.id IN (SELECT system_id FROM experiments WHERE paper_id = :node)
ORDER BY s.label, s.id LIMIT :limit;

-- name: step_paper_coatings
SELECT 'coating' AS kind, c.id AS node, c.name AS label, d.source AS note
FROM documents AS d JOIN coatings AS c ON c.document_id = d.id WHERE d.paper_id = :node
ORDER BY d.id, c.ordinal LIMIT :limit;

-- name: step_paper_cites
SELECT iif(p.id IS NULL, 'citation', 'paper') AS kind, coalesce(p.id, c.id) AS node,
  '[' || c.marker || '] ' || coalesce(nullif(c.title, ''), nullif(c.text, ''), c.doi, '') AS label,
  iif(p.id IS NULL, coalesce(c.year, ''), 'in the base') AS note
FROM documents AS d JOIN citations AS c ON c.document_id = d.id LEFT JOIN papers AS p ON p.doi = c.doi
WHERE d.paper_id = :node ORDER BY p.id IS NULL, d.id, c.ordinal LIMIT :limit;

-- name: step_paper_cited_by
SELECT DISTINCT 'paper' AS kind, citing.id AS node,
  coalesce(nullif(citing.title, ''), citing.doi, 'paper ' || citing.id) AS label, coalesce(citing.year, '') AS note
FROM papers AS p JOIN citations AS c ON c.doi = p.doi JOIN documents AS d ON d.id = c.document_id
JOIN papers AS citing ON citing.id = d.paper_id WHERE p.id = :node ORDER BY citing.year DESC, citing.id LIMIT :limit;

-- name: step_coating_traits
SELECT iif(t.material_id IS NULL, t.kind, 'material') AS kind, coalesce(t.material_id, t.name) AS node, t.name AS label,
  t.kind AS note
FROM traits AS t WHERE t.coating_id = :node ORDER BY t.kind, t.ordinal LIMIT :limit;

-- name: step_coating_systems
SELECT 'system' AS kind, s.id AS node, s.label AS label, s.strategy || coalesce(', ' || s.process, '') AS note
FROM systems AS s WHERE s.id IN (SELECT e.system_id FROM coating_measurements AS c
  JOIN measurements AS m ON m.id = c.measurement_id JOIN experiments AS e ON e.id = m.experiment_id
  WHERE c.coating_id = :node)
ORDER BY s.label, s.id LIMIT :limit;

-- name: step_coating_paper
SELECT 'paper' AS kind, p.id AS node, coalesce(nullif(p.title, ''), p.doi, 'paper ' || p.id) AS label,
  coalesce(p.year, '') AS note
FROM coatings AS c JOIN documents AS d ON d.id = c.document_id JOIN papers AS p ON p.id = d.paper_id
WHERE c.id = :node LIMIT :limit;

-- name: step_trait_coatings
SELECT 'coating' AS kind, c.id AS node, c.name AS label, d.source AS note
FROM traits AS t JOIN coatings AS c ON c.id = t.coating_id JOIN documents AS d ON d.id = c.document_id
WHERE t.kind = :kind AND t.name = :node ORDER BY c.name, c.id LIMIT :limit;

-- name: walk_materials
SELECT 'material' AS kind, m.id AS node, m.name AS label,
  count(*) || iif(count(*) = 1, ' system', ' systems') AS note
FROM materials AS m JOIN system_components AS c ON c.material_id = m.id AND c.role = 'component'
GROUP BY m.id ORDER BY count(*) DESC, m.name LIMIT :limit;

-- name: walk_traits
SELECT kind, name AS node, name AS label,
  count(DISTINCT coating_id) || iif(count(DISTINCT coating_id) = 1, ' coating', ' coatings') AS note
FROM traits WHERE kind = :kind GROUP BY name ORDER BY count(DISTINCT coating_id) DESC, name LIMIT :limit;

-- name: walk_papers
SELECT 'paper' AS kind, id AS node, coalesce(nullif(title, ''), doi, 'paper ' || id) AS label, coalesce(year, '') AS note
FROM papers ORDER BY year DESC, id LIMIT :limit;

-- name: walk_named
SELECT kind, node, label, note FROM (
  SELECT 1 AS rank, 'material' AS kind, id AS node, name AS label, coalesce(material_class, '') AS note FROM materials
  WHERE instr(lower(name), :words)
  UNION ALL
  SELECT 2, 'system', id, label, strategy FROM systems WHERE instr(lower(label), :words)
  UNION ALL
  SELECT DISTINCT 3, kind, name, name, kind FROM traits WHERE kind IN ('mechanism', 'process') AND instr(name, :words)
  UNION ALL
  SELECT 4, 'paper', id, coalesce(nullif(title, ''), doi, 'paper ' || id), coalesce(year, '') FROM papers
  WHERE instr(lower(title), :words) OR instr(doi, :words)
) ORDER BY lower(label) <> :words, rank, length(label), label LIMIT :limit;

-- name: place_of_experiment
SELECT paper_id, system_id, NULL AS measurement FROM experiments WHERE id = :node;

-- name: place_of_step
SELECT e.paper_id AS paper_id, e.system_id AS system_id, m.id AS measurement
FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id WHERE m.id = :node;

-- name: place_of_system
SELECT e.paper_id AS paper_id, e.system_id AS system_id, NULL AS measurement
FROM experiments AS e JOIN measurements AS m ON m.experiment_id = e.id
WHERE e.system_id = :node AND (:paper IS NULL OR e.paper_id = :paper)
GROUP BY e.paper_id ORDER BY count(*) DESC LIMIT 1;

-- name: sources
SELECT d.id, d.source, d.paper_id, coalesce(p.doi, ''), p.title, d.licence
FROM documents AS d JOIN papers AS p ON p.id = d.paper_id ORDER BY d.id;

-- name: documents_with_text
SELECT id FROM documents WHERE original <> '';

-- name: extractors_of_documents
SELECT extractor_version, vocabulary, count(*) AS documents FROM documents GROUP BY 1, 2 ORDER BY 1, 2;

-- name: last_run
SELECT coalesce(finished_at, started_at) FROM runs ORDER BY id DESC LIMIT 1;

-- name: papers_in_order
SELECT id, doi, title, year, journal, authors, licence FROM papers ORDER BY doi IS NULL, doi, title, id;

-- name: papers_that_are_lost
SELECT DISTINCT paper_id FROM documents WHERE paper_id NOT IN (SELECT id FROM papers);

-- name: drop_unproved
DELETE FROM measurements WHERE id NOT IN (SELECT measurement_id FROM evidence);

-- name: drop_unshown
-- Whose document is lost goes with that.
DELETE FROM measurements WHERE EXISTS (
  SELECT 1 FROM evidence AS v JOIN documents AS d ON d.id = measurements.document_id
  WHERE v.measurement_id = measurements.id
    AND substr(d.original, v.start_offset + 1, v.end_offset - v.start_offset) <> measurements.value_reported
);

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

-- name: decision
SELECT id, made_at, author, action, reason, paper, evidence, place, change, undoes, follows FROM decisions WHERE id = :id;
