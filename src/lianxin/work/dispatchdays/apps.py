"""The room of dispatch days (领导调度日)."""

from django.apps import AppConfig


class DispatchDaysConfig(AppConfig):
    """A leader's monthly day for hard, late and cross-department cases."""

    name = "lianxin.work.dispatchdays"
    label = "dispatchdays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, messages, jobs, and that days follow areas."""
        from lianxin.work.dispatchdays import jobs, messages, permissions, rehoming  # noqa: F401
