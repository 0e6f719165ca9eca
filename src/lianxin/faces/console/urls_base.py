"""Addresses of the base data (基础库): search, people, places, portraits."""

from django.urls import path

from .views import base

urlpatterns = [
    path("", base.base, name="base"),
]
