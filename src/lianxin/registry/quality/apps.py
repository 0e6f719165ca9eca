"""The room of quality."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """What is missing, stale, contradictory, double or orphaned in the base, and who mends it."""

    name = "lianxin.registry.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions and kinds of message; let the worker know its jobs."""
        from lianxin.registry.quality import actions, jobs, permissions  # noqa: F401
