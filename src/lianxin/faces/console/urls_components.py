"""Addresses of components (部件): the list, one of them, registering, checking, labels, taking the list out."""

from django.urls import path

from .views import components, components_acts

urlpatterns = [
    path("", components.components, name="components"),
    path("add", components_acts.add, name="component_add"),
    path("labels", components.labels, name="component_labels"),
    path("labels/file", components.label_file, name="component_label_file"),
    path("export", components_acts.export, name="components_export"),
    path("<uuid:key>/", components.component, name="component"),
    path("<uuid:key>/near.geojson", components.near, name="component_near"),
    path("<uuid:key>/amend", components_acts.amend, name="component_amend"),
    path("<uuid:key>/check", components_acts.check, name="component_check"),
    path("<uuid:key>/end", components_acts.end, name="component_end"),
]
