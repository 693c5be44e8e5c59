"""The city's door for programs of other cities: Open311 GeoReport v2, in JSON and XML, with mySociety's updates.

A *service* is a category of the catalogue that one may report under; a *report* is a matter that came by this door,
with its token. What a stranger is told of one is what the public pages show (ADR 0030). Start at `reports.py` (in) and
`requests.py` (out); `views.py` speaks the standard's words.
"""
