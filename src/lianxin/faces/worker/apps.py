"""The grid worker's app."""

from django.apps import AppConfig


class WorkerConfig(AppConfig):
    """The shell, the manifest and the service worker; everything else comes by the API."""

    name = "lianxin.faces.worker"
    label = "worker"
