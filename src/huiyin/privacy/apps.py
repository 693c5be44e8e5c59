from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "huiyin.privacy"

    def ready(self) -> None:
        from huiyin.cases.policies import SUPERVISE, TAKE_IN
        from huiyin.privacy import rules  # noqa: F401 - registers its rules
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("我的个人信息"), "privacy:ask", Place.TRACKED))
        register(Door(_("个人信息请求"), "privacy:register", Place.INTAKE, TAKE_IN))
        register(Door(_("到期的个人信息"), "privacy:due", Place.INTAKE, SUPERVISE))
        register(Door(_("个人信息与保存期限"), "privacy:of-case", Place.CASE))
        register(Door(_("更正联系方式"), "privacy:register", Place.REQUESTER, TAKE_IN))
