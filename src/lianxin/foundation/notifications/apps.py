from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "lianxin.foundation.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the jobs."""
        from . import jobs  # noqa: F401
