"""The room of the base map."""

from importlib import import_module

from django.apps import AppConfig


class BasemapConfig(AppConfig):
    """Imported layers of roads, water, green and buildings, cut into tiles."""

    name = "lianxin.registry.basemap"
    label = "basemap"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what posts may do here; let the worker know the jobs."""
        for name in ("permissions", "jobs"):
            import_module(f"lianxin.registry.basemap.{name}")
