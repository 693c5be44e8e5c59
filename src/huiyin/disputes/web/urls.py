"""Addresses of disputes: registering one, and sweeps."""

from django.urls import path

from huiyin.disputes.web import views

app_name = "disputes"
urlpatterns = [
    path("desk/disputes/", views.sweeps_page, name="sweeps"),
    path("desk/disputes/new/", views.register, name="register"),
    path("desk/disputes/report/", views.report, name="report"),
]
