"""Addresses of statistics."""

from django.urls import path

from .views import statistics

urlpatterns = [
    path("", statistics.overview, name="statistics"),
    path("cases", statistics.cases, name="statistics_cases"),
    path("indicators", statistics.indicators, name="statistics_indicators"),
    path("heat", statistics.heat, name="statistics_heat"),
    path("corrections", statistics.corrections, name="statistics_corrections"),
    path("file", statistics.file, name="statistics_file"),
]
