"""Addresses of the pages: the shell's own, then each subsystem's."""

from django.urls import URLPattern, URLResolver, include, path

from huiyin.web import design, views

own: list[URLPattern | URLResolver] = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("language/", views.language, name="language"),
    path("look/", views.look, name="look"),
    path("display/", views.display, name="display"),
    path("design/", design.page, name="design"),
    path("offline/", views.offline, name="offline"),
    path("offline.js", views.offline_script, name="offline-script"),
    path("healthz", views.health, name="health"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((own, "web"))),
    path("", include("huiyin.signin.web.urls")),
    path("", include("huiyin.letters.web.urls")),
    path("", include("huiyin.petitions.web.urls")),
    path("", include("huiyin.disputes.web.urls")),
    path("", include("huiyin.villages.web.urls")),
    path("", include("huiyin.privacy.web.urls")),
    path("", include("huiyin.receptions.web.urls")),
    path("", include("huiyin.calls.web.urls")),
    path("", include("huiyin.reports.web.urls")),
    path("", include("huiyin.ledger.web.urls")),
    path("", include("huiyin.offices.web.urls")),
    path("", include("huiyin.webhooks.web.urls")),
    path("", include("huiyin.exchange.web.urls")),
    path("", include("huiyin.knowledge.web.urls")),
    path("", include("huiyin.hotline.web.urls")),
    path("", include("huiyin.cases.web.urls")),
]
