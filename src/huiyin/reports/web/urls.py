"""Addresses of the figures."""

from django.urls import path

from huiyin.reports.web import proposals, views, yearly

app_name = "reports"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("desk/proposals/", proposals.page, name="proposals"),
    path("desk/petition-report/", yearly.page, name="petition_report"),
    path("desk/figures/", views.figures, name="figures"),
    path("desk/figures/<str:name>/", views.figure, name="figure"),
    path("desk/figures/<str:name>/cases/export/", views.export, name="export"),
    path("desk/figures/<str:name>/cases/", views.cases, name="cases"),
]
