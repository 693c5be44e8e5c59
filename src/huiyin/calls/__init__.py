"""Telephone calls and the seat that takes them: who rings, what came of it, and how long they waited.

Any telephone system reports what happens to a call, event by event; the call as it stands is a pure fold over those
events (`fold.py`), so that they may come twice or out of order. Words: seat 坐席, call 来电, answered on the spot 直办,
callback owed 欠回拨, after-call work 话后处理. A number is sealed under the call's own key, a recording is a reference.
Every call ends with an outcome that a person gave it. Start at `services/telephone.py`, then `services/finish.py`.
"""
