"""Addresses of devices (物联设备), their kinds, what was refused, and the systems they come through."""

from django.urls import path

from .views import sensors, sensors_kinds, sensors_write, systems

urlpatterns = [
    path("", sensors.sensors, name="sensors"),
    path("add", sensors_write.add, name="sensor_add"),
    path("devices.csv", sensors.export, name="sensors_export"),
    path("refusals", sensors.refusals, name="sensor_refusals"),
    path("kinds/", sensors_kinds.kinds, name="sensor_kinds"),
    path("kinds/add", sensors_kinds.add, name="sensor_kind_add"),
    path("kinds/limits", sensors_kinds.limits, name="sensor_limits"),
    path("kinds/<slug:code>/", sensors_kinds.kind, name="sensor_kind"),
    path("kinds/<slug:code>/drop", sensors_kinds.drop, name="sensor_kind_drop"),
    path("systems/", systems.systems, name="systems"),
    path("systems/add", systems.add, name="system_add"),
    path("systems/<uuid:key>/", systems.system, name="system"),
    path("systems/<uuid:key>/edit", systems.edit, name="system_edit"),
    path("systems/<uuid:key>/close", systems.close, name="system_close"),
    path("systems/<uuid:key>/reopen", systems.reopen, name="system_reopen"),
    path("systems/<uuid:key>/key", systems.key, name="system_key"),
    path("systems/<uuid:key>/revoke", systems.revoke, name="system_revoke"),
    path("<uuid:key>/", sensors.sensor, name="sensor"),
    path("<uuid:key>/point.geojson", sensors.point, name="sensor_point"),
    path("<uuid:key>/edit", sensors_write.edit, name="sensor_edit"),
    path("<uuid:key>/pause", sensors_write.pause, name="sensor_pause"),
    path("<uuid:key>/resume", sensors_write.resume, name="sensor_resume"),
    path("<uuid:key>/retire", sensors_write.retire, name="sensor_retire"),
    path("<uuid:key>/key", sensors_write.key, name="sensor_key"),
    path("<uuid:key>/revoke", sensors_write.revoke, name="sensor_revoke"),
]
