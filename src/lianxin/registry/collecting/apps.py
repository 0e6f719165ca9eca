"""The room of collecting."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Collect once: what is known, what is missing, who asks."""

    name = "lianxin.registry.collecting"
    label = "collecting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the nightly job, and what belongs to people."""
        from lianxin.registry.collecting import belonging, jobs  # noqa: F401
