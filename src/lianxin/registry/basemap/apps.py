"""The room of the base map."""

from django.apps import AppConfig


class BasemapConfig(AppConfig):
    """Imported layers of roads, water, green and buildings, cut into tiles."""

    name = "lianxin.registry.basemap"
    label = "basemap"
    default_auto_field = "django.db.models.BigAutoField"
