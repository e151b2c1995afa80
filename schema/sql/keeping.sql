-- Statements of the base's own programs: what a snapshot tells of a base, and what recovery looks for.
-- Each under a line "-- name: ...", with named parameters.

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
