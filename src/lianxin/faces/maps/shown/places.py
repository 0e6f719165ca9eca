"""What stands there: areas with their borders, buildings, service stations, units at their areas' middle."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from lianxin.faces.maps.layers import Found, Look, Mark, found_of, layer, windowed
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations.queries import UnitNode, unit_tree
from lianxin.kernel.geometry.points import Box, Point
from lianxin.registry.places.models import Building
from lianxin.work.stations.models import Station


@layer(
    "areas", label=gettext_lazy("网格边界"), group=gettext_lazy("区域"), order=10, shape="area", kind="borders",
    thing="area", is_on=True, is_counted=False, empty=gettext_lazy("还没有画区域边界"),
)  # fmt: skip
def borders(look: Look, box: Box | None) -> Found:
    """Find grids by their middle; their borders come by an address of their own."""
    nodes = [node for node in areas.atlas(look.at, look.numbers) if node.role == "grid" and node.center]
    shown = [node for node in nodes if box is None or (node.center and _is_in(node.center, box))]
    return found_of(shown, lambda node: node.center, lambda node: Mark(node.code, node.name))


def _building_count(look: Look) -> int:
    return int(windowed(Building.objects.visible_to(look.actor).now(), "point", None).count())


@layer(
    "buildings", label=gettext_lazy("立体建筑"), group=gettext_lazy("房屋"), order=40, shape="building",
    kind="buildings", thing="building", page="console:building", permissions=("places.view",), is_on=True,
    least_zoom=15, empty=gettext_lazy("还没有登记楼栋"), counts=_building_count,
)  # fmt: skip
def buildings(look: Look, box: Box | None) -> Found:
    """Find buildings by their point. One statement."""
    shown = windowed(Building.objects.visible_to(look.actor).now(), "point", box)
    rows = list(shown.values_list("pk", "point", "code", "address"))
    return found_of(rows, lambda row: row[1], lambda row: Mark(row[2], row[3]), lambda row: row[0])


@layer(
    "stations", label=gettext_lazy("服务站点"), group=gettext_lazy("服务"), order=70, shape="station",
    thing="station", empty=gettext_lazy("还没有登记服务站点"),
)  # fmt: skip
def stations(_look: Look, box: Box | None) -> Found:
    """Find service stations, which everybody may know. One statement."""
    rows = list(windowed(Station.objects.standing(), "point", box).only("key", "name", "address", "point"))
    return found_of(rows, lambda row: row.point, lambda row: Mark(str(row.key), row.name, row.address))


@layer(
    "units", label=gettext_lazy("单位"), group=gettext_lazy("服务"), order=80, shape="unit", thing="unit",
    permissions=("cases.view", "organizations.manage"), empty=gettext_lazy("还没有单位分到街道、社区"),
)  # fmt: skip
def units(look: Look, box: Box | None) -> Found:
    """Find units of streets, communities and grids in the middle of their area: a unit has no point of its own."""
    atlas = areas.atlas(look.at, look.numbers)
    placed = _placed(unit_tree(look.at, look.numbers), atlas)
    rows = [(unit, point) for unit, point in placed if box is None or _is_in(point, box)]
    return found_of(rows, lambda row: row[1], lambda row: Mark(row[0].code, row[0].name), lambda row: row[0].id)


def _placed(found: Iterable[UnitNode], atlas: areas.Atlas) -> Iterable[tuple[Any, Point]]:
    """Yield units with their places; several at one middle stand a little apart, in a ring."""
    there: dict[int, int] = {}
    for unit in found:
        node = atlas.by_id.get(unit.area_id) if unit.area_id is not None else None
        if node is None or node.is_whole or node.center is None:
            continue
        turn = there.get(node.id, 0)
        there[node.id] = turn + 1
        yield unit, Point(node.center.lon + 0.0002 * (turn % 3), node.center.lat - 0.00018 * (turn // 3))


def _is_in(place: Point, box: Box) -> bool:
    return box.west <= place.lon <= box.east and box.south <= place.lat <= box.north
