"""Addresses of the mailbox, of the public answers, and of the desk that registers letters."""

from django.urls import path

from huiyin.letters.web import feeds, views

app_name = "letters"
urlpatterns = [
    path("mailbox/", views.write, name="write"),
    path("answers/", views.answers, name="answers"),
    path("answers/feed.<str:form>", feeds.feed, name="feed"),
    path("answers/<str:number>/", views.answer, name="answer"),
    path("desk/letters/new/", views.register, name="register"),
]
