"""Establishments (单位场所): enterprises, shops, schools … by credit code, else by name in a community."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import seal
from lianxin.kernel.tables.values import folded
from lianxin.kernel.text import initials, search_vector
from lianxin.registry.imports.copying import copy_rows
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.fields import Choice, ImportField, refusing, spoilt, whole, words, yes
from lianxin.registry.imports.problems import SKIP, Problem, Remedy, Unreadable
from lianxin.registry.people.rules import read_phone
from lianxin.registry.places import codes
from lianxin.registry.places.models import Establishment
from lianxin.registry.sources.models import Revision, Source
from lianxin.registry.sources.recording import sealed, unsealed

from .placing import PLACE_FIELDS, Placer
from .protocol import Frame, Session, Undone
from .spots import HOT, Where, copy_revisions, holds
from .taking import take_places

_KINDS = dict(Establishment.Kind.choices)
_KIND_WORDS = {
    "enterprise": ("公司", "有限责任公司", "法人", "工厂"), "shop": ("个体工商户", "个体户", "商铺", "门店", "店铺",
                                                         "个体"),
    "property": ("物业", "物业服务企业"), "committee": ("业委会",), "preparatory": ("筹备组",),
    "social": ("社会团体", "民办非企业", "社团", "协会"), "public": ("场所", "广场", "公园"), "school": ("幼儿园",
    "中小学", "小学", "中学"),
    "health": ("医院", "诊所", "卫生室", "卫生院"), "office": ("机关", "事业单位", "政府机关"),
}  # fmt: skip
_kind = Choice(_KINDS, _KIND_WORDS)
_OWN = ("name", "kind", "trade", "contact", "staff_count", "has_party_branch")


def _credit_code(text: str) -> str:
    spoilt(text)
    code = codes.tidy_credit_code(text)
    if not codes.is_credit_code(code):
        sentence = _("统一社会信用代码不正确：应为 18 位，请对照营业执照逐位核对。")
        raise Unreadable("form", sentence, (_("先空着"), ""))
    return code


class EstablishmentsTarget:
    """Who does business or serves where."""

    code, icon, permission, is_geo, is_woven = "establishments", "shop", "people.import", False, False
    key_field = "credit_code"
    label = _("单位场所")
    line = _("企业、商铺、学校、社会组织，核对统一社会信用代码")
    touches = {
        "establishment": _("新增单位场所"), "dwelling": _("新增房屋"), "building": _("新增楼栋"),
        "estate": _("新增小区"),
        "name": _("改名称"), "kind": _("改种类"), "trade": _("改行业"), "contact": _("改联系人"),
        "staff_count": _("改从业人数"),
        "has_party_branch": _("改党组织情况"), "contact_phone": _("改电话"), "place": _("改地点"),
    }  # fmt: skip
    fields: Sequence[ImportField] = (
        ImportField("name", "名称", words(120), ("单位名称", "企业名称", "商铺名称", "店名", "字号", "场所名称",
                                               "机构名称"),
                    required=True, example="桐城市和平便利店", register="establishment.name"),
        ImportField("credit_code", "统一社会信用代码", _credit_code, ("信用代码", "社会信用代码", "注册号", "统一代码"),
                    looks=lambda text: codes.is_credit_code(codes.tidy_credit_code(text)),
                    example="91110000802100433B", hint="这一列请设成文本"),
        ImportField("kind", "种类", _kind, ("类型", "单位类型", "类别", "性质", "企业类型"), looks=_kind.looks,
                    choices=tuple(_KINDS.values()), example="个体商铺"),
        ImportField("trade", "行业", words(40), ("所属行业", "行业类别", "经营范围", "主营"), example="零售"),
        ImportField("contact", "联系人", words(40), ("负责人", "法人", "法定代表人", "经营者", "联系人姓名"),
                    example="王芳", mask="name"),
        ImportField("contact_phone", "联系电话", refusing(read_phone), ("电话", "手机", "联系方式", "负责人电话"),
                    looks=lambda text: len(text) == 11 and text.isdigit(), example="13812341234", mask="phone"),
        ImportField("staff_count", "从业人数", whole(0, 1_000_000), ("人数", "员工人数", "职工人数"), example="3"),
        ImportField("has_party_branch", "有无党组织", yes, ("党组织", "是否建立党组织"), choices=("是", "否"),
                    example="否"),
        *PLACE_FIELDS,
    )  # fmt: skip

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return _Establishments(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back."""
        made = Revision.objects.filter(source=source, subject="establishment", act="create").count()
        done = _restore(frame, source) + Undone(made, 0)
        left = take_places(source, ("establishment",))
        take_places(source)
        return Undone(done.undone - left.kept, done.kept + left.kept)


