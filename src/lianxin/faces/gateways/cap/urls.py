"""Addresses of the gateway of warnings."""

from django.urls import path

from . import views

app_name = "cap"
urlpatterns = [
    path("gateways/cap/<slug:code>", views.post, name="post"),
    path("cap/feed", views.feed, name="feed"),
    path("cap/<path:identifier>.xml", views.message, name="message"),
]
