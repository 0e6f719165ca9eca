"""The room of components."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    """Components (部件): the fixed facilities of a city, each with its number, place, state and keepers."""

    name = "lianxin.registry.components"
    label = "components"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register permissions and jobs; say what waits after a re-division."""
        from lianxin.registry.components import jobs, permissions, rehoming  # noqa: F401
