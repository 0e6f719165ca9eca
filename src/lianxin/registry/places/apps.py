"""The room of places."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Estates, buildings, dwellings, establishments."""

    name = "lianxin.registry.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions and connect its jobs."""
        from lianxin.registry.places import jobs, offers, permissions  # noqa: F401
