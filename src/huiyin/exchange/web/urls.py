"""Addresses of the pages of higher platforms."""

from django.urls import path

from huiyin.exchange.web import views

app_name = "exchange"
urlpatterns = [
    path("offices/exchange/", views.page, name="list"),
    path("offices/exchange/<str:name>/", views.one, name="one"),
]
