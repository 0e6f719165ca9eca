"""Addresses of the pages about the profile."""

from django.urls import path

from . import calendar, profile, roles, standards

app_name = "profile"
urlpatterns = [
    path("", profile.home, name="home"),
    path("load", profile.load, name="load"),
    path("export/<str:table>.csv", profile.export, name="export"),
    path("history", profile.history, name="history"),
    path("roles", roles.roles, name="roles"),
    path("standards", standards.standards, name="standards"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/load", calendar.load_year, name="calendar_load"),
    path("calendar/<str:when>", calendar.day, name="calendar_day"),
]
