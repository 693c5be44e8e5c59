from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "huiyin.reports"

    def ready(self) -> None:
        from huiyin.cases.policies import INSTRUCT, READ_ALL, READ_OWN
        from huiyin.petitions.rules import HANDLE_PETITIONS, SUPERVISE_PETITIONS
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("看板"), "reports:board", Place.DESK, READ_ALL, also=(READ_OWN,)))
        register(Door(_("看板"), "reports:board", Place.HOME, INSTRUCT))
        register(Door(_("数据"), "reports:figures", Place.DESK, READ_ALL, also=(READ_OWN,)))
        may = (SUPERVISE_PETITIONS, INSTRUCT)
        register(Door(_("信访年报"), "reports:petition_report", Place.DESK, HANDLE_PETITIONS, also=may))
        register(Door(_("派单建议"), "reports:proposals", Place.DESK, READ_ALL))
