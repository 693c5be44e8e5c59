"""Full text search: any ring's documents by Chinese words, phrases, beginnings and pinyin initials.

A document has kind, key, title, body, an instant, and terms that say who may find it. `words.py` says what of a text
can be found, `index.py` keeps the index, `find.py` asks it: FTS5 on SQLite, a GIN index on PostgreSQL, with the same
answers. A ring that wants its things found registers a `Source` (`sources.py`). Only redacted texts may come here, and
nothing of an accusation (docs/explanation/search.md).
"""
