"""The room of stations."""

from django.apps import AppConfig


class StationsConfig(AppConfig):
    """Stations that serve residents."""

    name = "lianxin.work.stations"
    label = "stations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, and that stations follow areas."""
        from lianxin.work.stations import jobs, permissions, rehoming  # noqa: F401
