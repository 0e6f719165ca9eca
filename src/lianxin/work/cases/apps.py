from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lianxin.work.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs, listeners, messages, permissions, reasons  # noqa: F401
