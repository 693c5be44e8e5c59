from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "huiyin.letters"

    def ready(self) -> None:
        from huiyin.cases.policies import TAKE_IN
        from huiyin.letters import rules  # noqa: F401 - registers its rules
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("写信"), "letters:write", Place.PORTAL, icon="letter"))
        register(Door(_("公开答复"), "letters:answers", Place.PORTAL, icon="look"))
        register(Door(_("登记来信"), "letters:register", Place.INTAKE, TAKE_IN))
