"""Addresses at which devices and systems post: `/devices/<adapter>`, with what an adapter's own addresses add."""

from django.urls import path

from . import views

app_name = "devices"
urlpatterns = [
    path("<slug:adapter>", views.post, name="post"),
    path("<slug:adapter>/<path:topic>", views.post, name="post_at"),
]
