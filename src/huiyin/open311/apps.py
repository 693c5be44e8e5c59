from django.apps import AppConfig


class Open311Config(AppConfig):
    name = "huiyin.open311"

    def ready(self) -> None:
        from huiyin.open311 import requests  # noqa: F401 - it registers what it publishes
