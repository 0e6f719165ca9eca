"""What the one map shows: layers by a registry line, clustered by the server; below the faces that draw them."""

from importlib import import_module

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """Layers of the one map."""

    name = "lianxin.faces.maps"
    label = "maps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the layers be known, and the worker its jobs."""
        for name in ("cases", "components", "field", "places", "sensors", "videos", "warnings"):
            import_module(f"lianxin.faces.maps.shown.{name}")
        import_module("lianxin.faces.maps.jobs")
