from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "huiyin.ledger"

    def ready(self) -> None:
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("封存公示"), "ledger:seals", Place.FOOT))
        register(Door(_("凭证"), "ledger:receipts", Place.TRACKED))
        register(Door(_("凭证"), "ledger:desk-receipts", Place.CASE))
