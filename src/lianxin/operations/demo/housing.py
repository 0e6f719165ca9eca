"""Put the made-up map's estates and buildings into the registry, with firms, schools, owners' committees in them."""

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import psycopg
from shapely import STRtree
from shapely.geometry import mapping

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode, Atlas
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.text import initials, search_vector
from lianxin.registry.places import naming
from lianxin.registry.places.codes import place_code
from lianxin.registry.places.models import Building as BuildingRow
from lianxin.registry.places.models import Estate as EstateRow

from .copying import NULL, Buffers, instant, plain
from .county import Building, Estate, Geography, Road
from .papers import Papers

_HOT = ("area_id", "street_id", "community_id", "grid_id")
ESTATE = (
    "id", "code", "kind", "name", "other_names", "initials", "road", "door", "words", "point", "boundary",
    "property_company_id", "committee", "built_year", "planned_households", *_HOT, "version", "valid_from",
)  # fmt: skip
BUILDING = (
    "id", "code", "estate_id", "kind", "name", "number", "road", "door", "address", "words", "point", "footprint",
    "floors", "basements", "entrances", "has_lift", "built_year", "unit_head_ids", *_HOT, "version", "valid_from",
)  # fmt: skip
ESTABLISHMENT = (
    "id", "code", "kind", "name", "initials", "words", "credit_code", "trade", "estate_id", "building_id", "address",
    "point", "unit_id", "contact", "staff_count", "has_party_branch", "confirmed_at", *_HOT, "version", "valid_from",
)  # fmt: skip
_NEAR_ROAD = 150.0 / 111_320.0  # degrees within which an estate has a road's number
_SHOPS = (
    ("早点铺", "餐饮"), ("便利店", "零售"), ("理发店", "居民服务"), ("药店", "医药零售"), ("快递驿站", "物流"),
    ("水果店", "零售"), ("小饭馆", "餐饮"), ("五金店", "零售"), ("干洗店", "居民服务"), ("文具店", "零售"),
    ("电动车行", "维修"), ("母婴店", "零售"),
)  # fmt: skip
_FIRMS = (
    ("商贸有限公司", "批发"),
    ("装饰工程有限公司", "建筑"),
    ("电子科技有限公司", "信息技术"),
    ("食品有限公司", "制造"),
)
_MARKS = {
    "小学": ("school", "12", "教育"), "幼儿园": ("school", "52", "教育"), "卫生服务站": ("health", "12", "卫生"),
    "卫生室": ("health", "12", "卫生"), "农贸市场": ("public", "91", "市场"), "office": ("office", "54", "基层自治"),
    "超市": ("shop", "92", "零售"), "老年活动中心": ("public", "", "文体"), "文化站": ("public", "12", "文体"),
    "小卖部": ("shop", "92", "零售"), "文化广场": ("public", "", "文体"), "农家书屋": ("public", "", "文体"),
}  # fmt: skip


class _Firm(NamedTuple):
    """Who is there; `registrar` is the first two characters of its credit code, empty where it has none."""

    kind: str
    name: str
    registrar: str
    trade: str


