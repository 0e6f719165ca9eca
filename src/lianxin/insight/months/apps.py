"""The room of months."""

from django.apps import AppConfig


class MonthsConfig(AppConfig):
    """One's own month: numbers, how they are counted, appeals."""

    name = "lianxin.insight.months"
    label = "months"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages and the figures."""
        from lianxin.insight.months import counting, jobs, messages, permissions  # noqa: F401
