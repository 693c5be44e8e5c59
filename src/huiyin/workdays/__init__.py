"""Working days: which days the city works, and how legal time is counted, every step explained.

Legal basis: Civil Code arts. 201–204; National Holidays Measures; the State Council's yearly notice.
Words: holiday 节假日, make-up day 调休上班, closure 本市停休. The counting is pure (`arithmetic.py`); the days
are data (`official.py` from the `holidays` package, `models.py` for the city's own).
"""
