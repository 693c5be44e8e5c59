"""What every part of the API shares: who is calling, problems as RFC 9457 documents, the idempotency key.

Start at `problems.py`. Routes themselves live with their subsystem (`cases/api`), the root in `huiyin.api`.
"""
