"""Draw to count (圈选): what lies inside a drawn shape, layer by layer, and which areas it touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Box
from lianxin.kernel.geometry.polygons import Outline, area, read_outline

from .layers import Flags, Found, Layer, Look, layers

MOST_POINTS = 500
MOST_SQUARE_KM = 20_000  # larger than any county that is governed by one installation
LEAST_SQUARE_METRES = 100
_LEAST_SHARE = 0.001
_MOST_AREAS = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a layer lie inside; `late` where its things can be late."""

    layer: Layer
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the drawn shape lies in an area."""

    code: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies inside a drawn shape, for one who looks."""

    square_metres: float
    counts: Sequence[Counted]
    areas: Sequence[Share]


def read_polygon(drawn: Any) -> Outline:
    """Return the drawn shape. Raises Invalid with what is wrong with it, in words of who drew it."""
    if not isinstance(drawn, Mapping):
        raise Invalid({"polygon": _("没有收到画的范围，请再画一次。")})
    outline = read_outline(drawn, field="polygon", most_points=MOST_POINTS)
    west, _south, east, _north = outline.bounds
    if east - west > 90:
        raise Invalid({"polygon": _("画的范围绕过了半个地球，请画小一些。")})
    size = area(outline)
    if size > MOST_SQUARE_KM * 1e6:
        most = f"{MOST_SQUARE_KM:,}"
        raise Invalid({"polygon": _("画的范围太大，最多 {most} 平方公里。").format(most=most)})
    if size < LEAST_SQUARE_METRES:
        raise Invalid({"polygon": _("画的范围太小，看不清圈了什么。请把图放大些再画。")})
    return outline


def count(look: Look, outline: Outline) -> Inside:
    """Count what the actor may see inside a shape; on its edge counts as inside."""
    box = Box(*outline.bounds)
    asked = [each for each in layers(look.actor) if each.is_counted]
    if look.when is not None:
        asked = [each for each in asked if each.follows_time]
    return Inside(area(outline), [_counted(each, look, outline, box) for each in asked], _shares(look, outline))


def _counted(layer: Layer, look: Look, outline: Outline, box: Box) -> Counted:
    found = layer.finds(look, box)
    there = inside(outline, found)
    return Counted(layer, int(np.count_nonzero(there)), int(np.count_nonzero(there & found.late)))


def inside(outline: Outline, found: Found) -> Flags:
    """Tell of each thing whether it lies inside a shape or on its edge."""
    shapely.prepare(outline)
    there: Flags = shapely.intersects_xy(outline, found.lons, found.lats)
    return there


def _shares(look: Look, outline: Outline) -> list[Share]:
    """Return the grids a shape touches, by how much of it lies there; communities where they are too many."""
    atlas = areas.atlas(look.when or look.at, look.numbers)
    found: list[Share] = []
    for role in ("grid", "community", "street"):
        nodes = {node.id: node for node in atlas if node.role == role}
        shares = [Share(nodes[pk].code, nodes[pk].name, share) for pk, share in _touched(outline, list(nodes))]
        found = sorted(shares, key=lambda each: -each.share)
        if 0 < len(found) <= _MOST_AREAS:
            return found
    return found[:_MOST_AREAS]


def _touched(outline: Outline, ids: Sequence[int]) -> list[tuple[int, float]]:
    rows = Area.objects.filter(pk__in=ids, boundary__isnull=False).values_list("pk", "boundary")
    known = [(pk, shape(boundary)) for pk, boundary in rows if boundary]
    if not known:
        return []
    near = shapely.STRtree([border for _pk, border in known]).query(outline, predicate="intersects")
    whole = area(outline)
    parts = [(known[place][0], area(shapely.intersection(outline, known[place][1])) / whole) for place in near]
    return [(pk, share) for pk, share in parts if share >= _LEAST_SHARE]
