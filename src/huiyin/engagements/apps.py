from django.apps import AppConfig


class EngagementsConfig(AppConfig):
    name = "huiyin.engagements"

    def ready(self) -> None:
        from huiyin.engagements import forgetting  # noqa: F401 - hears of erasures
