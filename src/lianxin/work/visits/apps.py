"""The room of visits."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Visits, the diary of people's feelings, daily signs of life."""

    name = "lianxin.work.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, listeners, and what belongs to people."""
        from lianxin.work.visits import belonging, jobs, listeners, messages, permissions, rehoming  # noqa: F401
        from lianxin.work.visits.signs import messages as sign_messages  # noqa: F401
