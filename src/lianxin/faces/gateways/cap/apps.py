"""The gateway of warnings."""

from django.apps import AppConfig


class CapConfig(AppConfig):
    """CAP 1.2 over HTTP: posted to us, fetched by us, given out as a feed."""

    name = "lianxin.faces.gateways.cap"
    label = "cap"

    def ready(self) -> None:
        """Register the job that fetches."""
        from lianxin.faces.gateways.cap import jobs  # noqa: F401
