"""Figures that nobody types: facts taken from the record, counted by `huiyin.metrics`, shown with the list behind them.

Three words: *facts* are the record as two tables (`facts.py`), a *figure* is a definition counted over a period
(`figures.py`), *as of* is the instant until which the record was known. Start reading at `figures.py`.
"""
