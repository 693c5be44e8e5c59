"""Addresses of the standard, and of the page that shows people the same."""

from django.urls import path

from huiyin.open311 import views

app_name = "open311"
urlpatterns = [
    path("open311/discovery.<str:form>", views.discovery),
    path("open311/v2/discovery.<str:form>", views.discovery),
    path("open311/v2/services.<str:form>", views.service_list),
    path("open311/v2/services/<str:code>.<str:form>", views.definition),
    path("open311/v2/requests.<str:form>", views.request_list),
    path("open311/v2/requests/<str:number>.<str:form>", views.single_request),
    path("open311/v2/tokens/<str:ticket>.<str:form>", views.token),
    path("open311/v2/servicerequestupdates.<str:form>", views.update_list),
    path("open311/<path:rest>", views.nothing_here),
    path("reports/<str:number>/", views.request_page, name="request"),
]
