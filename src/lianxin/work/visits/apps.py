"""The room of visits."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Visits, the diary of people's feelings, daily signs of life."""

    name = "lianxin.work.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions."""
        from lianxin.work.visits import permissions  # noqa: F401
