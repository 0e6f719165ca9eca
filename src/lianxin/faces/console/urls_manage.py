"""Addresses of what a place consists of and how it is run: areas, units, people, audit, dispatch."""

from django.urls import path

from .views import areas, duties, redivision, suggesting, units

urlpatterns = [
    # Areas, units, the responsibility list.
    path("areas/", areas.areas, name="areas"),
    path("areas/households", areas.households, name="households"),
    path("areas/plans/<int:pk>/cancel", areas.cancel, name="redivision_cancel"),
    path("area/<str:code>/", areas.area, name="area"),
    path("area/<str:code>/borders.geojson", areas.borders, name="borders"),
    path("area/<str:code>/amend", areas.amend, name="area_amend"),
    path("area/<str:code>/redivide", redivision.redivide, name="redivide"),
    path("area/<str:code>/pieces.geojson", redivision.pieces, name="redivide_pieces"),
    path("units/", units.units, name="units"),
    path("units/add", units.create, name="unit_add"),
    path("unit/<str:code>/", units.unit, name="unit"),
    path("unit/<str:code>/rename", units.rename, name="unit_rename"),
    path("unit/<str:code>/end", units.end, name="unit_end"),
    path("duties/", duties.duties, name="duties"),
    path("duties/add", duties.add, name="duty_add"),
    path("duties/<int:pk>/end", duties.end, name="duty_end"),
    path("duties/gaps", duties.gaps, name="gaps"),
    path("duties/try", duties.trial, name="try"),
    path("suggest/<str:kind>", suggesting.suggest, name="suggest"),
]
