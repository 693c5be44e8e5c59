from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "huiyin.calls"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.calls import private  # noqa: F401 - hears of erasures
        from huiyin.calls.policies import REPORT_CALLS
        from huiyin.cases.policies import CALL_BACK, SUPERVISE, TAKE_IN
        from huiyin.webkit.doors import Door, Place, register

        rights.register(REPORT_CALLS)
        register(Door(_("来电"), "calls:cockpit", Place.DESK, TAKE_IN))
        register(Door(_("话务"), "calls:wall", Place.DESK, SUPERVISE))
        register(Door(_("欠回拨"), "calls:owed", Place.INTAKE, TAKE_IN, also=(SUPERVISE,)))
        for title, view in ((_("全部来电"), "calls:calls"), (_("每日服务水平"), "calls:days")):
            register(Door(title, view, Place.COMMAND, TAKE_IN, also=(CALL_BACK, SUPERVISE)))
        register(Door(_("待核定的标记"), "calls:flags", Place.COMMAND, SUPERVISE))
