-- Statements of the base's own programs: the base as a graph, and steps through it.
-- Each under a line "-- name: ...", with named parameters.

-- name: graph_nodes
SELECT id, kind, label, attributes FROM graph_nodes;

-- name: graph_edges
SELECT source, target, kind, attributes FROM graph_edges;

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
