"""Every address of the site, put together from the shells."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("huiyin.api.urls")),
    path("", include("huiyin.open311.urls")),
    path("", include("huiyin.web.urls")),
]
