from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "huiyin.offices"

    def ready(self) -> None:
        from huiyin.access import rights
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("管理"), "offices:home", Place.HOME, rights.MANAGE_USERS))
        register(Door(_("人员"), "offices:people", Place.HOME, rights.GRANT_POSTINGS))
        register(Door(_("审计"), "offices:audit", Place.HOME, rights.READ_AUDIT))
        register(
            Door(
                _("管理"),
                "offices:home",
                Place.DESK,
                rights.MANAGE_UNITS,
                also=(rights.GRANT_POSTINGS, rights.READ_AUDIT),
            )
        )
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
        pages = {
            "procedures": _("流程"), "limits": _("办理时限"), "calendar": _("工作日历"), "units": _("单位名录"),
            "duties": _("权责清单"), "roles": _("角色"), "sample": _("回访抽样"), "replies": _("答复模板"),
            "rota": _("接访安排规则"), "grades": _("纠纷分级和排查"),
        }  # fmt: skip
        for name, title in pages.items():
            register(Door(title, f"offices:{name}", Place.COMMAND))
