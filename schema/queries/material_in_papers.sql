-- Where a material is part of a sample: systems, papers, how many measurements.
-- :material = PVDF
SELECT s.label AS system, p.doi, p.title, count(*) AS measurements
FROM materials AS mt
JOIN system_components AS part ON part.material_id = mt.id
JOIN systems AS s ON s.id = part.system_id
JOIN experiments AS e ON e.system_id = s.id
JOIN measurements AS m ON m.experiment_id = e.id
JOIN papers AS p ON p.id = e.paper_id
WHERE mt.name = :material
GROUP BY s.id, p.id ORDER BY measurements DESC, system, p.id
