"""The fragments of SQL that a filter is made of, over the tables m, e, s, d, p, v of measurement_view.

In them ``$x`` is the name of a parameter, ``$column`` a column; nothing else is ever put into them.
"""

from __future__ import annotations

from collections.abc import Mapping

# Where all that a qualified value can be satisfies the comparison with $x.
ABOVE = "(m.value > $x AND m.qualifier NOT IN ('<', '<=') OR m.value = $x AND m.qualifier = '>')"
BELOW = "(coalesce(m.value_max, m.value) < $x AND m.qualifier NOT IN ('>', '>=') OR m.value = $x AND m.qualifier = '<')"
# A bound on the value alone stands before, for the index.
ALL_OF_IT: Mapping[str, str] = {
    ">": "(m.value >= $x AND " + ABOVE + ")",
    ">=": "(m.value >= $x AND m.qualifier NOT IN ('<', '<='))",
    "<": "(m.value <= $x AND " + BELOW + ")",
    "<=": "(m.value <= $x AND coalesce(m.value_max, m.value) <= $x AND m.qualifier NOT IN ('>', '>='))",
    "=": "(m.value = $x AND coalesce(m.value_max, m.value) = $x AND m.qualifier NOT IN ('<', '<=', '>', '>='))",
    "!=": "(" + ABOVE + " OR " + BELOW + ")",  # what may lie on either side may also be equal
}
# Where some of it does.
SOME_OF_IT: Mapping[str, str] = {
    ">": "(coalesce(m.value_max, m.value) > $x OR m.qualifier IN ('>', '>='))",
    ">=": "(coalesce(m.value_max, m.value) > $x OR m.qualifier IN ('>', '>=')"
    " OR coalesce(m.value_max, m.value) = $x AND m.qualifier <> '<')",
    "<": "(m.value < $x OR m.qualifier IN ('<', '<='))",
    "<=": "(m.value < $x OR m.qualifier IN ('<', '<=') OR m.value = $x AND m.qualifier <> '>')",
    "=": "NOT (" + ABOVE + " OR " + BELOW + ")",
    "!=": "NOT (m.value = $x AND coalesce(m.value_max, m.value) = $x AND m.qualifier NOT IN ('<', '<=', '>', '>='))",
}
PLAIN: Mapping[str, str] = {
    "=": "$column = $x", "!=": "$column <> $x", "<": "$column < $x", "<=": "$column <= $x", ">": "$column > $x",
    ">=": "$column >= $x",
}  # fmt: skip
OF_METRIC = "(m.metric = $metric AND $compared)"

TRAITS: Mapping[str, str] = {"steps": "process", "products": "product", "mechanisms": "mechanism"}
_HOLDS_TRAIT = """m.id IN (SELECT made.measurement_id FROM traits AS trait
      JOIN coating_measurements AS made ON made.coating_id = trait.coating_id
      WHERE trait.kind = '$kind' AND trait.name IN (SELECT value FROM json_each($x)))"""
_HOLDS_TRAIT_EACH = """EXISTS (SELECT 1 FROM coating_measurements AS made JOIN traits AS trait
      ON trait.coating_id = made.coating_id WHERE made.measurement_id = m.id AND trait.kind = '$kind'
      AND trait.name IN (SELECT value FROM json_each($x)))"""
_HOLDS_ITEM = """EXISTS (SELECT 1 FROM json_each($column) AS item
      WHERE item.value IN (SELECT value FROM json_each($x)))"""
_TOLD_TRAIT = """EXISTS (SELECT 1 FROM coating_measurements AS made JOIN traits AS trait
      ON trait.coating_id = made.coating_id WHERE made.measurement_id = m.id AND trait.kind = '$kind')"""
