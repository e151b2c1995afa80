"""Figures of what a base knows: each a kind of its own, drawn at print size without a screen.

Belongs here: a module for each kind of figure, and what they share: ``style`` (sizes, colours, labels), ``marks``
(points with their arrows, bars and pairs, and the table beside a figure).  matplotlib is loaded only where a figure is
drawn.
"""
