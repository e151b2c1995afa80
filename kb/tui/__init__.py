"""The terminal browser, ``kb browse``: the only importer of textual.

Belongs here: the app (``app``), what every screen shares, and one file a screen.  A screen is a ``frame.Frame`` and has
a line in ``places``; it asks through ``Frame.ask``, which runs in a thread on a reading connection of its own, and
holds no SQL: questions go through the base (``base.find``, ``base.browsing``, ...).  Nothing of this folder is loaded
by ``import kb`` or by another command.

``places``     the nine screens by their keys, loaded when they are first gone to
``frame``      the base class of screens: keys, filter line, status line, copy, export
``asking``     questions in threads, superseded ones interrupted
``table``      a table over any number of rows, of which only the pages shown are read
``lines``      the menu above a screen and the status line below it
``dialogs``    the keys of a screen, the name of a file to write
``commands``   what the command palette finds
``curating``   the keys that decide on facts and papers; ``correcting`` asks, ``deciding`` writes
``looks``      themes; the ASCII that stands in for other characters
"""
