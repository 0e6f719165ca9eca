"""The residents' pages."""

from django.apps import AppConfig


class ResidentConfig(AppConfig):
    """Pages for everybody."""

    name = "lianxin.faces.resident"
    label = "resident"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what may be shared."""
        from lianxin.faces.resident.cards import things  # noqa: F401
