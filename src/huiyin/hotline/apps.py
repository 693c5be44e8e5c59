from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "huiyin.hotline"

    def ready(self) -> None:
        from huiyin.hotline import guards  # noqa: F401 - registers its rules
