"""The language all parts speak: records, vocabulary, units, tables, the filter grammar.

Belongs here: what both the extractors and the base must agree on.  Imports nothing else of the project.
"""
