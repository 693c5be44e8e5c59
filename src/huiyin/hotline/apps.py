from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "huiyin.hotline"

    def ready(self) -> None:
        from huiyin.hotline import guards, replies, words  # noqa: F401 - they register what they bring
