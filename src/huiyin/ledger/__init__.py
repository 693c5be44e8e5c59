"""The ledger: what happened can't be taken back unseen, whoever holds the database.

Every event and audit entry falls into exactly one seal (封存): a Merkle root over what was recorded since the last
seal, chained to it and signed with a key that the database doesn't hold. `verify` holds the tables against the
seals, the chains and the replayed history; a receipt (凭证) lets a citizen prove what they were told. Legal basis:
Cybersecurity Law art. 21 (records guarded against alteration). Words: seal 封存, anchor 锚, receipt 凭证. Start at
`statement.py` (what is signed), then `sealing.py`, `verify/`. `merkle`, `statement`, `signing` and `offline` know
no database: a receipt is checked with nothing but them.
"""
