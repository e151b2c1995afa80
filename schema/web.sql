-- What the web pages ask: statements, and conditions on the rows of a table; :id is a row number.
-- Each under a line "-- name: ...", with named parameters.

-- name: passage
SELECT p.id, p.document_id, p.ordinal, p.kind, p.section, p.page, p.text, d.source, d.paper_id, paper.doi, paper.title,
  (SELECT id FROM passages WHERE document_id = p.document_id AND ordinal = p.ordinal - 1) AS before_it,
  (SELECT id FROM passages WHERE document_id = p.document_id AND ordinal = p.ordinal + 1) AS after_it
FROM passages AS p
JOIN documents AS d ON d.id = p.document_id
JOIN papers AS paper ON paper.id = d.paper_id
WHERE p.id = :id;

-- name: numbers_of_passage
SELECT m.id, m.metric, m.value, m.value_max, m.qualifier, m.unit, m.value_reported, m.subject, v.text AS evidence,
  substr(d.original, v.start_offset + 1, v.end_offset - v.start_offset) AS shown,
  coalesce(substr(d.original, p.start_offset + 1, v.start_offset - p.start_offset), '') AS before
FROM evidence AS v
JOIN passages AS p ON p.id = v.passage_id
JOIN measurements AS m ON m.id = v.measurement_id
JOIN documents AS d ON d.id = m.document_id
WHERE v.passage_id = :id ORDER BY v.start_offset, m.id;

-- name: tables
SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name;

-- name: count_of_measurement_view
-- Its other joins are to rows that foreign keys keep there, once each.
SELECT count(*) FROM measurements WHERE id IN (SELECT measurement_id FROM evidence);

-- name: documents_found
-- A condition on the rows of documents, as is papers_found on those of papers; :words as kb.search.words_query makes it.
id IN (SELECT document_id FROM passages WHERE id IN
  (SELECT rowid FROM passages_text WHERE passages_text MATCH :words))

-- name: papers_found
id IN (SELECT paper_id FROM documents WHERE id IN (SELECT document_id FROM passages WHERE id IN
  (SELECT rowid FROM passages_text WHERE passages_text MATCH :words)))
