from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "huiyin.hotline"
