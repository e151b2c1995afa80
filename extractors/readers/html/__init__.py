"""Saved web pages to blocks.

Belongs here: which part of a page is the article, and how it is told.
"""
