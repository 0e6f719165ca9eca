"""Dwellings with their buildings and estates (房屋表)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, decimal, whole
from lianxin.registry.imports.problems import SKIP, Problem
from lianxin.registry.places.models import Dwelling
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import sealed, unsealed

from .placing import PLACE_FIELDS, Placer
from .protocol import Frame, Session, Undone
from .spots import Where, copy_revisions
from .taking import take_places

_USES = dict(Dwelling.Use.choices)
_USE_WORDS = {
    "self": ("自住", "自用", "业主自住", "居住"), "let": ("出租", "租", "租住", "出租屋", "已出租"),
    "vacant": ("空置", "空", "空房", "无人", "闲置"), "business": ("经营", "商用", "商铺", "门面", "办公"),
    "unknown": ("未核实", "不详", "未知"),
}  # fmt: skip
_use = Choice(_USES, _USE_WORDS)
_OWN = ("use", "square_metres", "floor")


class PlacesTarget:
    """Dwellings, with the buildings and estates they lie in."""

    code, icon, permission, key_field, is_geo, is_woven = "places", "building", "people.import", "room", False, False
    label = _("房屋")
    line = _("小区、楼栋、单元、户室和它们的用途、面积")
    touches = {
        "dwelling": _("新增房屋"), "building": _("新增楼栋"), "estate": _("新增小区"), "use": _("改用途"),
        "square_metres": _("改面积"), "floor": _("改楼层"),
    }  # fmt: skip
    fields: Sequence[ImportField] = (
        *PLACE_FIELDS,
        ImportField("floor", "楼层", whole(-9, 120), ("层", "所在层", "层数"), example="3"),
        ImportField("use", "用途", _use, ("房屋用途", "使用情况", "房屋状态", "房屋性质", "居住情况"),
                    looks=_use.looks, choices=tuple(_USES.values()), example="自住"),
        ImportField("square_metres", "建筑面积", decimal(100_000), ("面积", "面积平方米", "房屋面积", "住房面积"),
                    example="98.50"),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return _Places(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back."""
        return _restore(frame, source) + take_places(source)


@dataclass(slots=True)
class _Entry:
    where: Where
    held: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    changes: dict[str, Any] = field(default_factory=dict)


class _Places:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.placer = frame, Placer(frame)

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        self.placer.forget()
        self.placer.find(drafts, mapping_has_place=True)
        for draft in drafts:
            where: Where = draft.data
            draft.data = _Entry(where)
            if not draft.is_wrong and where.dwelling is None:
                sentence = _("没有写到户：要有小区（或门牌）、楼栋和房号。")
                draft.blame(Problem("room", "missing", sentence, (SKIP,)))
            if where.building is not None:
                spot = f"{where.estate.name if where.estate else ''}|{where.building.name}|{where.building.hot}"
                told = f"{spot}|{where.entrance}|{where.room}"
                draft.token = blake2b(told.encode(), digest_size=16).digest()
        sound = [draft for draft in drafts if not draft.is_wrong]
        self._compare(sound)

    def _compare(self, drafts: Sequence[Draft]) -> None:
        ids = [draft.data.where.dwelling.id for draft in drafts if draft.data.where.dwelling.id]
        rows = Dwelling.objects.filter(pk__in=ids).values_list("id", "version", *_OWN)
        held = {pk: (version, dict(zip(_OWN, values, strict=True))) for pk, version, *values in rows}
        for draft in drafts:
            entry: _Entry = draft.data
            draft.touches = self.placer.touches(entry.where)
            known = held.get(entry.where.dwelling.id) if entry.where.dwelling else None
            if known is None:
                draft.verdict = Verdict.NEW
                continue
            entry.version, entry.held = known
            entry.changes = {
                name: draft.values[name]
                for name in _OWN
                if name in draft.values and draft.values[name] != entry.held[name]
            }
            draft.touches += list(entry.changes)
            draft.verdict = Verdict.CHANGE if draft.touches else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        new = [draft for draft in drafts if draft.data.where.dwelling.id == 0]
        self.placer.make([draft.data.where for draft in drafts], source)
        for draft in new:
            draft.data.changes = {name: draft.values[name] for name in _OWN if name in draft.values}
        revisions = []
        with connection.cursor() as cursor:
            for draft in drafts:
                entry: _Entry = draft.data
                if not entry.changes or entry.where.dwelling is None:
                    continue
                columns = ", ".join(f"{name} = %s" for name in entry.changes)
                pk, is_new = entry.where.dwelling.id, entry.version == 0
                cursor.execute(
                    f"UPDATE dwelling SET {columns}, version = version + %s WHERE id = %s RETURNING version",
                    [*entry.changes.values(), 0 if is_new else 1, pk],
                )
                version = cursor.fetchone()[0]
                if not is_new:
                    before = {name: entry.held[name] for name in entry.changes}
                    revisions.append(("dwelling", pk, version, "amend", list(entry.changes), sealed(before)))
        copy_revisions(self.frame, source, revisions)


def _restore(frame: Frame, source: Source) -> Undone:
    undone = kept = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, subject_id, version, before FROM revision WHERE source_id = %s AND act = 'amend'"
            " AND subject = 'dwelling' ORDER BY id DESC",
            [source.pk],
        )
        for _pk, subject_id, version, before in cursor.fetchall():
            values = {name: _typed(name, value) for name, value in unsealed(before).items()}
            hit = Dwelling.objects.filter(pk=subject_id, version=version).update(**values, version=version + 1)
            undone, kept = undone + hit, kept + (not hit)
            if hit:
                copy_revisions(frame, source, [("dwelling", subject_id, version + 1, "undo", list(values), None)])
    made = Revision.objects.filter(source=source, subject="dwelling", act="create").count()
    return Undone(undone + made, kept)


def _typed(name: str, value: Any) -> Any:
    return Decimal(value) if name == "square_metres" and value is not None else value
