"""The room of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who lives where, with whom."""

    name = "lianxin.registry.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, how offers arrive, and what must follow areas."""
        from lianxin.registry.people import jobs, messages, offers, permissions, rehoming  # noqa: F401
