"""Redaction: taking out of free text what tells who somebody is. Pure, rules alone, fast enough for every intake.

Words: piece 片段 (a stretch of text with its class), own data 本人信息. It doesn't find everything: what it finds of
the public messages, and what it takes too much, is in docs/explanation/personal-data.md. Legal basis: PIPL art. 51(3).
Start at `text.py`.
"""
