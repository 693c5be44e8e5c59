from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Installed last, so that every ring below is ready when the home's clock is installed."""

    name = "huiyin.config"

    def ready(self) -> None:
        from zoneinfo import ZoneInfo

        from django.conf import settings

        from huiyin.kernel import clock, home

        clock.install(zone=ZoneInfo(settings.TIME_ZONE))
        home.install_clock()
