-- Statements of the base's own programs: documents, papers, experiments and runs as they are written.
-- Each under a line "-- name: ...", with named parameters.

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
