-- Results that one paper credits to another work, with the entry of its reference list.
SELECT v.id, v.metric, v.value, v.qualifier, v.unit, v.subject, v.source, v.cited_ref, c.text AS reference
FROM measurement_view AS v
LEFT JOIN citations AS c ON c.document_id = v.document_id AND c.marker = v.cited_ref
WHERE v.provenance = 'cited' ORDER BY v.source, v.id
