-- Statements of the base's own programs: what is one thing under two names.
-- Each under a line "-- name: ...", with named parameters.

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