# Lists: which samples hold any of some names, from the name to the sample, as the indexes go.
HOLDS: Mapping[str, str] = {
    "components": """e.system_id IN (SELECT part.system_id FROM materials AS material
      JOIN system_components AS part ON part.material_id = material.id WHERE part.role = 'component'
      AND material.name IN (SELECT value FROM json_each($x) UNION ALL
        SELECT same FROM same_names WHERE name IN (SELECT value FROM json_each($x))))""",
    "elements": """e.system_id IN (SELECT part.system_id FROM system_components AS part WHERE part.role = 'component'
      AND part.material_id IN (SELECT material.id FROM materials AS material, json_each(material.elements) AS element
        WHERE element.value IN (SELECT value FROM json_each($x))))""",
    **{column: _HOLDS_TRAIT.replace("$kind", kind) for column, kind in TRAITS.items()},
    **{column: _HOLDS_ITEM.replace("$column", "m." + column) for column in ("flags", "conditions_far")},
    "findings": """m.id IN (SELECT about.measurement_id FROM findings AS found
      JOIN finding_measurements AS about ON about.finding_id = found.id
      WHERE found.rule IN (SELECT value FROM json_each($x)) OR found.severity IN (SELECT value FROM json_each($x)))""",
}
# From the sample to the name, where something else has picked the samples already; the + keeps SQLite from going the
# other way round.
HOLDS_EACH: Mapping[str, str] = {
    **HOLDS,
    "components": """EXISTS (SELECT 1 FROM system_components AS part WHERE part.system_id = e.system_id
      AND part.role = 'component' AND +part.material_id IN (SELECT material.id FROM materials AS material
        WHERE material.name IN (SELECT value FROM json_each($x) UNION ALL
          SELECT same FROM same_names WHERE name IN (SELECT value FROM json_each($x)))))""",
    "elements": """EXISTS (SELECT 1 FROM system_components AS part WHERE part.system_id = e.system_id
      AND part.role = 'component' AND +part.material_id IN (SELECT material.id
        FROM materials AS material, json_each(material.elements) AS element
        WHERE element.value IN (SELECT value FROM json_each($x))))""",
    **{column: _HOLDS_TRAIT_EACH.replace("$kind", kind) for column, kind in TRAITS.items()},
    "findings": """EXISTS (SELECT 1 FROM finding_measurements AS about JOIN findings AS found
      ON found.id = about.finding_id WHERE about.measurement_id = m.id AND (
        found.rule IN (SELECT value FROM json_each($x)) OR found.severity IN (SELECT value FROM json_each($x))))""",
}
_PART_WITH_ELEMENTS = """EXISTS (SELECT 1 FROM system_components AS part JOIN materials AS material
      ON material.id = part.material_id WHERE part.system_id = e.system_id AND part.role = 'component'
      AND material.elements $how '[]')"""
STATED: Mapping[str, str] = {
    "components": "(m.components <> '[]')",
    "elements": _PART_WITH_ELEMENTS.replace("$how", "<>"),
    **{column: _TOLD_TRAIT.replace("$kind", kind) for column, kind in TRAITS.items()},
    "findings": "EXISTS (SELECT 1 FROM finding_measurements AS about WHERE about.measurement_id = m.id)",
}
# Only where all parts are known is it known that none holds something.
ALL_STATED: Mapping[str, str] = {
    **{column: told for column, told in STATED.items() if column != "findings"},
    "elements": "(" + STATED["elements"] + " AND NOT " + _PART_WITH_ELEMENTS.replace("$how", "=") + ")",
}
NARROWING: Mapping[str, str] = {"flags": "m.flags <> '[]' AND "}  # for the index of the few that have some
SAMPLE_HAS_METRIC = "EXISTS (SELECT 1 FROM measurements AS other WHERE other.sample = m.sample AND other.metric = $x)"
# The subquery inside has tables m, e, ... of its own.
SAMPLE_MEETS = (
    "EXISTS (SELECT 1 FROM (SELECT m.sample AS sample $tables WHERE $condition) AS met WHERE met.sample = m.sample)"
)
WORDS = """m.id IN (SELECT proof.measurement_id FROM passages_text
      JOIN evidence AS proof ON proof.passage_id = passages_text.rowid WHERE passages_text MATCH $x)"""
