"""The room of portraits."""

from django.apps import AppConfig


class PortraitsConfig(AppConfig):
    """Counts and trends of areas, estates, buildings."""

    name = "lianxin.insight.portraits"
    label = "portraits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the registry, and be counted by the clock."""
        from lianxin.insight.portraits import jobs, listeners  # noqa: F401
