"""Addresses of the grid worker's app: whatever else stands below /worker/ is its one page, which reads the rest."""

from django.urls import path

from . import views

app_name = "worker"
urlpatterns = [
    path("", views.shell, name="home"),
    path("sw.js", views.script, name="script"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("session", views.session, name="session"),
    path("<path:path>", views.shell, name="page"),
]
