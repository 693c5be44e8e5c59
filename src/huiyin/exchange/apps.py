from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "huiyin.exchange"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.exchange import http_json  # noqa: F401 - it registers itself
        from huiyin.webkit.doors import Door, Place, register

        said = _("和哪些上级平台往来；哪些没有进来、没有送达")
        register(Door(_("上级平台"), "exchange:list", Place.DESK, rights.MANAGE_PARTNERS, about=said))
