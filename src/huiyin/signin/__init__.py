"""Who is at the door: what follows a right password, and where somebody is signed in.

A second factor is a code of six digits that a telephone shows (RFC 6238) or, once each, a code from paper. Who holds
one of the three powers must have one; everybody may. Words: second factor 第二步验证, recovery code 恢复码, session
登录. Legal basis: MLPS 2.0 (GB/T 22239), identification by two means. Start at `second_factor.py`; the sessions' table
is behind Django's own engine (`store.py`).
"""
