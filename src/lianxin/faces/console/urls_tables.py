"""Addresses of self-service tables."""

from django.urls import path

from .views import tables, tables_saved

urlpatterns = [
    path("", tables_saved.tables, name="tables"),
    path("make", tables.make, name="table_make"),
    path("answer", tables.answer, name="table_answer"),
    path("cases", tables.cases, name="table_cases"),
    path("file", tables.file, name="table_file"),
    path("save", tables_saved.keep, name="table_save"),
    path("<uuid:key>/", tables_saved.table, name="table"),
    path("<uuid:key>/stop", tables_saved.stop, name="table_stop"),
    path("<uuid:key>/end", tables_saved.end, name="table_end"),
    path("<uuid:key>/files/<uuid:file_key>", tables_saved.came, name="table_came"),
]
