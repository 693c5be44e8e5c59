"""Meeting people: occasions with a place and a time, bookings for them, visits that took place, ratings, activities.

Shared by the rings that meet people (receptions first); who may do what is decided there. Personal data lie under the
key of the party who came. Three words: an *occasion* (场次) has a host and turns; a *booking* (预约) holds one turn;
a *visit* (接访、走访) is a meeting that took place, with or without one.
Start at `models.py`, then `occasions.py` and `bookings.py`.
"""
