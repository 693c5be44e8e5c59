from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "huiyin.reports"

    def ready(self) -> None:
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("看板"), "reports:board", Place.DESK))
        register(Door(_("看板"), "reports:board", Place.HOME, right="cases:case:instruct"))
        register(Door(_("数据"), "reports:figures", Place.DESK))
