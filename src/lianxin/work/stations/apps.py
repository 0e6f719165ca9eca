"""The room of stations."""

from django.apps import AppConfig


class StationsConfig(AppConfig):
    """Stations that serve residents."""

    name = "lianxin.work.stations"
    label = "stations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions."""
        from lianxin.work.stations import permissions  # noqa: F401
