"""The room of disclosure."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Notices, who has read them, and questions back."""

    name = "lianxin.work.disclosure"
    label = "disclosure"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, and that notices follow areas."""
        from lianxin.work.disclosure import jobs, messages, permissions, rehoming  # noqa: F401
