from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "huiyin.webhooks"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.webkit.doors import Door, Place, register

        said = _("办理进展通知哪些外部系统；哪些没有送达")
        register(Door(_("推送"), "webhooks:list", Place.DESK, rights.MANAGE_WEBHOOKS, about=said))
