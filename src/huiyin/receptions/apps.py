from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReceptionsConfig(AppConfig):
    name = "huiyin.receptions"

    def ready(self) -> None:
        from huiyin.receptions import carrying, dates, policies, rota  # noqa: F401 - hears of erasures; registers documents and deeds
        from huiyin.receptions.web import lines  # noqa: F401 - registers what it adds to pages
        from huiyin.webkit.doors import Door, Place, register

        policies.register()
        said = _("当面向市领导反映，先看安排再预约")
        register(Door(_("约见领导"), "receptions:schedule", Place.PORTAL, icon="calendar", about=said))
        register(Door(_("接访"), "receptions:month", Place.DESK, policies.PLAN, also=(policies.READ, policies.ATTEND)))
        also = (policies.READ, policies.ATTEND)
        pages = {
            "carried": _("包案"), "activities": _("接访活动"), "figures": _("接访数据"), "leaders": _("接访名单和规则"),
        }  # fmt: skip
        for name, title in pages.items():
            register(Door(title, f"receptions:{name}", Place.COMMAND, policies.PLAN, also=also))
