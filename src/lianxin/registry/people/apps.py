"""The room of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who lives where, with whom."""

    name = "lianxin.registry.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's permissions."""
        from lianxin.registry.people import offers, permissions  # noqa: F401
