from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.cases"
