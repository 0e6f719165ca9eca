"""The room of cameras."""

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    """Cameras (视频点位): a register of video devices; pictures stay with their owners."""

    name = "lianxin.registry.cameras"
    label = "cameras"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, messages, jobs, and that cameras follow areas."""
        from lianxin.registry.cameras import jobs, messages, permissions, rehoming  # noqa: F401
