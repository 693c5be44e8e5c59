"""The only doors that write cases. `open.py` makes them, `act.py` moves them, `sweep.py` is time passing,
`write.py` puts everything into one transaction, `publish.py` keeps the rule documents.
"""
