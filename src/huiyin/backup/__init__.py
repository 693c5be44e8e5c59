"""Backups: everything of a home at one instant, in one folder that proves itself.

Words: part (a file of the backup), manifest (`manifest.json`: versions, counts, and every part with its hash), snapshot
(the database's view of that instant). Start at `make.py`; `restore.py` is the way back.
"""
