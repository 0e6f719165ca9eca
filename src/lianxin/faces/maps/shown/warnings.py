"""Warnings in force on the one map: a mark in the middle of each area they fall on."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, found_of, layer
from lianxin.faces.parts import words
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.geometry.points import Box, Point
from lianxin.work.warnings import board
from lianxin.work.warnings.board import Running


@dataclass(frozen=True, slots=True)
class _Spot:
    """One area of one warning."""

    id: int
    point: Point
    name: str
    warning: Running


@layer(
    "warnings", label=gettext_lazy("预警"), group=gettext_lazy("现场"), order=55, shape="hazard",
    page="console:warning", permissions=("warnings.view",), is_counted=False, empty=gettext_lazy("现在没有生效的预警"),
)  # fmt: skip
def warnings(look: Look, box: Box | None) -> Found:
    """Find warnings in force on the ground of who looks. From memory: no statement."""
    spots = [
        _Spot(one.id * 10_000 + place, node.center, node.name, one)
        for one in board.on_ground(look.actor, look.at, look.numbers)
        for place, pk in enumerate(sorted(one.areas))
        if (node := areas.node(pk, look.numbers)) is not None and node.center is not None
    ]
    return found_of(
        [spot for spot in spots if box is None or _inside(spot.point, box)], _point, lambda s: _mark(s, look)
    )


def _inside(point: Point, box: Box) -> bool:
    return box.west <= point.lon <= box.east and box.south <= point.lat <= box.north


def _point(spot: _Spot) -> Point:
    return spot.point


def _mark(spot: _Spot, look: Look) -> Mark:
    one = spot.warning
    left = words.remaining(one.expires_at, look.at)
    line = _("{place} · {left} · {who}").format(place=spot.name, left=left, who=one.sender_name)
    return Mark(f"{one.key}.{spot.id % 10_000}", one.title, line, "late" if one.is_grave else "warn", str(one.key))
