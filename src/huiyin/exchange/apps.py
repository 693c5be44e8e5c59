from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "huiyin.exchange"

    def ready(self) -> None:
        from huiyin.exchange import http_json  # noqa: F401 - it registers itself
