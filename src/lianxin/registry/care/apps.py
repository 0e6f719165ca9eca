"""The room of care."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """What people need, with purpose and expiry."""

    name = "lianxin.registry.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, listeners, and that tags belong to people."""
        from lianxin.registry.care import belonging, jobs, listeners, messages, permissions, rehoming  # noqa: F401
