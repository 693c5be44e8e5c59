"""Addresses of the second step and of one's own account."""

from django.urls import path

from huiyin.signin.web import views

app_name = "signin"
urlpatterns = [
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/enrol/", views.enrol, name="enrol"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/second-factor/", views.factor, name="factor"),
    path("account/sessions/others/end/", views.end_others, name="end-others"),
    path("account/sessions/<str:handle>/end/", views.end_one, name="end-one"),
]
