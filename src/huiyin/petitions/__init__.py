"""Petitions (信访): letter, visit, call or message that the law itself regulates, from registration to finality.

Legal basis: 《信访工作条例》(2022); for what was received before 2022-05-01, 《信访条例》(2005).
Three words: *forwarding* (转送、交办) gives it to the body with power to decide; *notice* (告知) says in writing
what way it takes; *review* and *re-review* (复查、复核) are two appeals, after which it is final.
Start at `procedures/parts/petition.yaml`, then `rules.py`; `docs/explanation/petitions.md` goes through the law.
"""
