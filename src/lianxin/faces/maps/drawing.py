"""What of a layer is drawn in a window, as GeoJSON: clusters with their counts, and points by themselves."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box
from lianxin.kernel.geometry.polygons import Outline

from .clustering import Cluster, cell_width, cluster, whole_cells
from .layers import Layer, Look, Mark, Ring
from .polygons import inside

Links = Callable[[Layer, Mark], Mapping[str, str]]
PAGE = 50
NEAR = 16  # from this zoom on one sees what things cover on the ground


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the list of what lies somewhere: `first` counts from 1; `previous` and `next` are cursors."""

    marks: Sequence[Mark]
    total: int
    first: int
    previous: str | None  # "" is the first page
    next: str | None


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
    if layer.covers is None or zoom < NEAR:
        return collection(features, total=len(found))
    rings = layer.covers(look, whole_cells(box, zoom))
    return collection(features, total=len(found), cover=collection(map(_ring, rings)))


def _ring(ring: Ring) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}


def listed(
    layer: Layer, look: Look, box: Box | None, *, outline: Outline | None = None, only_late: bool = False,
    after: str = "", size: int = PAGE,
) -> Rows:  # fmt: skip
    """Return a page of what lies in a window or a drawn shape, the late first, the newest before the older.

    A page begins behind the last thing that was seen, so what comes or goes meanwhile moves nothing. Raises Invalid
    for a cursor that is none.
    """
    found = layer.finds(look, Box(*outline.bounds) if outline is not None else box)
    wanted = np.ones(len(found), dtype=bool) if outline is None else inside(outline, found)
    if only_late:
        wanted &= found.late
    places = np.flatnonzero(wanted)
    order = places[np.lexsort((-found.ids[places], ~found.late[places]))]
    keys = [(not found.late[place], -int(found.ids[place])) for place in order]
    begin = bisect_right(keys, _cursor(after)) if after else 0
    end, back = begin + size, max(begin - size, 0)
    return Rows(
        marks=found.describe([int(place) for place in order[begin:end]]),
        total=len(keys),
        first=begin + 1,
        previous=None if not begin else _said(keys[back - 1]) if back else "",
        next=_said(keys[end - 1]) if end < len(keys) else None,
    )


def _said(key: tuple[bool, int]) -> str:
    return f"{int(key[0])}.{-key[1]}"


def _cursor(words: str) -> tuple[bool, int]:
    found = re.fullmatch(r"([01])\.(-?\d{1,18})", words)
    if found is None:
        raise Invalid({"after": _("这一页的地址不完整，请从第一页重新翻。")})
    return found[1] == "1", -int(found[2])


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
