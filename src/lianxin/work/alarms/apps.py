"""The room of alarms."""

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    """Alarms (告警): what devices call for, by rules that are data; one open alarm for each device and fault."""

    name = "lianxin.work.alarms"
    label = "alarms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, messages, listeners, and who follows a re-division."""
        from lianxin.work.alarms import jobs, listeners, messages, permissions, rehoming  # noqa: F401
