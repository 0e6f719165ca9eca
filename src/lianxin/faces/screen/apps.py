"""The big screen (大屏): what a command centre's wall shows; no person is named."""

from django.apps import AppConfig


class ScreenConfig(AppConfig):
    """Pages of the big screen."""

    name = "lianxin.faces.screen"
    label = "screen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs and widgets."""
        from lianxin.faces.screen import jobs, permissions, widgets  # noqa: F401
