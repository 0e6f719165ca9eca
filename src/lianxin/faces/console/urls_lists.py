"""Addresses of lists of cases as files."""

from django.urls import path

from .views import case_lists

urlpatterns = [
    path("", case_lists.case_lists, name="case_lists"),
    path("add", case_lists.add, name="case_list_add"),
    path("<uuid:key>/", case_lists.case_list, name="case_list"),
    path("<uuid:key>/cancel", case_lists.cancel, name="case_list_cancel"),
    path("<uuid:key>/file", case_lists.file, name="case_list_file"),
]
