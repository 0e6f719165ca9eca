"""The room of patrols."""

from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    """Patrols, check-ins, and the ledger of hazards."""

    name = "lianxin.work.patrols"
    label = "patrols"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, listeners, messages, and who follows a redivision."""
        from lianxin.work.patrols import jobs, listeners, messages, permissions, rehoming  # noqa: F401
