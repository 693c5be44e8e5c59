"""Addresses of receptions: the portal's schedule and bookings, the desk's rota, what is carried and counted."""

from django.urls import path

from huiyin.receptions.web import carried, desk, feeds, figures, portal, turns

app_name = "receptions"
urlpatterns = [
    path("receptions/", portal.schedule, name="schedule"),
    path("receptions/schedule.ics", feeds.public, name="feed"),
    path("receptions/calendar/<str:token>.ics", feeds.own, name="calendar"),
    path("receptions/booking/", portal.look_up, name="look-up"),
    path("receptions/booking/<uuid:key>/", portal.mine, name="mine"),
    path("receptions/<uuid:key>/book/", portal.book, name="book"),
    path("desk/receptions/", desk.month, name="month"),
    path("desk/receptions/new/", desk.new, name="new"),
    path("desk/receptions/by-rule/", desk.by_rule, name="by-rule"),
    path("desk/receptions/leaders/", desk.leaders, name="leaders"),
    path("desk/receptions/carried/", carried.listing, name="carried"),
    path("desk/receptions/carried/<uuid:key>/", carried.one, name="carry"),
    path("desk/receptions/activities/", carried.activity_list, name="activities"),
    path("desk/receptions/activities/<uuid:key>/", carried.activity, name="activity"),
    path("desk/receptions/figures/", figures.table, name="figures"),
    path("desk/receptions/figures/<str:name>/", figures.behind, name="behind"),
    path("desk/receptions/turns/<uuid:key>/", turns.one, name="turn"),
    path("desk/receptions/<uuid:key>/", desk.occasion, name="occasion"),
    path("desk/receptions/<uuid:key>/book/", turns.book, name="book-for"),
]
