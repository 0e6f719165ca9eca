"""Which portrait is told of which kind of thing on the map."""

from collections.abc import Callable, Mapping

from lianxin.faces.console import mapcomponents, mapplaces, mapsensors, mapthings, mapvideos
from lianxin.faces.console.mapportrait import MapPortrait
from lianxin.faces.identity.request import Request

TELLERS: Mapping[str, Callable[[Request, str], MapPortrait]] = {
    "area": mapplaces.area,
    "estate": mapplaces.estate,
    "building": mapplaces.building,
    "case": mapthings.case,
    "camera": mapvideos.camera,
    "component": mapcomponents.component,
    "sensor": mapsensors.sensor,
    "unit": mapthings.unit,
    "station": mapthings.station,
    "patrol": mapthings.patrol,
    "hazard": mapthings.hazard,
    "post": mapthings.post,
}
