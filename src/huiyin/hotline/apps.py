from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "huiyin.hotline"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from huiyin.cases.policies import ARBITRATE, CALL_BACK, SUPERVISE, TAKE_IN
        from huiyin.hotline import forgetting, guards, replies, words  # noqa: F401 - they register what they bring
        from huiyin.webkit.doors import Door, Place, register

        register(Door(_("回访台"), "hotline:callbacks", Place.DESK, CALL_BACK, also=(SUPERVISE,)))
        register(Door(_("质量抽查"), "hotline:quality", Place.DESK, ARBITRATE))
        register(Door(_("质量抽查"), "hotline:quality", Place.COMMAND, SUPERVISE))
        register(Door(_("我的质量评分"), "hotline:mine", Place.COMMAND, TAKE_IN, also=(CALL_BACK, SUPERVISE)))
