"""Addresses of the pages about the profile."""

from django.urls import path

from . import calendar, profile, role_changes, roles, setup, standards, texts

app_name = "profile"
urlpatterns = [
    path("", profile.home, name="home"),
    path("setup", setup.setup, name="setup"),
    path("setup/rehearse", setup.rehearse, name="rehearse"),
    path("load", profile.load, name="load"),
    path("export/<str:table>.csv", profile.export, name="export"),
    path("history", profile.history, name="history"),
    path("roles", roles.roles, name="roles"),
    path("roles/<str:code>", role_changes.change, name="role"),
    path("roles/changes/<int:pk>/decide", role_changes.decide, name="role_decide"),
    path("texts", texts.texts, name="texts"),
    path("texts/<slug:group>", texts.text, name="text"),
    path("standards", standards.standards, name="standards"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/load", calendar.load_year, name="calendar_load"),
    path("calendar/<str:when>", calendar.day, name="calendar_day"),
]
