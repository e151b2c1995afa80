"""PDF to blocks.

Belongs here: from glyphs on a page to lines, columns, tables and paragraphs; ``printed`` alone loads pdfium.
"""
