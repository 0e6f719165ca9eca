"""Addresses of cameras (视频点位)."""

from django.urls import path

from .views import cameras, cameras_access, cameras_write

urlpatterns = [
    path("", cameras.cameras, name="cameras"),
    path("add", cameras_write.add, name="camera_add"),
    path("export", cameras.export, name="cameras_export"),
    path("waiting", cameras_access.waiting, name="cameras_waiting"),
    path("mine", cameras_access.mine, name="cameras_mine"),
    path("records", cameras_access.records, name="cameras_records"),
    path("platforms/", cameras_write.platforms, name="camera_platforms"),
    path("platforms/add", cameras_write.platform, name="camera_platform_add"),
    path("platforms/<slug:code>", cameras_write.platform, name="camera_platform"),
    path("case/<str:number>.geojson", cameras.case_cover, name="case_cameras"),
    path("access/<uuid:key>/decide", cameras_access.decide, name="camera_decide"),
    path("access/<uuid:key>/open", cameras_access.open_camera, name="camera_open"),
    path("access/<uuid:key>/withdraw", cameras_access.withdraw, name="camera_withdraw"),
    path("access/<uuid:key>/revoke", cameras_access.revoke, name="camera_revoke"),
    path("<uuid:key>/", cameras.camera, name="camera"),
    path("<uuid:key>/cover.geojson", cameras.cover, name="camera_cover"),
    path("<uuid:key>/edit", cameras_write.edit, name="camera_edit"),
    path("<uuid:key>/end", cameras_write.end, name="camera_end"),
    path("<uuid:key>/ask", cameras_access.ask_for, name="camera_ask"),
]
