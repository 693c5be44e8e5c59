"""Addresses of the cockpit, the wallboard and the lists of calls."""

from django.urls import path

from huiyin.calls.web import cockpit, lists, simulator, wall

app_name = "calls"
urlpatterns = [
    path("desk/cockpit/", cockpit.page, name="cockpit"),
    path("desk/cockpit/seat/", cockpit.seat, name="seat"),
    path("desk/cockpit/news/", cockpit.news, name="news"),
    path("desk/cockpit/heard/", cockpit.listen, name="heard"),
    path("desk/cockpit/places/", cockpit.find_place, name="places"),
    path("desk/cockpit/wall/", wall.page, name="wall"),
    path("desk/cockpit/wall/now/", wall.now, name="wall-now"),
    path("desk/cockpit/wall/free/", wall.free, name="free"),
    path("desk/cockpit/owed/", lists.owed, name="owed"),
    path("desk/cockpit/calls/", lists.calls, name="calls"),
    path("desk/cockpit/calls/export/", lists.export, name="export"),
    path("desk/cockpit/days/", lists.days, name="days"),
    path("desk/cockpit/flags/", wall.flags, name="flags"),
    path("desk/cockpit/flags/<int:flag>/", wall.rule, name="rule"),
    path("desk/cockpit/simulator/", simulator.page, name="simulator"),
    path("desk/cockpit/<uuid:key>/", lists.call, name="call"),
    path("desk/cockpit/<uuid:key>/save/", cockpit.save, name="save"),
    path("desk/cockpit/<uuid:key>/draft/", cockpit.draft, name="draft"),
    path("desk/cockpit/<uuid:key>/do/", cockpit.do, name="do"),
]
