"""What XML and HTML have in common.

Belongs here: trees of elements, running text, formulas, citations and tables, whatever the vocabulary.
"""
