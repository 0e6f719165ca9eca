"""Addresses of the grid worker's app. Whatever else stands below /worker/ is the app's own page, which reads it itself."""

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
