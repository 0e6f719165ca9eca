"""The room of places."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Estates, buildings, dwellings, establishments."""

    name = "lianxin.registry.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions."""
        from lianxin.registry.places import permissions  # noqa: F401
