"""The map of all addresses; each face keeps its own."""

from django.urls import URLPattern, URLResolver, include, path

from lianxin.operations.health import views as health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("lianxin.faces.api.urls")),
]
