from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VillagesConfig(AppConfig):
    name = "huiyin.villages"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.villages.services import MANAGE
        from huiyin.webkit.doors import Door, Place, register

        rights.register(MANAGE)
        said = _("本村的民警和法律顾问是谁、哪天来")
        register(Door(_("找村警"), "villages:find", Place.PORTAL, icon="person", about=said))
        register(Door(_("村警律师"), "villages:list", Place.DESK, MANAGE))
