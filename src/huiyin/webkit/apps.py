from django.apps import AppConfig


class WebkitConfig(AppConfig):
    name = "huiyin.webkit"