class Housing:
    """The county's places being written; `estates` gives their ids by name and grid."""

    def __init__(
        self, connection: psycopg.Connection, county: Geography, *, seed: int, at: datetime, now: datetime
    ) -> None:
        self.county, self.at, self.now = county, at, now
        self.rng = Random(f"housing {county.division} {seed}")
        self.papers = Papers(county.division)
        self.buffers = Buffers(connection, {"estate": ESTATE, "building": BUILDING, "establishment": ESTABLISHMENT})
        self.atlas: Atlas = areas.atlas(at)
        self.companies = {unit.area_id: unit for unit in Unit.objects.filter(kind="property", valid_to=None)}
        self.estates: dict[tuple[str, str], EstateRow] = {}
        self._roads = [road for road in county.roads if road.kind != "country"]
        self._tree = STRtree([road.line for road in self._roads])

    def write(self) -> None:
        """Write estates, buildings and establishments."""
        for estate in self.county.estates:
            self._estate(estate)
        for building in self.county.buildings:
            self._building(building)
        for landmark in self.county.landmarks:
            if landmark.kind in _MARKS:
                kind, registrar, trade = _MARKS[landmark.kind]
                where = self._area(Point(landmark.point.x, landmark.point.y), landmark.grid)
                self._establishment(
                    _Firm(kind, landmark.name, registrar, trade), where, Point(*landmark.point.coords[0])
                )
        self.buffers.end()

    def _area(self, point: Point, grid: str) -> AreaNode:
        return self.atlas.locate(point.lon, point.lat) or self.atlas.by_code[grid]

    def _estate(self, told: Estate) -> None:
        point = Point(told.gate.x, told.gate.y)
        area = self._area(point, told.grid)
        pk = self.buffers.new_id("estate")
        is_town = told.kind == "estate"
        row = EstateRow(
            id=pk, code=place_code("estate", self.county.division, pk), name=told.name, other_names=[], point=point,
            kind="estate" if is_town else "village_group", built_year=told.built,
            planned_households=told.households,
        )  # fmt: skip
        company = self.companies.get(area.community_id) if is_town else None
        row.property_company_id = company.pk if company else None
        row.committee = self.rng.choices(("none", "preparatory", "elected"), (45, 20, 35))[0] if is_town else "none"
        if is_town:
            row.road, row.door = self._road(point)
        _put(row, area)
        naming.name_estate(row)
        self.estates[told.name, told.grid] = row
        self._line("estate", ESTATE, row, {"boundary": as_json(mapping(told.polygon)), "other_names": "{}"})
        if company is not None:
            self._in_estate(row, company, area)

    def _in_estate(self, estate: EstateRow, company: Unit, area: AreaNode) -> None:
        """Let shops, a firm, the property office and the owners' committee be there."""
        point = estate.point
        for name, trade in self.rng.sample(_SHOPS, self.rng.randint(2, 6)):
            self._establishment(_Firm("shop", f"{estate.name}{name}", "92", trade), area, point, estate=estate)
        if self.rng.random() < 0.5:
            name, trade = self.rng.choice(_FIRMS)
            firm = _Firm("enterprise", f"{estate.name[:2]}{name}", "91", trade)
            self._establishment(firm, area, point, estate=estate)
        title = f"{company.name}{estate.name}服务中心"
        self._establishment(_Firm("property", title, "", "物业"), area, point, estate=estate, unit=company)
        if estate.committee != "none":
            kind, word = (
                ("committee", "业主委员会") if estate.committee == "elected" else ("preparatory", "业委会筹备组")
            )
            self._establishment(_Firm(kind, f"{estate.name}{word}", "", ""), area, point, estate=estate)

    def _building(self, told: Building) -> None:
        estate = self.estates[told.estate, told.grid]
        middle = told.footprint.centroid
        point = Point(round(middle.x, 7), round(middle.y, 7))
        pk = self.buffers.new_id("building")
        is_town = estate.kind == "estate"
        row = BuildingRow(
            id=pk, code=place_code("building", self.county.division, pk), estate_id=estate.pk, name=told.name,
            kind="residential" if is_town else "house", point=point, floors=told.floors, basements=0,
            entrances=[str(number) for number in range(1, told.units + 1)] if is_town else [],
            has_lift=told.floors > 7, built_year=estate.built_year,
        )  # fmt: skip
        _put(row, self._area(point, told.grid))
        naming.name_building(row, estate)
        array = "{" + ",".join(row.entrances) + "}"
        special = {"footprint": as_json(mapping(told.footprint)), "entrances": array, "unit_head_ids": "{}"}
        self._line("building", BUILDING, row, special)

    def _establishment(
        self, firm: _Firm, area: AreaNode, point: Point | None, *, estate: EstateRow | None = None,
        unit: Unit | None = None,
    ) -> None:  # fmt: skip
        kind, name, registrar, trade = firm
        rng, pk = self.rng, self.buffers.new_id("establishment")
        address = f"{area_words(area)}{estate.name}" if estate is not None else area_words(area)
        values: dict[str, Any] = {
            "id": pk, "code": place_code("establishment", self.county.division, pk), "kind": kind, "name": name,
            "initials": initials(name)[:120], "words": search_vector(f"{name} {trade} {address}"),
            "credit_code": self.papers.credit_code(registrar) if registrar and rng.random() < 0.93 else "",
            "trade": trade, "estate_id": estate.pk if estate else None, "address": address,
            "point": point.sql if point else None, "unit_id": unit.pk if unit else None, "contact": "",
            "staff_count": rng.randint(1, 60 if kind in {"enterprise", "school"} else 8),
            "has_party_branch": rng.random() < 0.25 if kind in {"enterprise", "property", "school"} else None,
            "confirmed_at": instant(self.now - timedelta(days=rng.randrange(1, 150))) if rng.random() < 0.93 else None,
            "area_id": area.id, "street_id": area.street_id, "community_id": area.community_id,
            "grid_id": area.grid_id, "version": 1, "valid_from": instant(self.at),
        }  # fmt: skip
        self.buffers.lines["establishment"].append("\t".join(plain(values.get(name)) for name in ESTABLISHMENT) + "\n")

    def _line(self, table: str, columns: tuple[str, ...], row: Any, special: dict[str, str]) -> None:
        row.version, row.valid_from = 1, self.at
        values = {name: getattr(row, name) for name in columns}
        values |= special | {"valid_from": instant(self.at), "point": row.point.sql if row.point else NULL}
        self.buffers.lines[table].append("\t".join(plain(values[name]) for name in columns) + "\n")

    def _road(self, gate: Point) -> tuple[str, str]:
        """Return the road that an estate's gate opens to, and the number there."""
        from shapely.geometry import Point as Spot

        spot = Spot(gate.lon, gate.lat)
        found = self._tree.nearest(spot)
        road: Road | None = None if found is None else self._roads[int(found)]
        if road is None or road.line.distance(spot) > _NEAR_ROAD:
            return "", ""
        along = road.line.project(spot) * 111_320.0
        return road.name, f"{2 * int(along / 9.0) + 1}号"


def area_words(area: AreaNode) -> str:
    """Return street and community as an address begins."""
    nodes = (areas.node(pk) for pk in (area.street_id, area.community_id) if pk is not None)
    return "".join(node.name for node in nodes if node is not None)


def _put(row: EstateRow | BuildingRow, area: AreaNode) -> None:
    row.area_id, row.street_id = area.id, area.street_id
    row.community_id, row.grid_id = area.community_id, area.grid_id


def as_json(shape: Any) -> str:
    """Return a shape as GeoJSON without blanks."""
    return json.dumps(shape, separators=(",", ":"))
