from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "huiyin.signin"
