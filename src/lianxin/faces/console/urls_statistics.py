"""Addresses of statistics."""

from django.urls import path

from .views import statistics
from .views import statistics_lists as lists

urlpatterns = [
    path("", statistics.overview, name="statistics"),
    path("cases", lists.cases, name="statistics_cases"),
    path("indicators", statistics.indicators, name="statistics_indicators"),
    path("trends", statistics.trends, name="statistics_trends"),
    path("heat", statistics.heat, name="statistics_heat"),
    path("corrections", lists.corrections, name="statistics_corrections"),
    path("file", lists.file, name="statistics_file"),
]
