"""Addresses of petitions: the portal's, and the bureau's registration."""

from django.urls import path

from huiyin.petitions.web import views

app_name = "petitions"
urlpatterns = [
    path("petitions/", views.write, name="write"),
    path("desk/petitions/new/", views.register, name="register"),
]
