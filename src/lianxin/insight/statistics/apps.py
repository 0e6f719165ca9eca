"""The room of statistics."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Facts of cases, cubes over them, indicators, frozen months."""

    name = "lianxin.insight.statistics"
    label = "statistics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, listen to the feed, and close months by the clock."""
        from lianxin.insight.statistics import jobs, listeners, permissions  # noqa: F401
