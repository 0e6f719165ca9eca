"""The room of sensors."""

from django.apps import AppConfig


class SensorsConfig(AppConfig):
    """Devices that report by themselves (物联设备), the systems they come through, and their readings."""

    name = "lianxin.registry.sensors"
    label = "sensors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions, jobs, and what follows a redivision."""
        from lianxin.registry.sensors import jobs, permissions, rehoming  # noqa: F401
