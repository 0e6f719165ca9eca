"""The room of saved views."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Filters of cases under a name, shared, and subscribed to."""

    name = "lianxin.insight.views"
    label = "views"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register messages and jobs, and listen to the feed."""
        from lianxin.insight.views import jobs, listeners, messages  # noqa: F401
