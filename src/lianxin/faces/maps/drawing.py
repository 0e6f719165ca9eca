"""What of a layer is drawn in a window, as GeoJSON: clusters with their counts, and points by themselves."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from lianxin.kernel.geometry.points import Box

from .clustering import Cluster, cell_width, cluster, whole_cells
from .layers import Layer, Look, Mark

Links = Callable[[Layer, Mark], Mapping[str, str]]
MOST_LISTED = 50


def collection(features: Iterable[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a FeatureCollection; what else is told stands beside the features."""
    return {"type": "FeatureCollection", "features": list(features), **more}


def drawn(layer: Layer, look: Look, box: Box, zoom: int, *, links: Links, list_url: str) -> dict[str, Any]:
    """Return what is drawn of a layer in a window, its edge widened to whole clusters."""
    found = layer.finds(look, whole_cells(box, zoom))
    told = cluster(found.lons, found.lats, found.late, zoom, width=cell_width(zoom, box))
    features = [_cluster(each, list_url) for each in told.clusters]
    marks = zip(told.alone, found.describe(told.alone), strict=True)
    features += [
        _point(found.lons[place], found.lats[place], _told(layer, mark, links)) for place, mark in marks if mark.key
    ]
    return collection(features, total=len(found))


def listed(layer: Layer, look: Look, box: Box) -> tuple[list[Mark], int]:
    """Return what lies in a window one by one, the late first, and how many there are in all."""
    found = layer.finds(look, box)
    order = sorted(range(len(found)), key=lambda place: not found.late[place])
    return [mark for mark in found.describe(order[:MOST_LISTED]) if mark.key], len(found)


def _cluster(one: Cluster, list_url: str) -> dict[str, Any]:
    box = [round(edge, 6) for edge in one.box]
    # A hair wider, so that points on the edge are in the list that opens.
    wide = [box[0] - 1e-6, box[1] - 1e-6, box[2] + 1e-6, box[3] + 1e-6]
    bbox = ",".join(f"{edge:.6f}" for edge in wide)
    joint = "&" if "?" in list_url else "?"
    told = {
        "cluster": True, "count": one.count, "late": one.late, "box": box,
        "list": f"{list_url}{joint}{urlencode({'bbox': bbox}, safe=',')}",
    }  # fmt: skip
    return _point(one.lon, one.lat, told)


def _told(layer: Layer, mark: Mark, links: Links) -> dict[str, str]:
    told = {"key": mark.key, "kind": layer.thing, "shape": layer.shape, "tone": mark.tone, "label": mark.label}
    return {**told, "line": mark.line, **links(layer, mark)}


def _point(lon: float, lat: float, told: Mapping[str, Any]) -> dict[str, Any]:
    place = [round(float(lon), 6), round(float(lat), 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": told}
