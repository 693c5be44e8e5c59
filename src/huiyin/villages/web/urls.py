"""Addresses of village posts: the portal's, and the desk's."""

from django.urls import path

from huiyin.villages.web import views

app_name = "villages"
urlpatterns = [
    path("villages/", views.find, name="find"),
    path("villages/<str:area>/", views.public, name="public"),
    path("desk/villages/", views.listed, name="list"),
    path("desk/villages/import/", views.taking_in, name="import"),
    path("desk/villages/<str:area>/", views.village, name="village"),
]
