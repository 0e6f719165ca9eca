"""Addresses of the one map (一张图)."""

from django.urls import path

from .views import map, map_base, map_charts, map_drawn, map_portraits, map_shapes  # noqa: A004 - the page is called so

urlpatterns = [
    path("", map.one_map, name="map"),
    path("v/<slug:key>", map.shared, name="map_view"),
    path("layers", map.map_layers, name="map_layers"),
    path("layers/<slug:code>", map.points, name="map_points"),
    path("layers/<slug:code>/list", map.listed, name="map_list"),
    path("areas", map_shapes.borders, name="map_borders"),
    path("buildings", map_shapes.buildings, name="map_buildings"),
    path("count", map_drawn.count, name="map_count"),
    path("drawn/<slug:key>", map_drawn.counted, name="map_drawn"),
    path("views", map_shapes.share, name="map_views"),
    path("find", map_shapes.find, name="map_find"),
    path("shift", map.shift, name="map_shift"),
    path("portrait/<slug:kind>/<str:key>", map_portraits.portrait, name="map_portrait"),
    path("building/<str:code>/chart", map_charts.chart, name="map_chart"),
    path("ground", map.ground, name="map_ground"),
    path("tiles/<int:edition>/<int:z>/<int:x>/<int:y>.mvt", map_base.tile, name="map_tile"),
    path("base/", map_base.base, name="map_base"),
    path("base/add", map_base.bring, name="map_bring"),
    path("base/background", map_base.background, name="map_background"),
    path("base/sheets/<uuid:key>/", map_base.sheet, name="map_sheet"),
    path("base/sheets/<uuid:key>/use", map_base.use, name="map_use"),
    path("base/sheets/<uuid:key>/preview.geojson", map_base.preview, name="map_preview"),
    path("base/themes/<slug:theme>/drop", map_base.drop, name="map_drop"),
    path("base/editions/<int:pk>/show", map_base.show, name="map_show"),
]
