"""Units (单位): departments, communities, property companies … by code."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import actions as organizations
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.configuration.queries import current
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import initials, likeness
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, spoilt, words
from lianxin.registry.imports.problems import Problem, Remedy, Unreadable
from lianxin.registry.places.codes import is_credit_code, tidy_credit_code
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import packed

from .protocol import Frame, Session, Undone

_LEVELS = {"city": "市级", "street": "街道", "community": "社区", "grid": "网格"}
_LEVEL_WORDS = {
    "city": ("市", "县", "县级", "区级", "旗", "市直", "县直"),
    "street": ("镇", "乡", "乡镇", "镇街", "街道办"),
    "community": ("村", "村居", "居委会", "村社区"),
}
_FIELDS = ("name", "short_name", "kind", "level", "parent", "area", "credit_code", "duty_phone")


def _credit_code(text: str) -> str:
    spoilt(text)
    code = tidy_credit_code(text)
    if not is_credit_code(code):
        raise Unreadable("form", _("统一社会信用代码不正确：应为 18 位，请对照证照逐位核对。"), (_("先空着"), ""))
    return code


class UnitsTarget:
    """Departments, streets, communities, companies, with their place in the tree."""

    code, icon, permission, key_field, is_geo = "units", "book", "organizations.manage", "code", False
    is_woven = True
    label = _("单位")
    line = _("部门、街道、社区、物业公司和它们的上下级")
    touches = {
        "unit": _("新增单位"),
        "name": _("改名称"),
        "parent": _("改上级"),
        "kind": _("改种类"),
        "other": _("改其他"),
    }
    fields: Sequence[ImportField] = (
        ImportField("code", "单位编码", words(40), ("编码", "代码", "单位代码", "部门编码"), example="cgj",
                    hint="没有编码的，按单位名称认"),
        ImportField("name", "单位名称", words(120), ("名称", "单位", "部门", "部门名称", "单位全称", "机构名称"),
                    required=True, example="桐城市城市管理局"),
        ImportField("short_name", "简称", words(40), ("单位简称", "部门简称"), example="市城管局"),
        ImportField("kind", "种类", words(30), ("单位种类", "类别", "单位类型", "类型", "性质"), example="部门"),
        ImportField("level", "层级", Choice(_LEVELS, _LEVEL_WORDS), ("级别", "单位层级"),
                    choices=tuple(_LEVELS.values()), looks=Choice(_LEVELS, _LEVEL_WORDS).looks, example="市级"),
        ImportField("parent", "上级单位", words(120), ("上级", "主管单位", "上级编码", "隶属"), example="",
                    hint="写名称、简称或编码"),
        ImportField("area", "所在区域", words(120), ("区域", "辖区", "区域编码", "所属区域"), example="桐城市",
                    hint="写区域名称或编码"),
        ImportField("credit_code", "统一社会信用代码", _credit_code, ("信用代码", "社会信用代码", "机构代码"),
                    looks=lambda text: is_credit_code(tidy_credit_code(text)), example="91110000802100433B"),
        ImportField("duty_phone", "值班电话", words(30), ("电话", "联系电话", "办公电话"), example="0556-6123456"),
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Read the units there are."""
        return _Units(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take the units of a delivery back: made ones end, changed ones are as they were."""
        return _undo(frame, source)


class _Units:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.units = {unit.code: unit for unit in Unit.objects.filter(valid_to=None)}
        self.by_name = {
            folded(name): unit.code for unit in self.units.values() for name in (unit.short_name, unit.name)
        }
        self.codes = {unit.pk: unit.code for unit in self.units.values()}
        self.areas = {node.code: node for node in areas.atlas(frame.at)}
        self.area_names: dict[str, str] = {}
        for node in self.areas.values():
            self.area_names.setdefault(folded(node.name), node.code)
            self.area_names[folded(node.full_name)] = node.code
        kinds = {each["key"]: each["label"] for each in current("unit_kinds") or []}
        kinds = kinds or {unit.kind: unit.kind for unit in self.units.values()}
        self.kind = Choice(kinds)
        self.new: dict[str, str] = {}  # folded name → code, of units this table makes

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._name(draft)
        for draft in drafts:
            if not draft.is_wrong:
                self._place(draft)
            if not draft.is_wrong:
                self._compare(draft)

    def _name(self, draft: Draft) -> None:
        values = draft.values
        name = values.get("name", "")
        code = values.get("code") or self.by_name.get(folded(name)) or self.new.get(folded(name)) or _made_up(name)
        values["code"] = code
        draft.token = _token(code)
        if name and code not in self.units:
            self.new.setdefault(folded(name), code)
            self.new.setdefault(folded(values.get("short_name") or name), code)

    def _place(self, draft: Draft) -> None:
        values = draft.values
        for name, known in (("parent", self._unit), ("area", self._area)):
            if written := values.get(name):
                values[name] = known(draft, written)
        if written := values.get("kind"):
            try:
                values["kind"] = self.kind(written)
            except Unreadable as found:
                draft.blame(found.problem("kind", written))

    def _unit(self, draft: Draft, written: str) -> str | None:
        key = folded(written)
        code = written if written in self.units else self.by_name.get(key) or self.new.get(key)
        if code is None:
            names = [*(unit.name for unit in self.units.values()), *self.new]
            near = max(names, key=lambda name: likeness(name, written), default=None)
            remedies = (Remedy(_("改用“{name}”").format(name=near), {"parent": near}),) if near else ()
            sentence = _("单位名单里没有“{name}”。").format(name=written)
            draft.blame(Problem("parent", "unknown", sentence, (*remedies, Remedy(_("不填上级"), {"parent": ""})),
                                written=written))  # fmt: skip
        return code

    def _area(self, draft: Draft, written: str) -> str | None:
        code = written if written in self.areas else self.area_names.get(folded(written))
        if code is None:
            near = max(self.areas.values(), key=lambda node: likeness(node.name, written), default=None)
            remedies = (Remedy(_("改用“{name}”").format(name=near.full_name), {"area": near.code}),) if near else ()
            sentence = _("没有区域“{name}”。").format(name=written)
            draft.blame(Problem("area", "unknown", sentence, (*remedies, Remedy(_("不填区域"), {"area": ""})),
                                written=written))  # fmt: skip
        return code

    def _compare(self, draft: Draft) -> None:
        values, unit = draft.values, self.units.get(draft.values["code"])
        if unit is None:
            missing = [name for name in ("kind", "level") if not values.get(name)]
            for name in missing:
                draft.blame(_needed(name, self.kind.labels if name == "kind" else _LEVELS))
            draft.verdict, draft.touches = Verdict.NEW, ["unit"]
            return
        held = _held(unit, self.codes, {node.id: node.code for node in self.areas.values()})
        changed = [name for name in _FIELDS if name in values and values[name] != held[name]]
        draft.verdict = Verdict.CHANGE if changed else Verdict.SAME
        draft.touches = [name if name in UnitsTarget.touches else "other" for name in changed]

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        area_codes = {node.id: node.code for node in self.areas.values()}
        before = {code: _held(unit, self.codes, area_codes) for code, unit in self.units.items()}
        rows, revisions = [], []
        for draft in drafts:
            held = before.get(draft.values["code"])
            wanted: dict[str, Any] = {**(held or {}), **draft.values}
            rows.append(organizations.UnitRow(**wanted))
        organizations.load_units(self.frame.actor, rows, at=self.frame.at)
        ids = dict(Unit.objects.filter(code__in=[row.code for row in rows]).values_list("code", "pk"))
        for row in rows:
            held = before.get(row.code)
            changed = {name: held[name] for name in _FIELDS if held[name] != getattr(row, name)} if held else None
            revisions.append(_revision(self.frame, source, ids[row.code], changed))
        Revision.objects.bulk_create(revisions, batch_size=1000)


def _token(code: str) -> bytes:
    return blake2b(code.encode(), digest_size=16).digest()


def _made_up(name: str) -> str:
    """Return a code for a unit that brings none: the initials of its name and four signs of its hash."""
    return f"{initials(name)[:20]}-{blake2b(name.encode(), digest_size=2).hexdigest()}"


def _needed(name: str, labels: Any) -> Problem:
    label = {"kind": _("种类"), "level": _("层级")}[name]
    remedies = tuple(Remedy(_("填“{label}”").format(label=each), {name: each}) for each in list(labels.values())[:4])
    return Problem(name, "missing", _("新单位要有{label}。").format(label=label), remedies, written="-")


def _held(unit: Unit, codes: dict[int, str], area_codes: dict[int, str]) -> dict[str, Any]:
    return {
        "code": unit.code, "name": unit.name, "short_name": unit.short_name, "kind": unit.kind, "level": unit.level,
        "parent": codes.get(unit.parent_id) if unit.parent_id else None,
        "area": area_codes.get(unit.area_id) if unit.area_id else None, "credit_code": unit.credit_code,
        "duty_phone": unit.duty_phone,
    }  # fmt: skip


def _revision(frame: Frame, source: Source, unit_id: int, before: dict[str, Any] | None) -> Revision:
    return Revision(
        subject="unit", subject_id=unit_id, version=0, act="create" if before is None else "amend", at=frame.at,
        actor_id=frame.actor.account_id, actor_label=frame.actor.name[:120], source=source,
        fields=list(before or _FIELDS), before=None if before is None else packed(before),
    )  # fmt: skip


def _undo(frame: Frame, source: Source) -> Undone:
    undone = kept = 0
    codes = {unit.pk: unit.code for unit in Unit.objects.all()}
    areas_by_id = {node.id: node.code for node in areas.atlas(frame.at)}
    found = Revision.objects.filter(source=source, subject="unit").order_by("-pk")
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=found.values("subject_id"), valid_to=None)}
    # Sub-units first, so that those above them can end.
    for revision in sorted(
        found, key=lambda one: -units[one.subject_id].path.count(".") if one.subject_id in units else 0
    ):
        unit = units.get(revision.subject_id)
        try:
            if unit is None:
                kept += 1
                continue
            if revision.act == "create":
                organizations.end_unit(frame.actor, unit=unit, reason=_("撤回导入"), at=frame.at)
            else:
                row = {**_held(unit, codes, areas_by_id), **json.loads(revision.before or "{}")}
                organizations.load_units(frame.actor, [organizations.UnitRow(**row)], at=frame.at)
            undone += 1
        except LianxinError:
            kept += 1
    return Undone(undone, kept)
