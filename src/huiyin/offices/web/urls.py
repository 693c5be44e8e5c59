"""Addresses of the officers' pages."""

from django.urls import path

from huiyin.offices.web import views

app_name = "offices"
urlpatterns = [
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
