from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "huiyin.cases"

    def ready(self) -> None:
        from huiyin.cases import effects, findable, findable_names, guards, policies, public_matters  # noqa: F401 - they register their functions
        from huiyin.cases.services import notify  # noqa: F401
        from huiyin.webkit.doors import Door, Place, register

        policies.register_relations()
        findable.register()
        findable_names.register()
        register(Door(_("热点问题"), "cases:hot-issues", Place.DESK, policies.READ_ALL, also=(policies.READ_OWN,)))