@dataclass(slots=True)
class _Entry:
    where: Where
    held: Establishment | None = None
    changes: dict[str, Any] = field(default_factory=dict)


class _Establishments:
    def __init__(self, frame: Frame) -> None:
        self.frame, self.placer = frame, Placer(frame)

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """There is little to make ready."""

    def check(self, drafts: Sequence[Draft]) -> None:
        self.placer.forget()
        self.placer.find(drafts, mapping_has_place=True)
        for draft in drafts:
            draft.data = _Entry(draft.data)
            code, name = draft.values.get("credit_code"), draft.values.get("name")
            told = code or f"{folded(name or '')}|{draft.data.where.hot}"
            draft.token = blake2b(told.encode(), digest_size=16).digest() if name else None
            if not draft.is_wrong:
                self._inside(draft)
        self._compare([draft for draft in drafts if not draft.is_wrong])

    def _inside(self, draft: Draft) -> None:
        hot = draft.data.where.hot
        if hot[2] is None and not self.placer.scope.everywhere:
            sentence = _("不知道在哪里：没有小区、楼栋，也没有社区、网格。")
            draft.blame(Problem("address", "missing", sentence, (SKIP,)))
        elif not holds(self.placer.scope, hot):
            draft.blame(Problem("address", "outside", _("这一行不在您负责的区域，请交给当地导入。"), (SKIP,)))

    def _compare(self, drafts: Sequence[Draft]) -> None:
        by_code = [draft.values["credit_code"] for draft in drafts if draft.values.get("credit_code")]
        names = [draft.values["name"] for draft in drafts]
        now = Establishment.objects.now()
        known = {one.credit_code: one for one in now.filter(credit_code__in=by_code)}
        named: dict[tuple[str, int | None], Establishment] = {
            (one.name, one.community_id): one for one in now.filter(name__in=names)
        }
        for draft in drafts:
            values, entry = draft.values, draft.data
            code = values.get("credit_code")
            entry.held = known.get(code) if code else None
            entry.held = entry.held or named.get((values["name"], entry.where.hot[2]))
            if entry.held is not None and code and entry.held.credit_code not in {"", code}:
                entry.held = None
            self._judge(draft, entry)

    def _judge(self, draft: Draft, entry: _Entry) -> None:
        values, held = draft.values, entry.held
        draft.touches = self.placer.touches(entry.where)
        if held is None:
            if not values.get("kind"):
                remedies = tuple(Remedy(_("填“{label}”").format(label=_KINDS[each]), {"kind": _KINDS[each]})
                                 for each in ("shop", "enterprise", "public"))  # fmt: skip
                draft.blame(Problem("kind", "missing", _("新登记的要写种类。"), remedies, written="-"))
            draft.verdict, draft.touches = Verdict.NEW, ["establishment", *draft.touches]
            return
        wanted = {name: values[name] for name in _OWN if name in values}
        entry.changes = {name: value for name, value in wanted.items() if value != getattr(held, name)}
        if values.get("contact_phone") and values["contact_phone"] != held.contact_phone:
            entry.changes["contact_phone"] = values["contact_phone"]
        if values.get("credit_code") and not held.credit_code:
            entry.changes["credit_code"] = values["credit_code"]
        touched = [name if name in EstablishmentsTarget.touches else "name" for name in entry.changes]
        dwelling = entry.where.dwelling
        if dwelling is not None and dwelling.id != held.dwelling_id:
            touched.append("place")
        draft.touches += touched
        draft.verdict = Verdict.CHANGE if draft.touches else Verdict.SAME

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        self.placer.make([draft.data.where for draft in drafts], source)
        self._make([draft for draft in drafts if draft.data.held is None], source)
        self._change([draft for draft in drafts if draft.data.held is not None], source)

    def _make(self, drafts: Sequence[Draft], source: Source) -> None:
        names = ("id", "code", "kind", "name", "initials", "words", "credit_code", "trade", "estate_id", "building_id",
                 "dwelling_id", "address", "contact", "contact_phone", "staff_count", "has_party_branch",
                 "confirmed_at",
                 "confirmed_by_id", "valid_from", *HOT)  # fmt: skip
        rows = []
        ids = codes.new_ids("establishment", len(drafts))
        for draft, pk in zip(drafts, ids, strict=True):
            values, where = draft.values, draft.data.where
            node = self.placer.atlas.by_id.get(where.hot[0] or 0)
            address = where.dwelling.address if where.dwelling else values.get("address", "")
            rows.append(
                (pk, codes.place_code("establishment", node.code if node else "", pk), values["kind"], values["name"],
                 initials(values["name"])[:120], search_vector(f"{values['name']} {address}"),
                 values.get("credit_code", ""),
                 values.get("trade", ""), *(spot.id if spot else None for spot in (where.estate, where.building,
                 where.dwelling)),
                 address, values.get("contact", ""), values.get("contact_phone") or None, values.get("staff_count"),
                 values.get("has_party_branch"), self.frame.at, self.frame.actor.account_id, self.frame.at, *where.hot)
            )  # fmt: skip
        copy_rows(Establishment, names, rows)
        self.placer.record("establishment", ids, source)

    def _change(self, drafts: Sequence[Draft], source: Source) -> None:
        revisions = []
        with connection.cursor() as cursor:
            for draft in drafts:
                entry: _Entry = draft.data
                held, columns = entry.held, dict(entry.changes)
                dwelling = entry.where.dwelling
                if held is None:
                    continue
                if dwelling is not None and dwelling.id != held.dwelling_id:
                    building, estate = entry.where.building, entry.where.estate
                    columns |= {"dwelling_id": dwelling.id, "building_id": building.id if building else None,
                                "estate_id": estate.id if estate else None, "address": dwelling.address}  # fmt: skip
                    columns |= dict(zip(HOT, entry.where.hot, strict=True))
                if not columns:
                    continue
                before = {name: getattr(held, name) for name in columns}
                if "contact_phone" in columns:
                    columns["contact_phone"] = seal(columns["contact_phone"], _PHONE)
                if "name" in columns:
                    columns["initials"] = initials(columns["name"])[:120]
                text = ", ".join(f"{name} = %s" for name in columns)
                cursor.execute(
                    f"UPDATE establishment SET {text}, version = version + 1 WHERE id = %s RETURNING version",
                    [*columns.values(), held.pk],
                )
                version = cursor.fetchone()[0]
                revisions.append(("establishment", held.pk, version, "amend", list(before), sealed(before)))
        copy_revisions(self.frame, source, revisions)


_PHONE = "places.establishment.contact_phone"


def _restore(frame: Frame, source: Source) -> Undone:
    undone = kept = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, version, before FROM revision WHERE source_id = %s AND act = 'amend'"
            " AND subject = 'establishment' ORDER BY id DESC",
            [source.pk],
        )
        found = cursor.fetchall()
    for subject_id, version, before in found:
        one = Establishment.objects.filter(pk=subject_id, version=version).first()
        if one is None:
            kept += 1
            continue
        values = unsealed(before)
        for name, value in values.items():
            setattr(one, name, value)
        one.initials, one.version = initials(one.name)[:120], version + 1
        one.save(update_fields=[*values, "initials", "version"])
        copy_revisions(frame, source, [("establishment", subject_id, version + 1, "undo", list(values), None)])
        undone += 1
    return Undone(undone, kept)
