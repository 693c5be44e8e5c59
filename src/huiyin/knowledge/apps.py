from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "huiyin.knowledge"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from huiyin.access import rights
        from huiyin.cases.policies import READ_ALL, READ_OWN
        from huiyin.knowledge import citing, findable, policies  # noqa: F401 - it registers what it brings
        from huiyin.webkit.doors import Door, Place, register

        rights.register(*policies.RIGHTS)
        findable.register()
        asked = _("怎么办、去哪里、带什么")
        register(Door(_("常见问题"), "knowledge:faq", Place.PORTAL, icon="help", about=asked))
        register(Door(_("知识库"), "knowledge:list", Place.DESK, READ_ALL, also=(READ_OWN,)))
        for title, view in ((_("等我办的知识"), "knowledge:mine"), (_("没有保持更新的知识"), "knowledge:overdue")):
            register(Door(title, view, Place.COMMAND, READ_ALL, also=(READ_OWN,)))
        register(Door(_("缺什么知识"), "knowledge:gaps", Place.COMMAND, READ_ALL))
        register(Door(_("起草知识"), "knowledge:new", Place.COMMAND, policies.WRITE))
