"""A language model as a miner: it proposes records passage by passage, and what it says is held against the paper.

``questions.py`` asks, ``proposals.py`` reads answers, ``grounding.py`` takes or rejects what they say, ``answers.py``
keeps them, ``miner.py`` puts these together; ``endpoint.py`` is the one module that speaks to the network.  Needs the
extra ``[llm]``; nothing here is loaded unless it is asked for.
"""
