"""The room of sources."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Where each field comes from, who asked for it, what it was before."""

    name = "lianxin.registry.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions and kinds of message; let the worker know its jobs."""
        from lianxin.registry.sources import jobs, messages, permissions  # noqa: F401
