from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    name = "lianxin.kernel.throttle"
    label = "throttle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker know the jobs."""
        from . import jobs  # noqa: F401
