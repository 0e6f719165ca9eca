"""The map of all addresses; each face keeps its own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lianxin.operations.health import views as health
from lianxin.operations.pages import first

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include("lianxin.faces.api.urls")),
    path("console/first", first.first),
    path("console/profile/", include("lianxin.operations.pages.urls")),
    path("console/", include("lianxin.faces.console.urls")),
    path("worker/", include("lianxin.faces.worker.urls")),
    path("screen/", include("lianxin.faces.screen.urls")),
    path("devices/", include("lianxin.faces.gateways.devices.urls")),
    path("wechat/", include("lianxin.faces.gateways.wechat.urls")),
    path("", include("lianxin.faces.gateways.cap.urls")),
    path("", include("lianxin.faces.resident.urls")),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("", include("lianxin.faces.parts.urls")))

handler404 = "lianxin.faces.resident.frame.not_found"
handler500 = "lianxin.faces.parts.faults.broken"
