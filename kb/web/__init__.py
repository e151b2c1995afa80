"""The base as web pages: Datasette over the file, with pages of our own for what ``kb show`` and ``kb plot`` give.

Belongs here: the site (``site``), what Datasette is told of the tables (``metadata``), how it comes to our pages
(``plugin``, ``pages``, ``marks``, ``figures``), what keeps others out (``gate``), and the server (``serving``).
Datasette (extra ``[web]``) is loaded by these modules alone, which are imported inside the command.
"""
