"""Addresses of the import wizard."""

from django.urls import path

from .views import imports

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("new/<slug:code>", imports.begin, name="import_begin"),
    path("new/<slug:code>/template.xlsx", imports.template, name="import_template"),
    path("new/<slug:code>/how", imports.how, name="import_how"),
    path("<uuid:key>", imports.run, name="import"),
    path("<uuid:key>/progress", imports.progress, name="import_progress"),
    path("<uuid:key>/sheet", imports.sheet, name="import_sheet"),
    path("<uuid:key>/columns", imports.columns, name="import_columns"),
    path("<uuid:key>/check", imports.check, name="import_check"),
    path("<uuid:key>/rows/<int:number>", imports.row, name="import_row"),
    path("<uuid:key>/group", imports.group, name="import_group"),
    path("<uuid:key>/wrong.xlsx", imports.wrong_rows, name="import_wrong"),
    path("<uuid:key>/preview", imports.preview, name="import_preview"),
    path("<uuid:key>/let-in", imports.let_in, name="import_let_in"),
    path("<uuid:key>/call-off", imports.call_off, name="import_call_off"),
    path("<uuid:key>/done", imports.finished, name="import_done"),
    path("<uuid:key>/undo", imports.undo, name="import_undo"),
    path("<uuid:key>/discard", imports.discard, name="import_discard"),
]
