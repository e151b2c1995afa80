-- How often each metric is reported, in how many papers, and how often with current density and areal capacity.
SELECT m.metric, count(*) AS measurements, count(DISTINCT e.paper_id) AS papers,
  round(avg(e.current_density_mA_cm2 IS NOT NULL), 3) AS with_current_density,
  round(avg(e.areal_capacity_mAh_cm2 IS NOT NULL), 3) AS with_areal_capacity
FROM measurements AS m JOIN experiments AS e ON e.id = m.experiment_id
GROUP BY m.metric ORDER BY measurements DESC, m.metric
