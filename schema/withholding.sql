-- What "kb snapshot --public" runs on a copy of a base, each under a line "-- name: ..."; :id is that of a document.

-- name: withhold_text
UPDATE documents SET original = '' WHERE id = :id;
UPDATE passages SET text = '', section = '' WHERE document_id = :id;
UPDATE evidence SET text = '', section = ''
WHERE measurement_id IN (SELECT id FROM measurements WHERE document_id = :id);
UPDATE traits SET text = '' WHERE coating_id IN (SELECT id FROM coatings WHERE document_id = :id);
UPDATE citations SET text = '' WHERE document_id = :id;
UPDATE rejections SET text = '' WHERE document_id = :id;
UPDATE repairs SET before_text = '', after_text = '' WHERE document_id = :id;
UPDATE curated SET fact = json_set(fact, '$.record.evidence.text', '', '$.record.evidence.section', '')
WHERE document_id = :id;

-- name: withhold_words
-- Decisions on facts of a paper: they quote the words around its numbers, and without these they are no decisions any more.
-- What they made of the facts stays.
DELETE FROM decisions WHERE place IS NOT NULL AND paper IN (SELECT value FROM json_each(:papers));

-- name: guards_of_decisions
SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'decisions';

-- name: index_text_anew
-- Not of what it was: its old segments still spell the words that were taken out.
INSERT INTO passages_text (passages_text) VALUES ('rebuild');
INSERT INTO passages_text (passages_text) VALUES ('optimize');
