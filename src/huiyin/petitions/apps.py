from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PetitionsConfig(AppConfig):
    name = "huiyin.petitions"

    def ready(self) -> None:
        from huiyin.cases.policies import INSTRUCT, register_desk
        from huiyin.cases.services import papers
        from huiyin.petitions import backlog, effects, letters, rules, rulings  # noqa: F401 - they register what they bring
        from huiyin.petitions.web import lines  # noqa: F401 - registers what it adds to pages
        from huiyin.webkit.doors import Door, Place, register

        register_desk("petition_officer", rules.HANDLE_PETITIONS)
        register_desk("petition_chief", rules.SUPERVISE_PETITIONS)
        papers.bring("huiyin.petitions")
        said = _("向政府反映情况、提出请求")
        register(Door(_("信访"), "petitions:write", Place.PORTAL, icon="edit", about=said))
        may = (rules.SUPERVISE_PETITIONS, INSTRUCT)
        register(Door(_("信访积案"), "petitions:backlog", Place.DESK, rules.HANDLE_PETITIONS, also=may))
        register(Door(_("登记信访"), "petitions:register", Place.INTAKE, rules.HANDLE_PETITIONS))
