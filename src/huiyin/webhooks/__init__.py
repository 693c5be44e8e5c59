"""Telling other systems what happens: each event of the feed posted to a receiver, signed, in order, until it is taken.

A *subscription* is made by the administrator for an account that nobody signs in with, whose posts decide what it hears
of. A *delivery* is one event on its way; a *dead letter* one that the receiver refused too often, behind which its case
waits for a person (ADR 0031). Start at `sending.py`.
"""
