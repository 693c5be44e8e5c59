"""Orders of a higher platform (a province's hotline, a 12345 sub-centre) in, and how they end back.

A *partner* is such a platform; a *message* is what it tells (an order, more on an order, an urging); a *passed order*
is one that has become a case; a *poisonous* message is one that no rule lets in, which waits for a person. How a
platform is spoken to is an adapter (`adapters.py`); all else is the same for all (ADR 0032). Start at `passing.py`.
"""
