"""`openapi`: write the API's document, from which the worker's app has its types."""

from typing import Any

from django.core.management.base import BaseCommand
from django.test import RequestFactory

from lianxin.faces.api.urls import document


class Command(BaseCommand):
    """Print the document; needs neither database nor server."""

    help = "Print the OpenAPI document of the API."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it."""
        self.stdout.write(document(RequestFactory().get("/api/v1/openapi.json")).content.decode())
