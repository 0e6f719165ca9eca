"""The room of care."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """What people need, with purpose and expiry."""

    name = "lianxin.registry.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions."""
        from lianxin.registry.care import permissions  # noqa: F401
