"""The room of sources."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Where each field comes from, who asked for it, what it was before."""

    name = "lianxin.registry.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions."""
        from lianxin.registry.sources import permissions  # noqa: F401
