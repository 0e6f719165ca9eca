"""What a row of cameras speaks of: its place, its owner and platform; and the camera that is there already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.geometry.coordinates import System, to_wgs
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import likeness
from lianxin.registry.cameras.models import Camera, Platform
from lianxin.registry.imports.drafts import Draft
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.imports.targets.protocol import Frame
from lianxin.registry.imports.targets.spots import HOT, holds, hot_of

from .fields import angle_of

PLAIN = ("name", "address", "bearing", "kind", "state", "note")


@dataclass(slots=True)
class Found:
    """A row understood: what its columns will be, and the camera it is about, if that is there."""

    number: str
    values: dict[str, Any]
    held: Camera | None = None
    changes: dict[str, Any] = field(default_factory=dict)


class Finder:
    """Units, platforms and borders in memory for one pass; cameras are looked up batch by batch."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.atlas = frame, areas.atlas(frame.at)
        self.scope = frame.actor.scope("cameras.manage")
        known = [unit for unit in organizations.directory().by_id.values() if unit.in_force(frame.at)]
        self.units = {folded(name): unit.id for unit in known for name in (unit.code, unit.short_name, unit.name)}
        self.unit_names = [unit.name for unit in known]
        self.platforms = {
            folded(name): code for code, label in Platform.objects.values_list("code", "name") for name in (code, label)
        }

    def find(self, drafts: Sequence[Draft]) -> None:
        """Set `data` of every row that can be understood, and blame what cannot. One statement for the batch."""
        for draft in drafts:
            draft.data = None if draft.is_wrong else self._one(draft)
        found = [draft.data for draft in drafts if draft.data is not None]
        rows = Camera.objects.now().filter(number__in=[one.number for one in found]).defer("words")
        held = {camera.number: camera for camera in rows}
        for one in found:
            one.held = held.get(one.number)
        for draft in drafts:
            if draft.data is not None:
                self._whole(draft, draft.data)

    def _one(self, draft: Draft) -> Found | None:
        values: dict[str, Any] = {name: draft.values[name] for name in PLAIN if name in draft.values}
        values |= _optics(draft)
        self._division(draft)
        values |= self._owner(draft) | self._platform(draft) | self._place(draft)
        return None if draft.is_wrong else Found(draft.values["number"], values)

    def _division(self, draft: Draft) -> None:
        told = draft.values.get("division", "")
        if not told.isdecimal() or draft.answers.get("division") == "number":
            return
        number = draft.values["number"]
        if not number.startswith(told[:6].rstrip("0") or told[:6]):
            sentence = _("表里的行政区划是 {told}，编码第 1–{last} 位是 {digits}。").format(
                told=told, last=min(6, len(told)), digits=number[: min(6, len(told))]
            )
            remedy = Remedy(_("以编码为准"), answer={"division": "number"})
            draft.blame(Problem("division", "differs", sentence, (remedy, SKIP), ASK, written=told))

    def _owner(self, draft: Draft) -> dict[str, Any]:
        written = draft.values.get("owner")
        if not written:
            return {}
        unit_id = self.units.get(folded(written))
        if unit_id is not None:
            return {"owner_unit_id": unit_id}
        near = max(self.unit_names, key=lambda each: likeness(each, written), default=None)
        remedies = (Remedy(_("改用“{name}”").format(name=near), {"owner": near}),) if near else ()
        sentence = _("单位名单里没有“{name}”。").format(name=written)
        draft.blame(Problem("owner", "unknown", sentence, (*remedies, SKIP), written=written))
        return {}

    def _platform(self, draft: Draft) -> dict[str, Any]:
        written = draft.values.get("platform")
        if not written:
            return {}
        code = self.platforms.get(folded(written))
        if code is not None:
            return {"system": code}
        sentence = _("没有登记过平台“{name}”。先空着也能导入，只是还打不开。").format(name=written)
        remedies = tuple(Remedy(_("改成“{name}”").format(name=each), {"platform": each})
                         for each in sorted(set(self.platforms.values()))[:2])  # fmt: skip
        draft.blame(Problem("platform", "unknown", sentence, (Remedy(_("先空着"), {"platform": ""}), *remedies),
                            written=written))  # fmt: skip
        return {}

    def _place(self, draft: Draft) -> dict[str, Any]:
        lon, lat = draft.values.get("lon"), draft.values.get("lat")
        if draft.geometry is not None and draft.geometry.get("type") == "Point" and "lon" not in draft.edits:
            lon, lat = (float(value) for value in draft.geometry["coordinates"][:2])
        if lon is None or lat is None:
            return {}
        if abs(lat) > 90:
            self._outside(draft, Point(lon, lat))
            return {}
        place = to_wgs(lon, lat, draft.values.get("coordinates", System.WGS84))
        place = Point(round(place.lon, 7), round(place.lat, 7))
        area = self.atlas.locate(*place)
        if area is None:
            self._outside(draft, place)
            return {}
        return {"point": place, **dict(zip(HOT, hot_of(area), strict=True))}

    def _outside(self, draft: Draft, place: Point) -> None:
        sentence = _("坐标 {lon}，{lat} 不在本地范围内。").format(lon=round(place.lon, 5), lat=round(place.lat, 5))
        turned = self.atlas.locate(place.lat, place.lon) if abs(place.lon) <= 90 else None
        swap = Remedy(_("经度纬度写反了，对调"), {"lon": repr(place.lat), "lat": repr(place.lon)})
        draft.blame(Problem("lon", "outside", sentence, (*((swap,) if turned is not None else ()), SKIP)))

    def _whole(self, draft: Draft, found: Found) -> None:
        """Blame what a new camera lacks, and what is not the actor's to write."""
        values, held = found.values, found.held
        if held is None:
            if "owner_unit_id" not in values and self.frame.unit_id is not None:
                values["owner_unit_id"] = self.frame.unit_id
            if "owner_unit_id" not in values:
                sentence = _("没有权属单位：画面归谁管，谁来批准调阅。")
                draft.blame(Problem("owner", "missing", sentence, (SKIP,), written="-"))
            if "point" not in values:
                draft.blame(Problem("lon", "missing", _("没有坐标，不知道装在哪里。"), (SKIP,), written="-"))
        if draft.is_wrong:
            return
        owner = values.get("owner_unit_id", held.owner_unit_id if held else None)
        hot = [values[name] if name in values else getattr(held, name) for name in HOT]
        owners = {owner, held.owner_unit_id if held else owner}
        if not (holds(self.scope, hot) or owners <= self.scope.unit_ids):
            draft.blame(
                Problem("lon", "outside", _("这一行不在您负责的区域，也不是您单位的，请交给当地导入。"), (SKIP,))
            )


def _optics(draft: Draft) -> dict[str, Any]:
    told: dict[str, Any] = {}
    angle, focal = draft.values.get("angle"), draft.values.get("focal")
    if angle or focal:
        told["angle"] = max(1, round(angle)) if angle else angle_of(focal or 1.0)
    if reach := draft.values.get("reach"):
        told["reach_m"] = max(1, round(reach))
    if height := draft.values.get("height"):
        told["height_m"] = height
    return told
