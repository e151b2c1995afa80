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

-- name: index_text_anew
-- Not of what it was: its old segments still spell the words that were taken out.
INSERT INTO passages_text (passages_text) VALUES ('rebuild');
INSERT INTO passages_text (passages_text) VALUES ('optimize');
