"""Addresses of the pages of subscriptions."""

from django.urls import path

from huiyin.webhooks.web import views

app_name = "webhooks"
urlpatterns = [
    path("offices/webhooks/", views.page, name="list"),
    path("offices/webhooks/<uuid:key>/", views.one, name="one"),
]
