"""People: those who work here, with the posts they hold in each period, and those who raise matters.

Legal basis: Personal Information Protection Law 5-7, 19, 51: the least that is needed, kept in one place.
Words: user 用户, posting 任职, party 当事人. Personal data of requesters stand in `Party` and nowhere else.
A posting is ended from a day on, never deleted: who acted when must stay explicable.
Start at `models.py`; pages show names and numbers through `masking.py`.
"""
