from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the rights of this ring and of the rings below, which know none."""

    name = "huiyin.access"

    def ready(self) -> None:
        from huiyin.access import rights

        rights.register(*rights.OWN)
