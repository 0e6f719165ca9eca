"""The room of wishes."""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    """The wish mailbox."""

    name = "lianxin.work.wishes"
    label = "wishes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, and who follows a redivision."""
        from lianxin.work.wishes import jobs, messages, permissions, rehoming  # noqa: F401
