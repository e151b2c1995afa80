-- The values of a metric beside the control of the same paper at the same current density and areal capacity, or the
-- one that somebody linked.
-- :metric = coulombic_efficiency
SELECT v.id, v.subject, v.value, v.qualifier, v.unit, c.value AS control, v.current_density_mA_cm2,
  v.areal_capacity_mAh_cm2, v.doi
FROM measurement_view AS v
JOIN measurement_view AS c ON c.paper_id = v.paper_id AND c.metric = v.metric AND c.is_control = 1
  AND c.cited_ref IS v.cited_ref
  AND coalesce(v.control_id = c.id, c.cell IS v.cell AND c.current_density_mA_cm2 IS v.current_density_mA_cm2
    AND c.areal_capacity_mAh_cm2 IS v.areal_capacity_mAh_cm2)
WHERE v.metric = :metric AND v.is_control = 0
ORDER BY v.value DESC, v.id
