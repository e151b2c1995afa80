-- The coatings that are said to work by a mechanism, with how often their papers say so.
-- :mechanism = self-healing
SELECT c.name AS coating, t.mentions, d.source, p.doi, t.text AS sentence
FROM traits AS t JOIN coatings AS c ON c.id = t.coating_id
JOIN documents AS d ON d.id = c.document_id JOIN papers AS p ON p.id = d.paper_id
WHERE t.kind = 'mechanism' AND t.name = :mechanism
ORDER BY t.mentions DESC, c.name, d.source
