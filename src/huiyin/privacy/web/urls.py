"""Addresses of personal data requests, for the person and for the desk."""

from django.urls import path

from huiyin.privacy.web import views

app_name = "privacy"
urlpatterns = [
    path("track/<str:number>/my-data/", views.ask, name="ask"),
    path("track/<str:number>/my-data/copy/", views.own_copy, name="own-copy"),
    path("desk/privacy/due/", views.due, name="due"),
    path("desk/privacy/new/", views.register, name="register"),
    path("desk/<str:number>/my-data/", views.of_case, name="of-case"),
    path("desk/<str:number>/my-data/copy/", views.desk_copy, name="desk-copy"),
]
