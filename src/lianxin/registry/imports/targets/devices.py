"""Devices (物联设备) from the registers of their owners and makers: by their numbers, on components or at a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import uuid7
from lianxin.kernel.tables.values import folded, read_number
from lianxin.kernel.text import likeness
from lianxin.registry.components import codes
from lianxin.registry.components.models import Component
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import ImportField, day, spoilt, whole, words
from lianxin.registry.imports.problems import SKIP, Problem, Remedy, Unreadable
from lianxin.registry.sensors import changing, partitions
from lianxin.registry.sensors.inputs import NUMBER, SELDOM, tidy_number
from lianxin.registry.sensors.models import Device, System
from lianxin.registry.sensors.register import NAME
from lianxin.registry.sensors.settings import practice
from lianxin.registry.sources.models import Source
from lianxin.registry.sources.recording import sealed, unsealed

from .protocol import Frame, Session, Undone
from .spots import HOT, copy_revisions, holds, hot_of

SUBJECT = "device"
_PLAIN = ("name", "address", "expected_every", "installed_on", "note")


def _number(text: str) -> str:
    spoilt(text)
    number = tidy_number(text)
    if not NUMBER.fullmatch(number):
        raise Unreadable("form", _("编号用 2 至 40 个字母、数字和 . _ : - ，照设备铭牌填。"))
    return number


def _kind(text: str) -> str:
    wanted = folded(text)
    for kind in practice().kinds.values():
        if wanted in {folded(kind.label), folded(kind.code)}:
            return kind.code
    near = sorted(practice().kinds.values(), key=lambda one: -likeness(one.label, text))[:2]
    remedies = [(_("改成“{name}”").format(name=one.label), one.label) for one in near]
    raise Unreadable("unknown", _("没有设备类型“{text}”。").format(text=text[:20]), *remedies)


def _degrees(text: str) -> float:
    found = read_number(text)
    if found is None or abs(found) > 180:
        raise Unreadable("number", _("“{text}”不像经纬度。").format(text=text[:20]))
    return float(found)


FIELDS: Sequence[ImportField] = (
    ImportField("number", "设备编号", _number, ("编号", "设备ID", "设备号", "DevEUI", "IMEI", "SN",
                "序列号", "设备编码"),
                required=True, example="JG-0001", hint="照铭牌，这一列请设成文本"),
    ImportField("name", "名称", words(80), ("设备名称", "点位名称"), example="市场门口井盖"),
    ImportField("kind", "类型", _kind, ("设备类型", "种类", "类别"), example="智能井盖"),
    ImportField("component", "所在部件", words(24), ("部件编码", "部件标识码", "标识码"), example=""),
    ImportField("system", "接入系统", words(80), ("平台", "接入平台", "所属平台"), example="",
                hint="写登记过的系统名称或代码；自己上报的空着"),
    ImportField("owner", "权属单位", words(120), ("产权单位", "所属单位"), example="市城管局"),
    ImportField("keeper", "养护单位", words(120), ("维护单位", "运维单位", "管护单位"), example="市城管局"),
    ImportField("lon", "经度", _degrees, ("X", "lng", "lon", "longitude"), example="116.951234"),
    ImportField("lat", "纬度", _degrees, ("Y", "lat", "latitude"), example="31.041234"),
    ImportField("address", "地址", words(200), ("安装位置", "安装地址", "位置"), example="同安路菜场东门"),
    ImportField("expected_every", "上报间隔（秒）", whole(1, SELDOM), ("上报间隔", "上报周期", "采集间隔"),
                example="3600"),
    ImportField("installed_on", "安装日期", day, ("安装时间", "投用日期"), example="2026-05-01"),
    ImportField("note", "备注", words(300), ("说明",), example=""),
)  # fmt: skip


@dataclass(slots=True)
class _Found:
    """A row understood: its columns, and the device it is about, if that is there."""

    number: str
    values: dict[str, Any]
    held: Device | None = None
    changes: dict[str, Any] = field(default_factory=dict)


class DevicesTarget:
    """Devices, by their numbers. Keys are given afterwards, one by one."""

    code, icon, permission, is_geo, is_woven = "devices", "things", "sensors.manage", False, False
    key_field = "number"
    label = _("物联设备")
    line = _("井盖、水位、烟感等设备的台账；密钥导入以后再发")
    touches = {
        "device": _("新增设备"), "name": _("改名称"), "point": _("改位置"), "units": _("改单位"),
        "joined": _("改部件、接入系统"), "other": _("改其他"),
    }  # fmt: skip
    fields: Sequence[ImportField] = FIELDS

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return _Devices(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back: what it made and never spoke goes, what it changed is as before."""
        return _restore(frame, source) + _remove(source)


