"""Addresses of warnings and their sources."""

from django.urls import path

from .views import warning_sources, warnings

urlpatterns = [
    path("", warnings.warnings, name="warnings"),
    path("issue", warnings.issue, name="warning_issue"),
    path("sources/", warning_sources.sources, name="warning_sources"),
    path("sources/add", warning_sources.add, name="warning_source_add"),
    path("sources/<uuid:key>/", warning_sources.source, name="warning_source"),
    path("sources/<uuid:key>/edit", warning_sources.edit, name="warning_source_edit"),
    path("sources/<uuid:key>/key", warning_sources.renew_key, name="warning_source_key"),
    path("sources/<uuid:key>/close", warning_sources.close, name="warning_source_close"),
    path("<uuid:key>/", warnings.warning, name="warning"),
    path("<uuid:key>/shapes.geojson", warnings.shapes, name="warning_shapes"),
    path("<uuid:key>/approve", warnings.approve, name="warning_approve"),
    path("<uuid:key>/refuse", warnings.refuse, name="warning_refuse"),
    path("<uuid:key>/update", warnings.update, name="warning_update"),
    path("<uuid:key>/cancel", warnings.cancel, name="warning_cancel"),
]
