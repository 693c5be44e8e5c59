from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.cases"

    def ready(self) -> None:
        from huiyin.cases import effects, findable, findable_names, guards, policies, public_matters  # noqa: F401 - they register their functions
        from huiyin.cases.services import notify  # noqa: F401

        policies.register_relations()
        findable.register()
        findable_names.register()
