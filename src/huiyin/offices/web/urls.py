"""Addresses of the officers' pages."""

from django.urls import path

from huiyin.offices.web import days, home, rules, views

app_name = "offices"
urlpatterns = [
    path("offices/", home.home, name="home"),
    path("offices/procedures/", rules.procedures, name="procedures"),
    path("offices/procedures/new/", rules.new_procedure, name="new_procedure"),
    path("offices/procedures/<str:key>/", rules.procedure, name="procedure"),
    path("offices/procedures/<str:key>/compare/", rules.compared, name="compare_procedures"),
    path("offices/procedures/<str:key>/text/", rules.text, name="text_procedures"),
    path("offices/limits/", rules.limits, name="limits"),
    path("offices/limits/new/", rules.new_limits, name="new_limits"),
    path("offices/limits/<str:key>/", rules.limit_policy, name="limit_policy"),
    path("offices/limits/<str:key>/compare/", rules.compared, name="compare_limits"),
    path("offices/limits/<str:key>/text/", rules.text, name="text_limits"),
    path("offices/calendar/", days.year, name="calendar"),
    path("offices/calendar/<str:day>/", days.day, name="day"),
    path("offices/people/", views.people, name="people"),
    path("offices/new/", views.new, name="new"),
    path("offices/people/<str:username>/", views.person, name="person"),
    path("offices/people/<str:username>/active/", views.active, name="active"),
    path("offices/people/<str:username>/link/", views.link, name="link"),
    path("offices/people/<str:username>/sessions/end/", views.end_sessions, name="end-sessions"),
    path("offices/people/<str:username>/second-factor/drop/", views.drop_factor, name="drop-factor"),
    path("offices/people/<str:username>/postings/", views.grant, name="grant"),
    path("offices/people/<str:username>/postings/<int:posting>/end/", views.end, name="end"),
    path("offices/audit/", views.audit, name="audit"),
    path("password/<str:uid>/<str:token>/", views.choose, name="choose"),
]
