"""Estates, buildings with their chart, dwellings with who lives there: what a post may see of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from lianxin.faces.acts.kinds import AreaCode
from lianxin.foundation.areas import queries as areas
from lianxin.insight.portraits import chart as portraits
from lianxin.insight.portraits import rules
from lianxin.kernel.text import mask_name
from lianxin.registry.care import queries as care
from lianxin.registry.people import change
from lianxin.registry.people.queries import residents_of
from lianxin.registry.places import queries
from lianxin.registry.places.models import Estate

from .calling import Call, answer
from .paging import Page, PageIn, linked
from .routes import Route, route
from .shapes import NamedOut, Out, PointOut, area_out, unit_out

router = Router(tags=["房屋"])


class EstatesIn(PageIn):
    """Which estates."""

    area: Annotated[AreaCode | None, Field(title="区域编码，含下级")] = None


class EstateOut(Out):
    """An estate, village group, yard, campus or market."""

    code: str
    kind: str
    name: str
    other_names: list[str]
    area: NamedOut | None
    road: str
    door: str
    point: PointOut | None
    property_company: NamedOut | None
    committee: str
    built_year: int | None


class EstatesOut(Page):
    """A page of estates."""

    items: list[EstateOut]


def _estate(call: Call, row: Estate) -> EstateOut:
    return EstateOut(
        code=row.code, kind=row.kind, name=row.name, other_names=row.other_names,
        area=area_out(row.area_id, call.numbers), road=row.road, door=row.door,
        point=PointOut(lon=row.point.lon, lat=row.point.lat) if row.point else None,
        property_company=unit_out(row.property_company_id, call.numbers), committee=row.committee,
        built_year=row.built_year,
    )  # fmt: skip


@route(
    router, "GET", "/estates", "小区名单", out=EstatesOut, rules=Route(query=EstatesIn, permission="places.view"),
    name="list",
)  # fmt: skip
def estates(call: Call, query: EstatesIn) -> HttpResponse:
    """List the estates where the caller sees places, by name."""
    node = areas.atlas(call.at, call.numbers).by_code.get(query.area) if query.area else None
    found = queries.estates_of(call.actor, node).defer("words", "boundary")
    rows, following = query.cut(found.none() if query.area and node is None else found, "name", "id")
    return linked(call, EstatesOut(items=[_estate(call, row) for row in rows], next=following))


class BuildingOut(Out):
    """A building of an estate."""

    code: str
    name: str
    address: str
    floors: int | None
    dwellings: int


class EstateWholeOut(EstateOut):
    """An estate with its buildings."""

    buildings: list[BuildingOut]


@route(router, "GET", "/estates/{code}", "小区", out=EstateWholeOut, rules=Route(permission="places.view"))
def estate(call: Call, code: str) -> HttpResponse:
    """Give an estate with its buildings."""
    row = queries.get_estate(call.actor, code)
    inside = queries.in_estate(call.actor, row)
    buildings = [
        BuildingOut(
            code=one.code, name=one.name, address=one.address, floors=one.floors,
            dwellings=inside.dwelling_counts.get(one.pk, 0),
        )
        for one in inside.buildings
    ]  # fmt: skip
    return answer(EstateWholeOut(**_estate(call, row).model_dump(), buildings=buildings))


class RoomOut(Out):
    """A dwelling in the chart; `needs_care` is told only to who serves there."""

    code: str
    entrance: str
    floor: str
    number: str
    use: str
    is_stale: bool
    needs_care: bool | None


class ChartOut(Out):
    """A building with its chart (楼栋图): states only, no names."""

    code: str
    address: str
    estate: NamedOut | None
    area: NamedOut | None
    entrances: list[str]
    counts: dict[str, int]
    rooms: list[RoomOut]


@route(router, "GET", "/buildings/{code}", "楼栋和楼栋图", out=ChartOut, rules=Route(permission="places.view"))
def building(call: Call, code: str) -> HttpResponse:
    """Give a building with the state of each dwelling."""
    row = queries.get_building(call.actor, code)
    drawn = portraits.chart(call.actor, row, at=call.at)
    serves = care.serves(call.actor, row)
    rooms = [
        RoomOut(
            code=cell.code, entrance=entrance.name, floor=floor.label, number=cell.number, use=cell.use,
            is_stale=cell.is_stale, needs_care=cell.needs_care if serves else None,
        )
        for floor in drawn.floors
        for entrance, cells in zip(drawn.entrances, floor.cells, strict=True)
        for cell in cells
        if cell is not None
    ]  # fmt: skip
    counts = {name: count for name, count in drawn.counts.items() if serves or name != "care"}
    return answer(
        ChartOut(
            code=row.code, address=row.address,
            estate=NamedOut(code=row.estate.code, name=row.estate.name) if row.estate else None,
            area=area_out(row.area_id, call.numbers), entrances=[one.name for one in drawn.entrances], counts=counts,
            rooms=rooms,
        )
    )  # fmt: skip


class TenantOut(Out):
    """Somebody related to a dwelling, masked; without key and name where the caller may not see them."""

    kind: str
    key: UUID | None
    name: str
    since: datetime
    until: datetime | None


class DwellingOut(Out):
    """A dwelling. `people` stands for who may see people there; everybody else is told how many live there."""

    code: str
    address: str
    building: NamedOut
    area: NamedOut | None
    entrance: str
    floor: int | None
    number: str
    use: str
    square_metres: float | None
    confirmed_at: datetime | None
    version: int
    people: list[TenantOut] | None
    people_count: int | None  # None: fewer than five


@route(router, "GET", "/dwellings/{code}", "房屋", out=DwellingOut, rules=Route(permission="places.view"))
def dwelling(call: Call, code: str) -> HttpResponse:
    """Give a dwelling, with who lives there now for who may see them."""
    row = queries.get_dwelling(call.actor, code)
    found = residents_of(row, at=call.at)
    lived = sum(each.kind == "lives" for each in found)
    sees = call.actor.scope("people.view").everywhere or call.actor.may("people.view", row)
    people = [
        TenantOut(
            kind=each.kind, key=each.person.key if change.may_see(call.actor, each.person) else None,
            name=mask_name(each.person.name) if change.may_see(call.actor, each.person) else "",
            since=each.valid_from, until=each.valid_to,
        )
        for each in found
    ]  # fmt: skip
    return answer(
        DwellingOut(
            code=row.code, address=row.address,
            building=NamedOut(code=row.building.code, name=row.building.address),
            area=area_out(row.area_id, call.numbers), entrance=row.entrance, floor=row.floor, number=row.number,
            use=row.use, square_metres=float(row.square_metres) if row.square_metres is not None else None,
            confirmed_at=row.confirmed_at, version=row.version, people=people if sees else None,
            people_count=rules.tell(lived, has_purpose=sees),
        )
    )  # fmt: skip
