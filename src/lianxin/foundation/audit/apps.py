from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lianxin.foundation.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listeners and jobs."""
        from . import jobs, listeners  # noqa: F401
