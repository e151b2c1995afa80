"""A document in, measurements out.

Belongs here: reading, repairing and mining; all of it pure but for the readers, which open the file.
No database; no network but in ``llm``, where a language model is asked for.
"""
