"""The style guide; the roof mounts it only where DEBUG or DEMO is on."""

from django.urls import path

from lianxin.faces.parts import views

urlpatterns = [
    path("lx/parts", views.parts, name="lx-parts"),
    path("lx/parts/charts", views.charts, name="lx-parts-charts"),
    path("lx/parts/signin", views.signin, name="lx-parts-signin"),
    path("lx/parts/resident", views.resident, name="lx-parts-resident"),
    path("lx/parts/map/<slug:layer>", views.map_layer, name="lx-parts-map"),
    path("lx/parts/seat", views.seat, name="lx-parts-seat"),
]
