"""What every ring may use: errors, the clock, identifiers, canonical bytes. Knows no Django.

Start reading in `errors.py`; `canonical.py` is what the ledger's hashes rest on.
"""
