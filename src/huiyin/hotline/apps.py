from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "huiyin.hotline"

    def ready(self) -> None:
        from huiyin.hotline import guards, words  # noqa: F401 - they register their rules and the proposer
