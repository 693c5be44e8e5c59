"""Addresses of the officers' pages."""

from django.urls import path

from huiyin.offices.web import days, duties, home, roles, rules, samples, units, views

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
    path("offices/units/", units.tree, name="units"),
    path("offices/units/new/", units.new, name="new_unit"),
    path("offices/units/<str:unit_code>/", units.unit, name="unit"),
    path("offices/duties/", duties.listed, name="duties"),
    path("offices/duties/<path:category>/", duties.category, name="duty"),
    path("offices/replies/", rules.replies, name="replies"),
    path("offices/replies/new/", rules.new_replies, name="new_replies"),
    path("offices/replies/<str:key>/", rules.reply_texts, name="reply_texts"),
    path("offices/replies/<str:key>/compare/", rules.compared, name="compare_replies"),
    path("offices/replies/<str:key>/text/", rules.text, name="text_replies"),
    path("offices/sample/", samples.sample, name="sample"),
    path("offices/roles/", roles.listed, name="roles"),
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