class _Devices:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.atlas = frame, areas.atlas(frame.at)
        self.scope = frame.actor.scope("sensors.manage")
        units = [unit for unit in organizations.directory().by_id.values() if unit.in_force(frame.at)]
        self.units = {folded(name): unit.id for unit in units for name in (unit.code, unit.short_name, unit.name)}
        self.unit_names = [unit.name for unit in units]
        self.systems = {
            folded(name): pk
            for pk, *names in System.objects.filter(closed_on=None).values_list("pk", "code", "name")
            for name in names
        }

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        numbers = [draft.values["number"] for draft in drafts if draft.values.get("number")]
        held = {one.number: one for one in Device.objects.filter(number__in=numbers)}
        wanted = [codes.tidy(draft.values["component"]) for draft in drafts if draft.values.get("component")]
        seen = Component.objects.visible_to(self.frame.actor).now().filter(number__in=wanted)
        components = {one.number: one for one in seen}
        for draft in drafts:
            number = draft.values.get("number")
            draft.token = blake2b(number.encode(), digest_size=16).digest() if number else None
            if not draft.is_wrong:
                draft.data = self._one(draft, held.get(draft.values["number"]), components)
            if not draft.is_wrong:
                self._judge(draft, draft.data)

    def _one(self, draft: Draft, held: Device | None, components: Mapping[str, Component]) -> _Found:
        told = draft.values
        values: dict[str, Any] = {name: told[name] for name in (*_PLAIN, "kind") if told.get(name)}
        if held is not None and held.valid_to is not None:
            draft.blame(Problem("number", "ended", _("这个编号的设备已经退役。"), (SKIP,), written=held.number))
        if told.get("component"):
            component = components.get(codes.tidy(told["component"]))
            if component is None:
                sentence = _("没有标识码是“{code}”的部件，或不在您的辖区。").format(code=told["component"])
                draft.blame(Problem("component", "unknown", sentence, (Remedy(_("先空着"), {"component": ""}), SKIP)))
            else:
                values |= _stands_on(component, values)
        if told.get("system"):
            system_id = self.systems.get(folded(told["system"]))
            if system_id is None:
                sentence = _("没有登记过接入系统“{name}”。").format(name=told["system"])
                draft.blame(Problem("system", "unknown", sentence, (Remedy(_("先空着"), {"system": ""}), SKIP)))
            else:
                values["system_id"] = system_id
        values |= self._unit(draft, "owner", "owning_unit_id") | self._unit(draft, "keeper", "maintaining_unit_id")
        values |= self._place(draft, values.get("point"))
        return _Found(told["number"], values, held)

    def _unit(self, draft: Draft, code: str, column: str) -> dict[str, Any]:
        written = draft.values.get(code)
        if not written:
            return {}
        unit_id = self.units.get(folded(written))
        if unit_id is not None:
            return {column: unit_id}
        near = max(self.unit_names, key=lambda each: likeness(each, written), default=None)
        remedies = (Remedy(_("改用“{name}”").format(name=near), {code: near}),) if near else ()
        sentence = _("单位名单里没有“{name}”。").format(name=written)
        draft.blame(Problem(code, "unknown", sentence, (*remedies, SKIP), written=written))
        return {}

    def _place(self, draft: Draft, known: Point | None) -> dict[str, Any]:
        lon, lat = draft.values.get("lon"), draft.values.get("lat")
        point = Point(round(lon, 7), round(lat, 7)) if lon is not None and lat is not None else known
        if point is None:
            return {}
        area = self.atlas.locate(*point) if abs(point.lat) <= 90 else None
        if area is None:
            sentence = _("坐标 {lon}，{lat} 不在本地范围内。").format(lon=round(point.lon, 5), lat=round(point.lat, 5))
            draft.blame(Problem("lon", "outside", sentence, (SKIP,)))
            return {}
        return {"point": point, **dict(zip(HOT, hot_of(area), strict=True))}

    def _judge(self, draft: Draft, found: _Found) -> None:
        held, values = found.held, found.values
        if held is None:
            if "kind" not in values:
                draft.blame(Problem("kind", "missing", _("新登记的要写类型。"), (SKIP,), written="-"))
            if "point" not in values:
                draft.blame(Problem("lon", "missing", _("没有坐标，也没有部件，不知道在哪里。"), (SKIP,), written="-"))
        hot = [values[name] if name in values else getattr(held, name, None) for name in HOT]
        mine = {values.get(name, getattr(held, name, None)) for name in ("owning_unit_id", "maintaining_unit_id")}
        if not draft.is_wrong and not (holds(self.scope, hot) or mine & self.scope.unit_ids):
            draft.blame(Problem("lon", "outside", _("这一行不在您负责的区域，请交给当地导入。"), (SKIP,)))
        if draft.is_wrong:
            return
        if held is None:
            draft.verdict, draft.touches = Verdict.NEW, ["device"]
            return
        found.changes = {name: value for name, value in values.items() if getattr(held, name) != value}
        if "point" not in found.changes:
            found.changes = {name: value for name, value in found.changes.items() if name not in HOT}
        draft.touches = sorted({_touch(name) for name in found.changes})
        draft.verdict = Verdict.CHANGE if found.changes else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        found: list[_Found] = [draft.data for draft in drafts]
        self._make([one for one in found if one.held is None], source)
        self._change([one for one in found if one.held is not None], source)
        versions.bump(NAME)
        partitions.ready(at=self.frame.at)

    def _make(self, found: Sequence[_Found], source: Source) -> None:
        at, known = self.frame.at, practice()
        rows = []
        for one in found:
            kind = known.kind(one.values["kind"])
            values = {"name": f"{kind.label} {one.number}"[:80], "expected_every": kind.expected_every, **one.values}
            device = Device(key=uuid7(at), number=one.number, state_since=at, valid_from=at, **values)
            device.words = changing.words(device)
            rows.append(device)
        made = Device.objects.bulk_create(rows, batch_size=500)
        changing.open_streams(made)
        copy_revisions(self.frame, source, ((SUBJECT, one.pk, 1, "create", [], None) for one in made))

    def _change(self, found: Sequence[_Found], source: Source) -> None:
        revisions = []
        for one in found:
            held = one.held
            if held is None or not one.changes:
                continue
            before = {name: getattr(held, name) for name in one.changes}
            for name, value in one.changes.items():
                setattr(held, name, value)
            written = {**one.changes, "words": changing.words(held), "version": held.version + 1}
            # Where somebody was quicker the row stays theirs.
            if Device.objects.filter(pk=held.pk, version=held.version).update(**written):
                revisions.append((SUBJECT, held.pk, held.version + 1, "amend", list(one.changes), sealed(before)))
                changing.open_streams([held])
        copy_revisions(self.frame, source, revisions)


