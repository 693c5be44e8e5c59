"""Audit: who signed in, read what is private, exported, or changed the system. Read by the auditor alone.

Legal basis: Cybersecurity Law art. 21 (logs kept at least six months), PIPL art. 51.
Words: entry 审计记录. What happens to a case is in its own events, not here. Start at `services.py`.
"""
