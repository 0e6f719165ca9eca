"""The room of imports."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Brings tables of departments in: checked row by row, undone as a whole."""

    name = "lianxin.registry.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know the jobs."""
        from lianxin.registry.imports import jobs  # noqa: F401
