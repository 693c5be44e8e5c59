from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Nothing to register: the ring above names the rights."""

    name = "huiyin.org"
