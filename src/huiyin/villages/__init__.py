"""One police officer and one legal adviser for each village (一村一警、一村一法律顾问), by name.

Legal basis: the city's own lists; no statute sets how often they come.
Three words: a *post* (任职) is held by one named person in one village for a time; a *duty day* (值班日) is a day
of the month on which they are there; a *referral* (转办) is a matter that they took up and handed on as a case.
Start at `models.py`, then `services.py`; citizens find theirs at `/villages/`.
"""
