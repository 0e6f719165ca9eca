from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "lianxin.kernel.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know the jobs."""
        from . import jobs  # noqa: F401
