from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "huiyin.calls"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.calls import private  # noqa: F401 - hears of erasures
        from huiyin.calls.policies import REPORT_CALLS
        from huiyin.cases.policies import SUPERVISE, TAKE_IN
        from huiyin.webkit.doors import Door, Place, register

        rights.register(REPORT_CALLS)
        register(Door(_("来电"), "calls:cockpit", Place.DESK, TAKE_IN))
        register(Door(_("话务"), "calls:wall", Place.DESK, SUPERVISE))
        register(Door(_("欠回拨"), "calls:owed", Place.INTAKE, TAKE_IN, also=(SUPERVISE,)))
