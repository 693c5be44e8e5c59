"""Addresses of the knowledge base at the desk, and of its public part on the portal."""

from django.urls import path

from huiyin.knowledge.web import feeds, lists, portal, views

app_name = "knowledge"
urlpatterns = [
    path("faq/", portal.faq, name="faq"),
    path("faq/feed.<str:form>", feeds.feed, name="feed"),
    path("faq/<uuid:article>/", portal.answer, name="answer"),
    path("faq/<uuid:article>/files/<uuid:key>/", portal.enclosure, name="public-file"),
    path("desk/knowledge/", lists.articles, name="list"),
    path("desk/knowledge/find/", lists.find, name="find"),
    path("desk/knowledge/beside/", lists.beside, name="beside"),
    path("desk/knowledge/mine/", lists.mine, name="mine"),
    path("desk/knowledge/overdue/", lists.overdue, name="overdue"),
    path("desk/knowledge/gaps/", lists.gaps, name="gaps"),
    path("desk/knowledge/export/", lists.export, name="export"),
    path("desk/knowledge/new/", views.new, name="new"),
    path("desk/knowledge/<uuid:article>/", views.article, name="article"),
    path("desk/knowledge/<uuid:article>/edit/", views.edit, name="edit"),
    path("desk/knowledge/<uuid:article>/do/", views.act, name="act"),
    path("desk/knowledge/<uuid:article>/uses/", views.uses, name="uses"),
    path("desk/knowledge/<uuid:article>/files/<uuid:key>/", views.enclosure, name="file"),
]
