"""Buildings (楼栋) and houses, and all dwellings of one at once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.journal.writing import append
from lianxin.registry.places import changing, codes, naming
from lianxin.registry.places.inputs import BuildingIn, Layout, checked_building
from lianxin.registry.places.models import Building, Dwelling, Estate
from lianxin.registry.places.rewording import reword_building
from lianxin.registry.sources.models import Revision, Source

MOST_DWELLINGS = 3_000


@transaction.atomic
def register_building(
    actor: Actor, *, told: BuildingIn, at: datetime, layout: Layout | None = None, source: Source | None = None
) -> Building:
    """Register a building; with a `layout` its dwellings as well, entrances × floors × rooms."""
    told = checked_building(told)
    if layout is not None and not told.entrances:
        told = BuildingIn(**{**told.values(), "entrances": [each for each in layout.entrances if each]})
    if layout is not None and told.floors is None:
        told = BuildingIn(**{**told.values(), "floors": layout.floors})
    estate = _estate(told.estate_id)
    area = changing.locate(told.point, told.area_id, estate, at=at)
    changing.demand_edit(actor, area)
    number = codes.new_ids("building", 1)[0]
    building = Building(
        id=number, code=codes.place_code("building", changing.division(area), number), valid_from=at, **told.values()
    )
    changing.put(building, area)
    naming.name_building(building, estate)
    _demand_new_name(building)
    changing.begin(actor, building, at=at, source=source)
    if layout is not None:
        _lay_out(actor, building, layout, at, source)
    return building


@transaction.atomic
def make_dwellings(
    actor: Actor, *, building: Building, layout: Layout, at: datetime, source: Source | None = None
) -> list[Dwelling]:
    """Register the dwellings that a layout tells and that are not there yet; returns the new ones."""
    building = changing.locked(actor, building)
    return _lay_out(actor, building, layout, at, source)


def _lay_out(
    actor: Actor, building: Building, layout: Layout, at: datetime, source: Source | None
) -> list[Dwelling]:  # fmt: skip
    wanted = layout.numbers()
    if not 0 < len(wanted) <= MOST_DWELLINGS:
        raise Invalid(
            {"layout": _("一次可生成 1 至 {most} 套房屋，请核对单元、层数和每层户数。").format(most=MOST_DWELLINGS)}
        )
    for entrance in layout.entrances:
        demand_fits(building, entrance, layout.floors)
    standing = building.dwellings.filter(valid_to=None).values_list("entrance", "number")
    there = {(entrance, number) for entrance, number in standing}
    new = [each for each in wanted if (each[0], each[2]) not in there]
    county = building.code[1:7]
    made = [
        Dwelling(
            id=pk, code=codes.place_code("dwelling", county, pk), building=building, entrance=entrance, floor=floor,
            number=number, address=naming.dwelling_address(building.address, entrance, number), valid_from=at,
            area_id=building.area_id, street_id=building.street_id, community_id=building.community_id,
            grid_id=building.grid_id,
        )
        for (entrance, floor, number), pk in zip(new, codes.new_ids("dwelling", len(new)), strict=True)
    ]  # fmt: skip
    Dwelling.objects.bulk_create(made)
    append([draft(actor, "dwelling", each.pk, "create", at=at, version=1) for each in made])
    Revision.objects.bulk_create(
        Revision(
            subject="dwelling", subject_id=each.pk, version=1, act="create", at=at, actor_id=actor.account_id,
            actor_label=actor.name[:120], source=source,
        )
        for each in made
    )  # fmt: skip
    return made


@transaction.atomic
def amend_building(
    actor: Actor, *, building: Building, seen: int, told: BuildingIn, at: datetime, source: Source | None = None
) -> Building:
    """Change a building; its dwellings follow with their address and their area."""
    told = checked_building(told)
    building = changing.locked(actor, building, seen=seen)
    estate = _estate(told.estate_id)
    area = changing.locate(told.point, told.area_id or building.area_id, None, at=at)
    changing.demand_edit(actor, area)
    wanted = Building(pk=building.pk, **told.values())
    changing.put(wanted, area)
    _demand_new_name(wanted)
    _demand_dwellings_fit(building, told)
    names = [*told.values(), *changing.HOT]
    values: dict[str, Any] = {name: getattr(wanted, name) for name in names}
    changed = changing.change(actor, building, values, at=at, source=source)
    if "area_id" in changed:
        hot = {name: getattr(building, name) for name in changing.HOT}
        building.dwellings.filter(valid_to=None).update(**hot)
    if changed:
        reword_building(building, estate)
    return building


@transaction.atomic
def end_building(actor: Actor, *, building: Building, seen: int, reason: str, at: datetime) -> Building:
    """Let a building end with its dwellings. Refused while somebody is registered in one of them."""
    building = changing.locked(actor, building, seen=seen)
    standing = list(building.dwellings.select_for_update().filter(valid_to=None).order_by("pk"))
    taken = building.dwellings.filter(valid_to=None, residences__valid_to=None, residences__isnull=False).first()
    if taken is not None:
        raise Refused(
            "building_is_lived_in", _("{number}室还有人房登记，请先迁出再注销楼栋。").format(number=taken.number)
        )
    if building.establishments.filter(valid_to=None).exists():
        raise Refused("building_has_establishments", _("楼里还有在册的单位场所，请先注销或迁出。"))
    for dwelling in standing:
        changing.end(actor, dwelling, reason=reason, at=at)
    return changing.end(actor, building, reason=reason, at=at)


def demand_fits(building: Building, entrance: str, floor: int | None) -> None:
    """Raise Refused for a floor above the top, below the deepest, or an entrance that the building has not."""
    if floor is not None and building.floors is not None and floor > building.floors:
        raise Refused(
            "above_top_floor",
            _("“{name}”登记为地上 {floors} 层，没有 {floor} 层。请核对楼层，或先修改楼栋层数。").format(
                name=building.name, floors=building.floors, floor=floor
            ),
        )
    if floor is not None and floor < -building.basements:
        raise Refused(
            "below_deepest_floor",
            _("“{name}”登记为地下 {floors} 层，没有地下 {floor} 层。").format(
                name=building.name, floors=building.basements, floor=-floor
            ),
        )
    if entrance and building.entrances and entrance not in building.entrances:
        raise Refused(
            "no_such_entrance",
            _("“{name}”没有 {entrance} 单元；已登记的是 {known}。").format(
                name=building.name, entrance=entrance, known="、".join(building.entrances)
            ),
        )


def _estate(estate_id: int | None) -> Estate | None:
    if estate_id is None:
        return None
    estate = Estate.objects.filter(pk=estate_id, valid_to=None).first()
    if estate is None:
        raise Invalid({"estate": _("所选小区不存在或已注销。")})
    return estate


def _demand_new_name(building: Building) -> None:
    """Refuse 3栋 beside 3幢 in one estate, and a second house of one number on one road of a community."""
    others = Building.objects.filter(valid_to=None).exclude(pk=building.pk)
    if building.estate_id is not None:
        names = others.filter(estate_id=building.estate_id).values_list("name", flat=True)
    elif building.road:
        where = others.filter(community_id=building.community_id, road=building.road, door=building.door)
        names = where.values_list("name", flat=True)
    else:
        return
    taken = next((name for name in names if naming.bare(name) == naming.bare(building.name)), None)
    if taken is not None:
        raise Refused("building_name_taken", _("这里已登记“{name}”，请勿重复登记。").format(name=taken))


def _demand_dwellings_fit(building: Building, told: BuildingIn) -> None:
    standing = building.dwellings.filter(valid_to=None)
    span = standing.aggregate(top=Max("floor"), bottom=Min("floor"))
    if told.floors is not None and span["top"] is not None and span["top"] > told.floors:
        raise Refused("above_top_floor", _("{floor} 层还有在册房屋，层数不能更少。").format(floor=span["top"]))
    if span["bottom"] is not None and span["bottom"] < -told.basements:
        raise Refused("below_deepest_floor", _("地下 {floor} 层还有在册房屋。").format(floor=-span["bottom"]))
    if told.entrances:
        odd = standing.exclude(entrance="").exclude(entrance__in=told.entrances).first()
        if odd is not None:
            raise Refused(
                "no_such_entrance", _("{entrance} 单元还有在册房屋，不能去掉。").format(entrance=odd.entrance)
            )
