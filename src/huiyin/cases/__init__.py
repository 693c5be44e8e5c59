"""The case core: one matter, from the first word to the archive, whatever procedure it follows.

A procedure is a data file (`procedures/spec.py` says what one must state; hotline/procedures/ has two).
`engine.py` decides whether an action may happen, `effects.py` says what it does to the file, and
`services/` are the only doors that write: each act becomes one event in the case's hash chain.
Words: case 事项, order 工单, clock 时限. To add a state: write it and an action that leads to it and one
that leaves it into the procedure's YAML, raise its version, run `huiyin procedure check`. Start at
`services/act.py`.
"""
