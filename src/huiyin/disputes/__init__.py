"""Disputes between people (矛盾纠纷): found by regular sweeps, graded by rule, mediated, and followed up until kept.

Legal basis: 《人民调解法》(2010); how often who sweeps is the city's own rule, in `rules/`.
Three words: a *sweep* (排查) is reported also when nothing was found (零报告); a *grade* (等级) is a colour with its
word, computed and never chosen; *confirmation* (司法确认) makes an agreement enforceable.
Start at `procedures/dispute.yaml`, then `rules.py` and `sweeps.py`; `docs/explanation/disputes.md` tells the rest.
"""
