from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisputesConfig(AppConfig):
    name = "huiyin.disputes"

    def ready(self) -> None:
        from huiyin.access import policy
        from huiyin.cases.policies import HANDLE, register_desk
        from huiyin.disputes import rules
        from huiyin.disputes.web import lines  # noqa: F401 - registers what it adds to pages
        from huiyin.webkit.doors import Door, Place, register

        register_desk("governance_officer", rules.HANDLE_DISPUTES)
        policy.register(rules.FINDER)
        register(Door(_("登记纠纷"), "disputes:register", Place.INTAKE, rules.HANDLE_DISPUTES, also=(HANDLE,)))
        register(Door(_("纠纷排查"), "disputes:sweeps", Place.DESK, rules.HANDLE_DISPUTES, also=(HANDLE,)))
