"""Addresses of posters with a code to scan."""

from django.urls import path

from .views import posters

urlpatterns = [
    path("", posters.posters_page, name="posters"),
    path("file", posters.poster_file, name="poster_file"),
]
