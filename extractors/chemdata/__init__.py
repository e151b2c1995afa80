"""ChemDataExtractor as a second, independent miner: its tokenizer, its grammar of quantities, its tables.

What it takes from us is the document, where its sentences end, and the vocabulary: each metric of ``metrics.toml``
is made one of its ``QuantityModel``\\ s.  It runs without its model files, so that chemical names are those of
``materials.toml`` and of the abbreviations that it detects in the paper.

``library.py`` is the one importer of chemdataextractor; ``models.py`` tells it our metrics, ``sentences.py`` and
``tables.py`` mine with it, ``miner.py`` goes through a document.
"""

from extractors.chemdata.library import require
from extractors.chemdata.miner import find_measurements, mine

__all__ = ["find_measurements", "mine", "require"]
