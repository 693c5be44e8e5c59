from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "huiyin.letters"

    def ready(self) -> None:
        from huiyin.cases.policies import TAKE_IN
        from huiyin.letters import published, rules  # noqa: F401 - they register what they bring
        from huiyin.webkit.doors import Door, Place, register

        published.register_source()
        letter, answers = _("每一封信都会有答复"), _("别人问过什么、怎么答的")
        register(Door(_("写信"), "letters:write", Place.PORTAL, icon="letter", about=letter))
        register(Door(_("公开答复"), "letters:answers", Place.PORTAL, icon="look", about=answers))
        register(Door(_("登记来信"), "letters:register", Place.INTAKE, TAKE_IN))
