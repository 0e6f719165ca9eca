"""The room of leaders' liaison (联系包抓)."""

from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    """Which leader looks after which communities, estates and micro grids."""

    name = "lianxin.work.liaison"
    label = "liaison"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, and that liaison follows areas."""
        from lianxin.work.liaison import jobs, permissions, rehoming  # noqa: F401
