"""The room of the seat's desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Reply templates and notes of telephone calls."""

    name = "lianxin.work.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions and jobs."""
        from lianxin.work.desk import jobs, permissions  # noqa: F401
