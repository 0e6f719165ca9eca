"""Who carries the pack: posts, areas with their borders, and what the device is to keep for how long."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.queries import node
from lianxin.foundation.organizations.queries import directory
from lianxin.kernel.configuration.queries import current

from .shapes import PackPointOut, outline_out, point_out

_BORDERS = ("grid", "community")  # levels whose border a phone draws


class PackPostOut(BaseModel):
    """A post one holds (岗位)."""

    id: int
    role: str
    label: str
    area: str
    unit: str
    permissions: list[str]


class PackAreaOut(BaseModel):
    """An area one works in, with its border as a GeoJSON geometry."""

    code: str
    name: str
    full_name: str
    role: str
    households: int | None
    center: PackPointOut | None
    boundary: dict[str, Any] | None


class PackSettingsOut(BaseModel):
    """What the place decided: days without contact until a phone wipes its pack, days a track is kept, whom to call."""

    pack_days: int
    track_days: int
    duty_phone: str


class MePackOut(BaseModel):
    """Oneself at work."""

    name: str
    place: str
    posts: list[PackPostOut]
    areas: list[PackAreaOut]
    settings: PackSettingsOut


@section("me", out=MePackOut, order=0)
def me(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> MePackOut:  # noqa: ARG001
    """Return who one is. At most one statement."""
    place = current("place", numbers) or {}
    return MePackOut(
        name=actor.name,
        place=str(place.get("name", "")),
        posts=[_post(held) for held in actor.holdings],
        areas=list(_areas(actor, numbers)),
        settings=PackSettingsOut(
            pack_days=pack_days(numbers),
            track_days=_days(numbers, "patrols", "track_days", usual=7, most=30),
            duty_phone=_phone(actor, numbers),
        ),
    )


def pack_days(numbers: Mapping[str, int]) -> int:
    """Return after how many days without contact a device wipes its pack: 3, or what the profile says, at most 14."""
    return _days(numbers, "worker", "pack_days", usual=3, most=14)


def _days(numbers: Mapping[str, int], document: str, name: str, *, usual: int, most: int) -> int:
    told: Mapping[str, Any] = current(document, numbers) or {}
    return max(1, min(int(told.get(name, usual)), most))


def _post(held: Holding) -> PackPostOut:
    return PackPostOut(
        id=held.post_id, role=held.role, label=held.role_label, area=held.area_name, unit=held.unit_name,
        permissions=sorted(held.permissions),
    )  # fmt: skip


def _areas(actor: Actor, numbers: Mapping[str, int]) -> Iterator[PackAreaOut]:
    held = {each.area_id: each.area_level for each in actor.holdings if each.area_id is not None}
    drawn = [area_id for area_id, level in held.items() if level in _BORDERS]
    borders = dict(Area.objects.filter(pk__in=drawn).values_list("pk", "boundary")) if drawn else {}
    for area_id in held:
        found = node(area_id, numbers)
        if found is not None:
            yield PackAreaOut(
                code=found.code, name=found.name, full_name=found.full_name, role=found.role,
                households=found.households, center=point_out(found.center),
                boundary=outline_out(borders.get(area_id)),
            )  # fmt: skip


_DESKS = ("community", "street", "centre")  # units that answer for an area


def _phone(actor: Actor, numbers: Mapping[str, int]) -> str:
    """Return whom to call when in need: the duty phone of the nearest desk at or above one's area."""
    desks = {
        each.area_id: each.duty_phone
        for each in directory(numbers).by_id.values()
        if each.kind in _DESKS and each.duty_phone and each.valid_to is None
    }
    for held in actor.holdings:
        found = node(held.area_id, numbers) if held.area_id is not None else None
        above = reversed(found.path_ids) if found is not None else ()
        phone = next((desks[area_id] for area_id in above if area_id in desks), "")
        if phone:
            return phone
    return ""
