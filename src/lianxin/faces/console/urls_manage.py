"""Addresses of what a place consists of and how it is run: areas, units, people, audit, dispatch."""

from django.urls import path

from .views import admin, areas, audit, dispatching, duties, elevations, redivision, rota, staff, suggesting, units

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
    # People.
    path("staff/", staff.staff, name="staff"),
    path("staff/add", staff.create, name="staff_add"),
    path("staff/<int:pk>/", staff.person, name="person"),
    path("staff/<int:pk>/reset", staff.reset, name="reset"),
    path("staff/<int:pk>/disable", staff.disable, name="disable"),
    path("staff/<int:pk>/enable", staff.enable, name="enable"),
    path("staff/<int:pk>/posts", staff.give, name="give_post"),
    path("staff/<int:pk>/sessions/<int:session_id>", staff.revoke, name="staff_revoke"),
    path("posts/<int:pk>/end", staff.end_post, name="end_post"),
    path("posts/<int:pk>/substitute", staff.substitute, name="substitute"),
    path("rota/", rota.rota, name="rota"),
    path("rota/<int:pk>/remove", rota.remove, name="shift_remove"),
    path("elevations/", elevations.elevations, name="elevations"),
    path("elevations/<int:pk>/decide", elevations.decide, name="elevation_decide"),
    path("elevations/<int:pk>/end", elevations.end, name="elevation_end"),
    # What is run from 管理.
    path("admin/", admin.admin, name="admin"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify", audit.verify, name="audit_verify"),
    path("audit/export", audit.export, name="audit_export"),
    path("dispatch/", dispatching.dispatch, name="dispatch"),
    path("dispatch/models/<int:version>/activate", dispatching.activate, name="model_activate"),
    path("dispatch/<str:which>", dispatching.automate, name="automate"),
]
