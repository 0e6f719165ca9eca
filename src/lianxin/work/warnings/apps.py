"""The room of warnings."""

from django.apps import AppConfig


class WarningsConfig(AppConfig):
    """Warnings (预警): CAP messages in and out, told as notices by area."""

    name = "lianxin.work.warnings"
    label = "warnings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, and that warnings follow areas."""
        from lianxin.work.warnings import jobs, messages, permissions, rehoming  # noqa: F401
