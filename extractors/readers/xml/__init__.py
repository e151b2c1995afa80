"""XML of publishers to blocks.

Belongs here: one module a vocabulary (JATS, Elsevier's), and what they share.
"""
