"""The room of contractors by link."""

from django.apps import AppConfig


class ContractorsConfig(AppConfig):
    """A contractor does and proves one assignment through a signed link that expires."""

    name = "lianxin.work.contractors"
    label = "contractors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let others know messages and jobs."""
        from . import jobs, messages  # noqa: F401
