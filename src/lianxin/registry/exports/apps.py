"""The room of exports."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Data that leaves the house: which fields, why, who approved, who fetched it."""

    name = "lianxin.registry.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's kinds of message; let the worker know its jobs."""
        from lianxin.registry.exports import actions, jobs  # noqa: F401
