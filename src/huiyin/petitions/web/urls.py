"""Addresses of petitions: the portal's, and the bureau's registration."""

from django.urls import path

from huiyin.petitions.web import views

app_name = "petitions"
urlpatterns = [
    path("petitions/", views.write, name="write"),
    path("desk/petitions/backlog/", views.backlog_page, name="backlog"),
    path("desk/petitions/new/", views.register, name="register"),
]
