"""Addresses of statistics."""

from django.urls import path

from .views import statistics

urlpatterns = [
    path("", statistics.overview, name="statistics"),
    path("cases", statistics.cases, name="statistics_cases"),
    path("heat", statistics.heat, name="statistics_heat"),
    path("corrections", statistics.corrections, name="statistics_corrections"),
    path("file", statistics.file, name="statistics_file"),
]
