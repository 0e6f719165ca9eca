"""The room of self-service tables."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Tables people make of the cubes, saved, scheduled and exported."""

    name = "lianxin.insight.tables"
    label = "tables"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs and messages."""
        from lianxin.insight.tables import jobs, messages, permissions  # noqa: F401
