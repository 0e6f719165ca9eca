"""Addresses of the pages about the profile."""

from django.urls import path

from . import archive, calendar, calendar_load, profile, role_changes, roles, setup, standard, standards, texts, why

app_name = "profile"
urlpatterns = [
    path("", profile.home, name="home"),
    path("setup", setup.setup, name="setup"),
    path("setup/rehearse", setup.rehearse, name="rehearse"),
    path("load", profile.load, name="load"),
    path("export/<str:table>.csv", profile.export, name="export"),
    path("export.zip", archive.export, name="export_all"),
    path("bring", archive.bring, name="bring"),
    path("bring/<str:key>", archive.load, name="archive"),
    path("history/<int:pk>/go-back", archive.go_back, name="go_back"),
    path("history", profile.history, name="history"),
    path("roles", roles.roles, name="roles"),
    path("roles/<str:code>", role_changes.change, name="role"),
    path("roles/changes/<int:pk>/decide", role_changes.decide, name="role_decide"),
    path("why", why.why, name="why"),
    path("texts", texts.texts, name="texts"),
    path("texts/<slug:group>", texts.text, name="text"),
    path("standards/<int:pk>", standard.standard, name="standard"),
    path("standards", standards.standards, name="standards"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/hours", calendar_load.hours, name="calendar_hours"),
    path("calendar/<int:year>/notice", calendar_load.notice, name="calendar_notice"),
    path("calendar/<int:year>/load", calendar.load_year, name="calendar_load"),
    path("calendar/<str:when>", calendar.day, name="calendar_day"),
]
