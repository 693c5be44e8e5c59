from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "huiyin.webhooks"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("推送"), "webhooks:list", Place.DESK, rights.ISSUE_TOKENS))