def _stands_on(component: Component, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a component tells of a device on it, where the row says nothing itself."""
    told = {
        "component_id": component.pk, "point": component.point, "name": component.name, "address": component.address,
        "owning_unit_id": component.owning_unit_id, "maintaining_unit_id": component.maintaining_unit_id,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value and not values.get(name)}


def _touch(column: str) -> str:
    if column == "point" or column in HOT:
        return "point"
    if column in {"owning_unit_id", "maintaining_unit_id"}:
        return "units"
    if column in {"component_id", "system_id"}:
        return "joined"
    return "name" if column == "name" else "other"


@transaction.atomic
def _restore(frame: Frame, source: Source) -> Undone:
    undone, revisions = Undone(0, 0), []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, version, before FROM revision WHERE source_id = %s AND subject = %s AND act = 'amend'"
            " ORDER BY id DESC",
            [source.pk, SUBJECT],
        )
        found = cursor.fetchall()
    for pk, version, before in found:
        device = Device.objects.select_for_update().filter(pk=pk, version=version, valid_to=None).first()
        if device is None:
            undone += Undone(0, 1)
            continue
        values = unsealed(before)
        for name, value in values.items():
            setattr(device, name, Point(*value) if name == "point" and value else value)
        device.words, device.version = changing.words(device), version + 1
        device.save()
        revisions.append((SUBJECT, pk, version + 1, "undo", list(values), None))
        undone += Undone(1, 0)
    copy_revisions(frame, source, revisions)
    versions.bump(NAME)
    return undone


@transaction.atomic
def _remove(source: Source) -> Undone:
    """Remove what the delivery made, unless it was amended, given a key or has spoken since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM revision WHERE source_id = %s AND subject = %s AND act = 'create'",
            [source.pk, SUBJECT],
        )
        made = [row[0] for row in cursor.fetchall()]
    idle = Device.objects.filter(pk__in=made, version=1, keys=None, now__last_received_at=None)
    gone = list(idle.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM revision WHERE subject = %s AND subject_id = ANY(%s)", [SUBJECT, gone])
    Device.objects.filter(pk__in=gone).delete()
    versions.bump(NAME)
    return Undone(len(gone), len(made) - len(gone))
