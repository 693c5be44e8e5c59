from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "huiyin.offices"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.webkit.doors import Door, Place, register

        for right in (rights.MANAGE_USERS, rights.GRANT_POSTINGS):
            register(Door(_("人员"), "offices:people", Place.HOME, right))
        register(Door(_("审计"), "offices:audit", Place.HOME, rights.READ_AUDIT))
        register(
            Door(
                _("人员"),
                "offices:people",
                Place.DESK,
                rights.MANAGE_USERS,
                also=(rights.GRANT_POSTINGS, rights.READ_AUDIT),
            )
        )
        register(Door(_("审计"), "offices:audit", Place.DESK, rights.READ_AUDIT))
