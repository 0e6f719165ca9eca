"""Search on the map: areas, places, stations, units by name; cases by number or words. Never persons."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations.queries import unit_tree
from lianxin.kernel.geometry.points import Point
from lianxin.registry.cameras.queries import Wanted, cameras
from lianxin.registry.components.models import State
from lianxin.registry.components.queries import find_components
from lianxin.registry.places.finding import find_places
from lianxin.registry.places.models import Building, Establishment, Estate
from lianxin.registry.sensors.queries import Filters as Wished
from lianxin.registry.sensors.queries import devices
from lianxin.registry.sensors.settings import practice
from lianxin.work.cases.models import Case
from lianxin.work.cases.queries import Filters, queue
from lianxin.work.stations.models import Station

from .layers import Look, layers

MOST = 12
_EACH = 5
_LEAST = 2  # characters; one finds everything


@dataclass(frozen=True, slots=True)
class Spotted:
    """One thing that was found, and where it lies."""

    kind: str
    key: str
    label: str
    line: str
    lon: float
    lat: float


def find(look: Look, words: str) -> list[Spotted]:
    """Return what the words point at, at most a dozen, areas first."""
    words = words.replace("\0", "").strip()[:60]
    if len(words) < _LEAST:
        return []
    open_layers = {each.code for each in layers(look.actor)}
    found = list(_areas(look, words))
    if "buildings" in open_layers:
        found += _places(look, words)
    if "stations" in open_layers:
        found += _stations(words)
    if "units" in open_layers:
        found += _units(look, words)
    if "components" in open_layers:
        found += _components(look, words)
    if "cameras" in open_layers:
        found += _cameras(look, words)
    if "sensors" in open_layers:
        found += _devices(look, words)
    if "cases" in open_layers:
        found += _cases(look, words)
    return found[:MOST]


def _spotted(kind: str, key: str, label: str, line: str, point: Point | None) -> Iterator[Spotted]:
    if point is not None:
        yield Spotted(kind, key, label, line, point.lon, point.lat)


def _areas(look: Look, words: str) -> Iterator[Spotted]:
    named = [node for node in areas.atlas(look.at, look.numbers) if words in node.name or node.code == words]
    for node in sorted(named, key=lambda each: (each.depth, len(each.name)))[:_EACH]:
        yield from _spotted("area", node.code, node.name, " ".join(node.breadcrumb[1:-1]), node.center)


def _places(look: Look, words: str) -> Iterator[Spotted]:
    for one in find_places(look.actor, words, limit=_EACH):
        match one.kind:
            case "estate":
                place: Estate | Building | Establishment | None = Estate.objects.filter(code=one.key).first()
            case "building":
                place = Building.objects.filter(code=one.key).first()
            case _:
                continue  # rooms and shops have no point of their own
        if place is not None:
            yield from _spotted(one.kind, one.key, one.label, one.where, place.point)


def _stations(words: str) -> Iterator[Spotted]:
    rows = Station.objects.standing().filter(name__contains=words, point__isnull=False).order_by("pk")
    for row in rows[:_EACH]:
        yield from _spotted("station", str(row.key), row.name, row.address, row.point)


def _units(look: Look, words: str) -> Iterator[Spotted]:
    nodes = areas.atlas(look.at, look.numbers).by_id
    named = [unit for unit in unit_tree(look.at, look.numbers) if words in unit.name or words in unit.short_name]
    for unit in named[:_EACH]:
        node = nodes.get(unit.area_id) if unit.area_id is not None else None
        yield from _spotted("unit", unit.code, unit.name, node.name if node else "", node.center if node else None)


def _cases(look: Look, words: str) -> Iterator[Spotted]:
    found = queue(look.actor, Filters(words=words), at=look.at).filter(point__isnull=False)
    for row in found.order_by("-reported_at", "-pk")[:_EACH]:
        yield from _spotted("case", row.number, _title(row), row.number, row.point)


def _components(look: Look, words: str) -> Iterator[Spotted]:
    for row in find_components(look.actor, words, limit=_EACH):
        yield from _spotted("component", str(row.key), row.name, f"{State(row.state).label} {row.number}", row.point)


def _cameras(look: Look, words: str) -> Iterator[Spotted]:
    for row in cameras(look.actor, Wanted(words)).select_related("owner_unit").order_by("pk")[:_EACH]:
        yield from _spotted("camera", str(row.key), row.name, row.owner_unit.short_name, row.point)


def _devices(look: Look, words: str) -> Iterator[Spotted]:
    kinds = practice(look.numbers)
    for row in devices(look.actor, Wished(words=words), at=look.at).order_by("number")[:_EACH]:
        yield from _spotted("sensor", str(row.key), row.name, f"{kinds.kind(row.kind).label} {row.number}", row.point)


def _title(row: Case) -> str:
    return _("保密案件") if row.is_confidential else row.title
